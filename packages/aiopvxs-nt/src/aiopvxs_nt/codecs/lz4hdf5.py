"""lz4hdf5: blocks of LZ4 as the filter of HDF5 writes them.

8 bytes of total size and 4 of block size, big-endian, then each block after its size. A block that did not
shrink is stored as it is.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from ._common import CodecError, as_bytes, check_level, empty, library, plausible

if TYPE_CHECKING:
    import numpy as np

__all__ = ["decode", "encode"]

_HEADER = struct.Struct(">QI")
_BLOCK = 1 << 20


def decode(data: memoryview, expected: int, _item_size: int, _shape: tuple[int, ...]) -> Any:
    """Decompress blocks of so many bytes in all."""
    if len(data) < _HEADER.size:
        raise CodecError(f"lz4hdf5: {len(data)} bytes are less than its header of {_HEADER.size}")
    total, block = _HEADER.unpack_from(data)
    if total != expected:
        raise CodecError(f"lz4hdf5: the data says {total} bytes, and the dimensions {expected}")
    plausible("lz4hdf5", len(data), expected)
    if not expected:
        return b""
    if not block:
        raise CodecError("lz4hdf5: the data says blocks of 0 bytes")
    return library().lz4h5_decode(data, out=empty(expected))


def encode(array: np.ndarray[Any, Any], level: int | None) -> Any:
    """Compress in blocks of a megabyte."""
    check_level("lz4hdf5", level, None)
    if not array.size:
        return _HEADER.pack(0, _BLOCK)
    return library().lz4h5_encode(as_bytes(array), blocksize=_BLOCK)
