"""blosc: a frame of Blosc 1, whatever compressor it names."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from ._common import CodecError, as_bytes, check_level, empty, library

if TYPE_CHECKING:
    import numpy as np

__all__ = ["decode", "encode"]

_HEADER = 16
# what Blosc itself refuses: more does not go into the sizes of its header
_MOST = 2**31 - 1 - _HEADER


def decode(data: memoryview, expected: int, _item_size: int, _shape: tuple[int, ...]) -> Any:
    """Decompress a frame that says that it holds so many bytes."""
    if len(data) < _HEADER:
        raise CodecError(f"blosc: {len(data)} bytes are less than its header of {_HEADER}")
    total, _block, size = struct.unpack_from("<III", data, 4)
    if total != expected:
        raise CodecError(f"blosc: the data says {total} bytes, and the dimensions {expected}")
    if size > len(data):
        raise CodecError(f"blosc: the data says that it is {size} bytes long, and it is {len(data)}")
    return library().blosc_decode(data[:size], out=empty(expected)) if expected else b""


def encode(array: np.ndarray[Any, Any], level: int | None) -> Any:
    """Compress with Blosc's LZ4 and byte shuffle; the level is 0 to 9."""
    check_level("blosc", level, (0, 9))
    if array.nbytes > _MOST:
        raise ValueError(f"blosc: {array.nbytes} bytes are more than the {_MOST} of a frame")
    # the codecs that the library was built with may differ; lz4 is always there
    return library().blosc_encode(
        as_bytes(array), level=level, compressor="lz4", shuffle="shuffle", typesize=array.itemsize
    )
