"""zlib: one stream, from Python's own library."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from ._common import CodecError, as_bytes, check_level

if TYPE_CHECKING:
    import numpy as np

__all__ = ["decode", "encode"]


def decode(data: memoryview, expected: int, _item_size: int, _shape: tuple[int, ...]) -> bytes:
    """Decompress a stream that has to end with so many bytes."""
    engine = zlib.decompressobj()
    decoded = engine.decompress(data, expected + 1)
    if len(decoded) == expected and not engine.eof:
        # the end of the stream, with its checksum
        decoded += engine.decompress(engine.unconsumed_tail, 1)
    if len(decoded) > expected:
        raise CodecError(f"zlib: the data decompresses to more than the {expected} bytes of the dimensions")
    if not engine.eof:
        raise CodecError(f"zlib: the data ends after {len(decoded)} of {expected} bytes")
    return decoded


def encode(array: np.ndarray[Any, Any], level: int | None) -> bytes:
    """Compress; the level is 0 to 9."""
    check_level("zlib", level, (0, 9))
    return zlib.compress(as_bytes(array), -1 if level is None else level)
