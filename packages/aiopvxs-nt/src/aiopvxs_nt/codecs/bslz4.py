"""bslz4: bit-shuffled blocks of LZ4, as bshuf_compress_lz4() of bitshuffle writes them.

Each block is 8192 bytes of elements, its bits transposed, compressed, after its size (big-endian). The last
one may be shorter; fewer than 8 elements after it are stored as they are.

Blosc's own blocks of LZ4 with a bit shuffle hold the same bytes. So the data gets a header of Blosc 1, and
the whole of it is decompressed in one call.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from ._common import CodecError, as_bytes, check_level, empty, library, plausible

if TYPE_CHECKING:
    import numpy as np

__all__ = ["decode", "encode"]

_BLOCK_BYTES = 8192
_MULTIPLE = 8
_LEAST_BLOCK = 128
_SIZE = struct.Struct(">I")

_HEADER = struct.Struct("<BBBBIII")
_FORMAT, _LZ4_FORMAT = 2, 1
# a bit shuffle; blocks are whole, not a stream for each byte of an element; LZ4
_FLAGS = 0x04 | 0x10 | (1 << 5)


def decode(data: memoryview, expected: int, item_size: int, _shape: tuple[int, ...]) -> Any:
    """Decompress elements of so many bytes in all."""
    plausible("bslz4", len(data), expected)
    lib = library()
    decoded = empty(expected)
    # what does not fill eight elements is stored as it is
    whole = expected - expected % (_MULTIPLE * item_size)
    end = 0
    if whole:
        block = _block_elements(item_size) * item_size
        starts = _blocks(data, -(-whole // block))
        end = starts[-1]
        frame = _as_blosc(lib, data, starts, whole, min(block, whole), item_size)
        lib.blosc_decode(frame, out=decoded[:whole])
    rest = data[end:]
    if len(rest) != expected - whole:
        raise CodecError(
            f"bslz4: {len(rest)} bytes are left for the last {(expected - whole) // item_size} elements of "
            f"{item_size} bytes"
        )
    decoded[whole:] = rest
    return decoded


def encode(array: np.ndarray[Any, Any], level: int | None) -> Any:
    """Compress in blocks of the default size."""
    check_level("bslz4", level, None)
    lib = library()
    item = array.itemsize
    block = _block_elements(item) * item
    whole = array.nbytes - array.nbytes % (_MULTIPLE * item)
    plain = as_bytes(array)
    parts: list[Any] = []
    for start in range(0, whole, block):
        # of an array the library takes the size of the elements from its type
        elements = plain[start : min(start + block, whole)].tobytes()
        packed = lib.lz4_encode(lib.bitshuffle_encode(elements, itemsize=item), header=False)
        parts += [_SIZE.pack(len(packed)), packed]
    return b"".join([*parts, plain[whole:].tobytes()])


def _block_elements(item_size: int) -> int:
    return max(_LEAST_BLOCK, _BLOCK_BYTES // item_size // _MULTIPLE * _MULTIPLE)


def _blocks(data: memoryview, count: int) -> list[int]:
    """Return where so many blocks begin, each with its size, and where the last one ends."""
    starts = [position := 0]
    size_of = _SIZE.unpack_from
    try:
        for _ in range(count):
            position += 4 + size_of(data, position)[0]
            starts.append(position)
    except struct.error:
        raise CodecError(f"bslz4: the data ends after {len(data)} bytes, within a block") from None
    if position > len(data):
        raise CodecError(f"bslz4: a block goes beyond the {len(data)} bytes of the data")
    return starts


def _as_blosc(
    lib: Any, data: memoryview, starts: list[int], whole: int, block: int, item_size: int
) -> np.ndarray[Any, Any]:
    """Return a frame of Blosc 1: a header, where the blocks begin, and the blocks, each after its size."""
    import numpy as np

    count = len(starts) - 1
    head = _HEADER.size + 4 * count
    frame: np.ndarray[Any, Any] = empty(head + starts[-1])
    _HEADER.pack_into(frame, 0, _FORMAT, _LZ4_FORMAT, _FLAGS, item_size, whole, block, frame.size)  # type: ignore[arg-type]
    frame[head:] = data[: starts[-1]]
    bounds = np.array(starts, np.int64)
    offsets = bounds[:-1] + head
    frame[_HEADER.size : head] = offsets.astype("<i4").view(np.uint8)
    # the sizes are little-endian there
    sizes = np.diff(bounds) - 4
    frame[offsets[:, None] + np.arange(4)] = sizes.astype("<u4").view(np.uint8).reshape(-1, 4)
    lengths = np.full(count, block)
    lengths[-1] = whole - (count - 1) * block
    for number in np.flatnonzero(sizes == lengths).tolist():
        # for Blosc a block of its own length is stored as it is, and here LZ4 happened to make it so long
        start = int(offsets[number]) + 4
        end = start + int(lengths[number])
        frame[start:end] = lib.lz4_decode(frame[start:end], header=False, out=empty(end - start))
    return frame
