"""An image as a picture of Pillow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiopvxs_core.data import Value

from ._extra import needs

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

__all__ = ["Pixels", "pixels_of"]


@dataclass(frozen=True)
class Pixels:
    """The pixels of an image: (y, x), or (y, x, 3)."""

    array: NDArray[Any]
    between: tuple[float, float] | None
    """What is drawn black and white; None: the least and the greatest number of the image."""

    @property
    def title(self) -> str:
        """Size and type."""
        rows, columns = self.array.shape[:2]
        colour = " RGB" if self.array.ndim == 3 else ""
        return f"{columns}x{rows}{colour} {self.array.dtype}"

    def scale(self) -> tuple[float, float]:
        """Return what is drawn black and white."""
        import numpy as np

        if self.between is not None:
            return self.between
        if self.array.dtype == np.uint8:
            return 0.0, 255.0
        finite = self.array[np.isfinite(self.array)]
        return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)

    def shown(self) -> Image:
        """Return a picture of 8 bits, for people to look at."""
        import numpy as np
        from PIL import Image

        if self.array.dtype == np.uint8 and self.between is None:
            return Image.fromarray(np.ascontiguousarray(self.array))
        low, high = self.scale()
        numbers = np.nan_to_num(self.array.astype(np.float64), nan=low, posinf=high, neginf=low)
        scaled = (numbers - low) * (255.0 / (high - low) if high > low else 0.0)
        return Image.fromarray(np.ascontiguousarray(scaled.clip(0.0, 255.0).round().astype(np.uint8)))

    def exact(self) -> Image | None:
        """Return a picture that has every number of it; None if there is none such."""
        import numpy as np
        from PIL import Image

        if self.between is not None:
            return None
        if self.array.dtype == np.bool_:
            return Image.fromarray(np.ascontiguousarray(self.array).view(np.uint8) * np.uint8(255))
        if self.array.dtype == np.uint8 or (self.array.dtype == np.uint16 and self.array.ndim == 2):
            return Image.fromarray(np.ascontiguousarray(self.array))
        return None


def pixels_of(name: str, value: Value, between: tuple[float, float] | None) -> Pixels:
    """Decode the image that a PV holds.

    Raises:
        ValueError: it is none, or one that cannot be shown; the text names the PV.
    """
    with needs("An image", "pillow"):
        import PIL.Image  # noqa: F401
    from aiopvxs_nt import ColorMode, ImageReading, unwrap

    reading = unwrap(value)
    if not isinstance(reading, ImageReading):
        raise ValueError(f"{name} is no image: its type is {value.id() or 'a structure without an id'}")
    try:
        array = reading.image
    except ImportError as exc:
        raise ValueError(f"{name}: {exc}") from None
    if array is None or array.size == 0:
        raise ValueError(f"{name} has no image yet")
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3):
        raise ValueError(f"{name} is an array of shape {array.shape}, and no picture of rows and columns")
    if reading.color_mode in (ColorMode.YUV444, ColorMode.YUV422, ColorMode.YUV411) and array.ndim == 3:
        raise ValueError(f"{name} is in {reading.color_mode.name}, which is not shown")
    return Pixels(array, between)
