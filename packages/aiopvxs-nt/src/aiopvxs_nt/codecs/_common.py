"""What codecs have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from .._optional import need

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Codec", "CodecError", "as_bytes", "check_level", "empty", "library", "plausible"]

# what LZ4 can do at most: what claims more is damaged, or hostile
_MOST_LZ4 = 255


class CodecError(ValueError):
    """Compressed data is damaged, or not what the dimensions of its image say."""


class Codec(NamedTuple):
    """Both directions of a codec."""

    decode: Callable[[memoryview, int, int, tuple[int, ...]], Any]
    """Makes so many bytes of compressed data, of elements of so many bytes, in an array of that shape."""
    encode: Callable[[np.ndarray[Any, Any], int | None], Any] | None
    """Compresses a contiguous array, with a level or the library's own; None where nobody can."""


def library() -> Any:
    """Import the library that has the codecs.

    Raises:
        ImportError: it is not installed.
    """
    return need("imagecodecs", "codecs", "this image's codec")


def empty(size: int) -> Any:
    """Return room for so many bytes."""
    import numpy as np

    return np.empty(size, np.uint8)


def as_bytes(array: np.ndarray[Any, Any]) -> Any:
    """Return the bytes of a contiguous array, not copied."""
    import numpy as np

    return array.reshape(-1).view(np.uint8)


def check_level(name: str, level: int | None, within: tuple[int, int] | None) -> None:
    """Refuse a level that a codec has not: libraries cut it off silently.

    Raises:
        ValueError: it is not within these, or there are none.
    """
    if level is None:
        return
    if within is None:
        raise ValueError(f"{name} has no level, and {level} is given")
    if not within[0] <= level <= within[1]:
        raise ValueError(f"the level of {name} is {within[0]} to {within[1]}, not {level}")


def plausible(name: str, size: int, expected: int) -> None:
    """Check that LZ4 can make so much of so little.

    Raises:
        CodecError: it cannot.
    """
    if expected > _MOST_LZ4 * size + 64:
        raise CodecError(
            f"{name}: {size} bytes cannot hold the {expected} that the dimensions say: the codec's "
            f"limit is {_MOST_LZ4} to 1"
        )
