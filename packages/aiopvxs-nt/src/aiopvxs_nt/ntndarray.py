"""NTNDArray: images, and arrays of any number of dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from aiopvxs_core.data import Member, TypeCodeEnum, TypeDef, Value
from aiopvxs_core.errors import NoConvert

from ._builder import Builder
from ._image_types import MEMBERS, SCALAR_TYPES
from ._shape import COMMON, DISPLAY, any_or_union, optional, required, struct
from .alarm import alarm
from .codec import check_codec, encode
from .color_mode import ColorMode
from .image import ImageReading
from .reading import Reading
from .time import time

__all__ = ["NTNDArray"]

_T = TypeCodeEnum
_DIMENSION = struct(
    required("size", _T.Int32),
    optional("offset", _T.Int32),
    optional("fullSize", _T.Int32),
    optional("binning", _T.Int32),
    optional("reverse", _T.Bool),
    array=True,
)
_ATTRIBUTE = struct(required("name", _T.String), required("value", any_or_union()), array=True)
_CODEC = struct(required("name", _T.String), required("parameters", any_or_union()))


class NTNDArray(Builder):
    """An image, or another array of up to 10 dimensions, with attributes; compressed or not.

    ``epics:nt/NTNDArray:1.0`` (``pvxs::nt::NTNDArray``).
    """

    __slots__ = ("codec", "extra", "level")
    _rules = (
        required("value", any_or_union()),
        required("codec", _CODEC, lenient=True),
        required("compressedSize", _T.Int64, lenient=True),
        required("uncompressedSize", _T.Int64, lenient=True),
        required("dimension", _DIMENSION),
        required("uniqueId", _T.Int32, lenient=True),
        optional("attribute", _ATTRIBUTE),
        *COMMON,
        optional("display", DISPLAY),
    )
    _reading = ImageReading

    def __init__(self, *, codec: str = "", level: int | None = None, extra: Iterable[Member] = ()) -> None:
        """Choose the options.

        Args:
            codec: by which arrays are compressed: "jpeg", "zlib", "blosc", "lz4", "lz4hdf5", "bslz4", or one
                that was registered; empty for none.
            level: of zlib and blosc 0 to 9, of jpeg the quality, 1 to 100; the library's own if not given.
            extra: further members, after the others.

        Raises:
            CodecNotAvailable: there is no such codec.
            ValueError: a level without a codec.
        """
        if codec:
            check_codec(codec)
        elif level is not None:
            raise ValueError(f"a level of {level} is given, and no codec")
        self.codec = codec
        self.level = level
        self.extra = tuple(extra)

    def build(self) -> TypeDef:
        """Return the type; equal options give the same TypeDef."""
        return _build(self.extra)

    def assign(self, value: Value, given: object) -> None:
        """Write to a value of this type: an array is compressed, if a codec was chosen.

        Args:
            value: whose leaves that are written are marked.
            given: an array, a DataArray of xarray; a dict of fields, a structure Value, a reading.

        Raises:
            DataError: ``given`` does not fit the type.
            ValueError: the codec takes no such array, or has no such level.
            CodecNotAvailable: the codec's library is not installed.
        """
        if self.codec and not isinstance(given, (Mapping, Value, Reading)):
            assign_image(value, given, self.codec, self.level)
        else:
            super().assign(value, given)

    @classmethod
    def _wrong_contents(cls, value: Value) -> str | None:
        from ._image_data import count_elements, dimension_sizes, element_type, stored_bytes

        try:
            sizes = dimension_sizes(value)
            kind = element_type(value)
        except ValueError as exc:
            return str(exc)
        compressed = value.as_int("compressedSize", 0)
        if (stored := stored_bytes(value)) != compressed:
            return f"compressedSize is {compressed}, and value has {stored} bytes"
        if kind is not None:
            expected = count_elements(sizes) * kind.itemsize
            if expected != value.as_int("uncompressedSize", 0):
                told = value.as_int("uncompressedSize", 0)
                return f"uncompressedSize is {told}, and the dimensions say {expected}"
            if not value.as_string("codec.name", "") and stored != expected:
                return f"value has {stored} bytes, and the dimensions {sizes} say {expected}"
        return None

    def __repr__(self) -> str:
        return f"NTNDArray(codec={self.codec!r})" if self.codec else "NTNDArray()"


def is_image_value(value: Value) -> bool:
    """Tell an image by its shape."""
    dimension = value.get("dimension")
    return dimension is not None and dimension.type() == _T.StructA


def assign_image(value: Value, given: Any, codec: str = "", level: int | None = None) -> None:
    """Write an ndarray, or a DataArray of xarray with its attributes: all of it or, on an error, nothing.

    Raises:
        NoConvert: it is no array of numbers.
        ValueError: the codec takes no such array, or has no such level.
        CodecNotAvailable: the codec's library is not installed.
    """
    import numpy as np

    attributes: Mapping[str, object] = {}
    if type(given).__module__.partition(".")[0] == "xarray" and hasattr(given, "attrs"):
        attributes = dict(given.attrs)
        given = given.to_numpy()
    if np.ma.is_masked(given):
        raise NoConvert("field 'value': an image has no mask, which would be lost: use .filled(...)")
    try:
        array = np.asarray(given)
    except ValueError as exc:
        raise NoConvert(f"field 'value': an image is an array, not a {type(given).__name__}: {exc}") from exc
    member = MEMBERS.get((array.dtype.kind, array.dtype.itemsize))
    if member is not None and not array.ndim:
        raise NoConvert("field 'value': an image has one dimension or more, and one number has none")
    if member is None:
        found = f"{type(given).__name__} of {array.dtype}"
        raise NoConvert(f"field 'value': an image is an array of bool, integers or floats, not {found}")
    array = np.asarray(array, array.dtype.newbyteorder("="), order="C")
    kind, size = array.dtype, array.nbytes
    if codec:
        flat = _compressed(codec, array, level)
        member = "ubyteValue"
    else:
        flat = array.reshape(-1)
    trial = value.cloneEmpty()
    trial["value"] = (member, flat) if value["value"].type() == _T.Union else flat
    trial["dimension"] = [
        _only_known(value, "dimension", {"size": size, "offset": 0, "fullSize": size, "binning": 1})
        for size in reversed(array.shape)
    ]
    _assign_sizes(trial, kind, flat.nbytes, size)
    if codec:
        trial["codec.name"] = codec
    mode = _color_mode(array.shape)
    if mode is not None and "ColorMode" not in attributes:
        attributes = {**attributes, "ColorMode": mode}
    _assign_attributes(trial, value, attributes)
    value.assign(trial)


def _color_mode(shape: tuple[int, ...]) -> ColorMode | None:
    """Return the mode of an image by its shape: the axis that has 3, the last if there are several."""
    if len(shape) == 2:
        return ColorMode.MONO
    if len(shape) == 3:
        for mode in (ColorMode.RGB1, ColorMode.RGB3, ColorMode.RGB2):
            if mode.axis is not None and shape[mode.axis] == 3:
                return mode
    return None


def _compressed(codec: str, array: Any, level: int | None) -> Any:
    if (array.dtype.kind, array.dtype.itemsize) not in SCALAR_TYPES:
        raise NoConvert(f"field 'value': a compressed image has integers or floats, not {array.dtype}")
    return encode(codec, array, level)


def _assign_sizes(trial: Value, kind: Any, compressed: int, size: int) -> None:
    for field, found in (("compressedSize", compressed), ("uncompressedSize", size)):
        if trial.get(field) is not None:
            trial[field] = found
    if trial.get("codec") is not None:
        trial["codec.name"] = ""
        scalar_type = SCALAR_TYPES.get((kind.kind, kind.itemsize))
        # an int32: other readers refuse an int64
        trial["codec.parameters"] = None if scalar_type is None else (_T.Int32, scalar_type)


def _assign_attributes(trial: Value, value: Value, attributes: Mapping[str, object]) -> None:
    """Lay attributes over those of the value, which stay."""
    if not attributes or value.get("attribute") is None:
        return
    kept = [one for one in value["attribute"] if one is not None and one.as_string("name") not in attributes]
    made: list[object] = []
    for name, content in attributes.items():
        fields = {
            "name": str(name),
            "value": _typed(content),
            "descriptor": "",
            "source": "",
            "sourceType": 0,
        }
        made.append(_only_known(value, "attribute", fields))
    trial["attribute"] = [*kept, *made]


def _typed(content: object) -> object:
    """Say the type of an int that fits 32 bits, as areaDetector does."""
    if isinstance(content, int) and not isinstance(content, bool) and -(2**31) <= content < 2**31:
        return (_T.Int32, int(content))
    return content


def _only_known(value: Value, field: str, fields: dict[str, object]) -> dict[str, object]:
    """Return those of the fields that an element of a structure array has."""
    definition = value.typedef()
    [array] = [member for member in definition.members if member.name == field]
    known = {member.name for member in array.children}
    return {name: content for name, content in fields.items() if name in known}


@lru_cache(maxsize=64)
def _build(extra: tuple[Member, ...]) -> TypeDef:
    value = Member(_T.Union, "value", [Member(code, name) for name, code in _UNION])
    codec = [Member(_T.String, "name"), Member(_T.Any, "parameters")]
    dimension = [Member(_T.Int32, name) for name in ("size", "offset", "fullSize", "binning")]
    dimension.append(Member(_T.Bool, "reverse"))
    attribute = [
        Member(_T.String, "name"),
        Member(_T.Any, "value"),
        Member(_T.StringA, "tags"),
        Member(_T.String, "descriptor"),
        alarm(),
        time(),
        Member(_T.Int32, "sourceType"),
        Member(_T.String, "source"),
    ]
    members = [
        value,
        Member(_T.Struct, "codec", codec, id="codec_t"),
        Member(_T.Int64, "compressedSize"),
        Member(_T.Int64, "uncompressedSize"),
        Member(_T.Int32, "uniqueId"),
        time("dataTimeStamp"),
        alarm(),
        time(),
        Member(_T.StructA, "dimension", dimension, id="dimension_t"),
        Member(_T.StructA, "attribute", attribute, id="epics:nt/NTAttribute:1.0"),
    ]
    return TypeDef(_T.Struct, [*members, *extra], id="epics:nt/NTNDArray:1.0")


_UNION = (
    ("booleanValue", _T.BoolA),
    ("byteValue", _T.Int8A),
    ("shortValue", _T.Int16A),
    ("intValue", _T.Int32A),
    ("longValue", _T.Int64A),
    ("ubyteValue", _T.UInt8A),
    ("ushortValue", _T.UInt16A),
    ("uintValue", _T.UInt32A),
    ("ulongValue", _T.UInt64A),
    ("floatValue", _T.Float32A),
    ("doubleValue", _T.Float64A),
)
