"""jpeg: 8 bits, grey or RGB."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from ._common import CodecError, check_level, empty, library

if TYPE_CHECKING:
    import numpy as np

__all__ = ["decode", "encode"]


def decode(data: memoryview, expected: int, item_size: int, shape: tuple[int, ...]) -> Any:
    """Decompress an image of that shape: (y, x), or (y, x, 3) whatever the source was."""
    if item_size != 1:
        raise CodecError(f"jpeg: its elements have 1 byte, and those of the image {item_size}")
    height, width, components = _size(data)
    found = (height, width) if components == 1 else (height, width, components)
    if tuple(size for size in shape if size != 1) != tuple(size for size in found if size != 1):
        raise CodecError(f"jpeg: the data says {found}, and the dimensions {shape}, {expected} bytes")
    return library().jpeg8_decode(data, out=empty(expected).reshape(found))


def encode(array: np.ndarray[Any, Any], level: int | None) -> Any:
    """Compress; the level is the quality, 1 to 100."""
    check_level("jpeg", level, (1, 100))
    if array.dtype != "uint8" or not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)):
        raise ValueError(
            f"jpeg takes uint8 of the shape (y, x) or (y, x, 3), not {array.dtype} of the shape {array.shape}"
        )
    if not array.size:
        raise ValueError(f"jpeg: there is nothing in the shape {array.shape}")
    return library().jpeg8_encode(array, level=level)


def _size(data: memoryview) -> tuple[int, int, int]:
    """Read height, width and number of components from the header."""
    if bytes(data[:2]) != b"\xff\xd8":
        raise CodecError("jpeg: the data does not begin as a JPEG does")
    position = 2
    while position + 9 < len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker in (0xFF, 0x01) or 0xD0 <= marker <= 0xD8:
            position += 1 if marker == 0xFF else 2
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width, components = struct.unpack_from(">HHB", data, position + 5)
            return height, width, components
        position += 2 + int(struct.unpack_from(">H", data, position + 2)[0])
    raise CodecError("jpeg: the data ends before it says its size")
