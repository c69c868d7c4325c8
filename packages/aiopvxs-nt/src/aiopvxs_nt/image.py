"""The reading of an image."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from ._arithmetic import Arithmetic
from ._html import rows_html
from ._image_data import color_mode_of, dimension_sizes, in_order_of_axes, read_image
from ._optional import need
from ._png import thumbnail
from .color_mode import ColorMode
from .reading import _UNREAD, Reading
from .timestamp import Timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiopvxs_core.data import Value

__all__ = ["Dimension", "ImageReading", "is_packed", "unpack"]


@dataclass(frozen=True)
class Dimension:
    """One dimension of an image: its size, and which part of the detector it is."""

    size: int
    offset: int = 0
    full_size: int = 0
    binning: int = 1
    reverse: bool = False


class ImageReading(Arithmetic, Reading[Any]):
    """An image (NTNDArray): ``value`` is a numpy array in C order, read-only.

    Its first axis is the slowest, which is the last of the dimensions on the network; a compressed image is
    decompressed when ``value`` is asked for first. Without compression the array is a view.
    """

    __slots__ = ("_attributes", "_failure")
    _attributes: dict[str, Any]
    _failure: Exception
    __hash__ = None  # type: ignore[assignment]

    def _read_value(self) -> Any:
        failure = getattr(self, "_failure", None)
        if failure is not None:
            raise failure.with_traceback(None)
        if without := [name for name in ("dimension", "codec") if self._left_out(name)]:
            raise ValueError(f"an image is asked for with its {' and '.join(without)}, and this was not")
        return read_image(self._raw)

    @property
    def codec(self) -> str:
        """The name of the codec; empty without compression."""
        return self._raw.as_string("codec.name", "")

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape that ``value`` has, known without decompression."""
        return tuple(in_order_of_axes(self._raw, dimension_sizes(self._raw)))

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The dimensions in the order of the axes of ``value``."""
        found = [_dimension(one) for one in self._raw["dimension"] if one is not None]
        return tuple(in_order_of_axes(self._raw, found))

    @property
    def unique_id(self) -> int:
        """The number of the image, from its detector."""
        return self._raw.as_int("uniqueId", 0)

    @property
    def data_timestamp(self) -> Timestamp | None:
        """When the detector took it; None where there is no such field."""
        raw = self._raw
        seconds: Any = raw.as_py("dataTimeStamp.secondsPastEpoch", default=None)
        if seconds is None:
            return None
        return Timestamp._of(
            seconds, raw.as_int("dataTimeStamp.nanoseconds", 0), raw.as_int("dataTimeStamp.userTag", 0)
        )

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes by name, as Python objects; of one that is there twice, the last."""
        try:
            return dict(self._attributes)
        except AttributeError:
            found = self._raw.get("attribute")
            listed = [] if found is None else [one for one in found if one is not None]
            self._attributes = {
                one.as_string("name"): one.as_py("value", arrays="numpy", default=None) for one in listed
            }
            return dict(self._attributes)

    @property
    def color_mode(self) -> ColorMode:
        """How the colours are laid out; MONO where the image does not say it."""
        return color_mode_of(self._raw)

    @property
    def image(self) -> Any:
        """The array with the colours last, as most libraries have them: (y, x) or (y, x, 3). A view."""
        import numpy as np

        axis = self.color_mode.axis
        # jpeg decodes to RGB1, whatever the source was
        if axis is None or self.codec == "jpeg" or self.value.ndim != 3:
            return self.value
        return np.moveaxis(self.value, axis, -1)

    def to_xarray(self) -> Any:
        """Return a DataArray of xarray: axes y, x and color, coordinates in pixels of the detector.

        Raises:
            ImportError: xarray is not installed.
        """
        import numpy as np

        xarray = need("xarray", "xarray", "a DataArray")
        value = self.value
        names = self._axis_names()
        coords = {}
        # of data without dimensions nothing is known
        for name, dimension in zip(names, self.dimensions, strict=False):
            if name == "color":
                continue
            pixels = dimension.offset + np.arange(dimension.size) * max(dimension.binning, 1)
            coords[name] = pixels[::-1] if dimension.reverse else pixels
        return xarray.DataArray(value, dims=names, coords=coords, attrs=self.attributes)

    def _axis_names(self) -> list[str]:
        count = self.value.ndim
        color = ColorMode.RGB1.axis if self.codec == "jpeg" else self.color_mode.axis
        if count == 3 and color is not None and self.value.shape[color] == 3:
            names = ["y", "x"]
            names.insert(color, "color")
            return names
        return [*(f"dim_{axis}" for axis in range(count - 2)), *["y", "x"][2 - min(count, 2) :]]

    def __len__(self) -> int:
        return len(self.value)

    def __getitem__(self, index: Any) -> Any:
        return self.value[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.value)

    def __bool__(self) -> bool:
        return 0 not in self.shape and bool(self.shape)

    def __str__(self) -> str:
        size = " x ".join(str(size) for size in self.shape) or "empty"
        return f"{size} {self.codec or self.value.dtype}"

    def _repr_html_(self) -> str:
        if self._left_out("value"):
            return super()._repr_html_()
        rows = [("image", escape(self._text())), ("id", str(self.unique_id)), ("color", self.color_mode.name)]
        if picture := self._picture():
            data = base64.b64encode(picture).decode()
            rows.append(("", f'<img src="data:image/png;base64,{data}" alt="the image, small">'))
        return rows_html(rows)

    def _picture(self) -> bytes | None:
        """Return a small PNG; None of what cannot be decompressed, or is no picture."""
        try:
            return thumbnail(self.image)
        except (ValueError, ImportError):  # as its value would raise: the text says what there is
            return None


def is_packed(reading: object) -> bool:
    """Tell an image that is still compressed."""
    return isinstance(reading, ImageReading) and reading._value is _UNREAD and bool(reading.codec)


def unpack(reading: Any) -> None:
    """Decompress an image, in any thread; what is wrong with it is raised when its ``value`` is asked for."""
    try:
        _ = reading.value
    except Exception as exc:  # noqa: BLE001 - is raised where it is asked for, whatever it is
        reading._failure = exc


def _dimension(value: Value) -> Dimension:
    size = value.as_int("size")
    return Dimension(
        size,
        value.as_int("offset", 0),
        value.as_int("fullSize", size),
        value.as_int("binning", 1),
        value.as_bool("reverse", False),
    )
