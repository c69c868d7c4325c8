"""How the colours of an image are laid out: the attribute ColorMode of areaDetector."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["ColorMode"]


class ColorMode(IntEnum):
    """Where the colours of an image are; the names are areaDetector's."""

    MONO = 0
    BAYER = 1
    RGB1 = 2
    """The colours of a pixel are together, as in the shape (y, x, 3)."""
    RGB2 = 3
    """A row of each colour, as in the shape (y, 3, x)."""
    RGB3 = 4
    """An image of each colour, as in the shape (3, y, x)."""
    YUV444 = 5
    YUV422 = 6
    YUV411 = 7

    @property
    def axis(self) -> int | None:
        """The axis of the colours; None where there is none."""
        return {ColorMode.RGB1: 2, ColorMode.RGB2: 1, ColorMode.RGB3: 0}.get(self)
