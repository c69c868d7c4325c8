"""Small pictures of images, for notebooks."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

__all__ = ["thumbnail"]

#: pixels of the longer side, at most
_MOST = 256
_GREY, _RGB = 0, 2


def thumbnail(image: np.ndarray[Any, Any]) -> bytes | None:
    """Return a PNG of an image, (y, x) or (y, x, 3), each n-th pixel of it from its darkest to its brightest.

    None where there is nothing to be shown.
    """
    if not image.size or not (image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)):
        return None
    step = -(-max(image.shape[:2]) // _MOST)
    return _png(_as_bytes(image[::step, ::step]))


def _as_bytes(image: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    import numpy as np

    if image.dtype == "uint8" and image.ndim == 3:
        return image
    shown = image.astype(float)
    finite = np.isfinite(shown)
    if not finite.all():
        shown = np.where(finite, shown, shown[finite].min() if finite.any() else 0.0)
    low, high = shown.min(), shown.max()
    # halves, for the difference of the greatest floats is none
    scale = high / 2 - low / 2
    if not scale:
        return np.zeros(shown.shape, np.uint8)
    return np.asarray((shown / 2 - low / 2) / scale * 255).astype(np.uint8)


def _png(pixels: np.ndarray[Any, Any]) -> bytes:
    height, width = pixels.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, 8, _GREY if pixels.ndim == 2 else _RGB, 0, 0, 0)
    # a line begins with its filter, which is none
    lines = b"".join(b"\0" + line.tobytes() for line in pixels)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
