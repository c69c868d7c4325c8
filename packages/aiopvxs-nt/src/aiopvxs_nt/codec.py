"""The codecs of areaDetector."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._optional import need

if TYPE_CHECKING:
    import numpy as np

__all__ = ["CodecError", "CodecNotAvailable", "decode", "register_codec"]

Decoder = Callable[[bytes, int, int], Any]

# what a codec can do at most: what claims more is damaged, or hostile
_MOST_LZ4 = 255
_BLOCK_BYTES = 8192
_BLOCK_MULTIPLE = 8
_LEAST_BLOCK = 128


class CodecNotAvailable(ImportError):
    """An image is compressed by a codec whose library is not installed, or that nobody knows."""


class CodecError(ValueError):
    """Compressed data is damaged, or not what the dimensions of its image say."""


def register_codec(name: str, decoder: Decoder) -> None:
    """Add a codec, or take another library for one.

    Args:
        name: what ``codec.name`` is.
        decoder: is called with the compressed bytes, the number of bytes that have to come out, and the size
            of an element; returns bytes. It must not make more of them.
    """
    _DECODERS[name] = decoder


def decode(name: str, data: bytes, count: int, kind: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Decompress so many elements.

    Raises:
        CodecNotAvailable: there is no codec of that name, or its library is not installed.
        CodecError: ``data`` is damaged, or not so many elements.
    """
    import numpy as np

    decoder = _DECODERS.get(name)
    if decoder is None:
        raise CodecNotAvailable(f"no codec is called {name!r}; known are {sorted(_DECODERS)}")
    expected = count * kind.itemsize
    try:
        decoded = decoder(data, expected, kind.itemsize)
    except ImportError as exc:
        raise CodecNotAvailable(str(exc), name=exc.name) from exc
    except CodecError:
        raise
    except Exception as exc:
        raise CodecError(f"{name}: {len(data)} bytes cannot be decompressed to {expected}: {exc}") from exc
    found = len(decoded) if isinstance(decoded, (bytes, bytearray)) else decoded.nbytes
    if found != expected:
        raise CodecError(
            f"{name}: {len(data)} bytes decompress to {found}, and the dimensions say {expected}"
        )
    array = np.frombuffer(decoded, kind) if isinstance(decoded, (bytes, bytearray)) else decoded.view(kind)
    array = array.reshape(-1)
    array.flags.writeable = False
    return array


def _library() -> Any:
    return need("imagecodecs", "codecs", "this image's codec")


def _zlib(data: bytes, expected: int, _: int) -> bytes:
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


def _lz4(data: bytes, expected: int, _: int) -> bytes:
    _plausible("lz4", data, expected)
    return bytes(_library().lz4_decode(data, header=False, out=expected))


def _plausible(name: str, data: bytes, expected: int) -> None:
    if expected > _MOST_LZ4 * len(data) + 64:
        raise CodecError(
            f"{name}: {len(data)} bytes cannot hold the {expected} that the dimensions say: the codec's "
            f"limit is {_MOST_LZ4} to 1"
        )


def _lz4hdf5(data: bytes, expected: int, _: int) -> bytes:
    if len(data) < 12:
        raise CodecError(f"lz4hdf5: {len(data)} bytes are less than its header of 12")
    total, block = struct.unpack_from(">QI", data)
    if total != expected:
        raise CodecError(f"lz4hdf5: the data says {total} bytes, and the dimensions {expected}")
    _plausible("lz4hdf5", data, expected)
    if not block and expected:
        raise CodecError("lz4hdf5: the data says blocks of 0 bytes")
    parts = []
    position, left = 12, expected
    while left:
        size = min(block, left)
        part, position = _sized(data, position, "lz4hdf5")
        # a block that does not shrink is stored as it is
        parts.append(
            part if len(part) == size else bytes(_library().lz4_decode(part, header=False, out=size))
        )
        if len(parts[-1]) != size:
            raise CodecError(f"lz4hdf5: a block has {len(parts[-1])} bytes, not {size}")
        left -= size
    return b"".join(parts)


def _sized(data: bytes, position: int, name: str) -> tuple[bytes, int]:
    """Return a part whose size stands before it, and where it ends."""
    if position + 4 > len(data):
        raise CodecError(f"{name}: the data ends after {len(data)} bytes, within a block")
    [size] = struct.unpack_from(">I", data, position)
    end = position + 4 + size
    if end > len(data):
        raise CodecError(f"{name}: a block of {size} bytes goes beyond the {len(data)} bytes of the data")
    return data[position + 4 : end], end


def _bslz4(data: bytes, expected: int, item_size: int) -> Any:
    import numpy as np

    _plausible("bslz4", data, expected)
    library = _library()
    count = expected // item_size
    block = max(_LEAST_BLOCK, _BLOCK_BYTES // item_size // _BLOCK_MULTIPLE * _BLOCK_MULTIPLE)
    decoded = np.empty(expected, np.uint8)
    position = done = 0
    while count - done >= _BLOCK_MULTIPLE:
        elements = min(block, (count - done) // _BLOCK_MULTIPLE * _BLOCK_MULTIPLE)
        part, position = _sized(data, position, "bslz4")
        size = elements * item_size
        shuffled = library.lz4_decode(part, header=False, out=size)
        if len(shuffled) != size:
            raise CodecError(f"bslz4: a block has {len(shuffled)} bytes, not {size}")
        target = decoded[done * item_size : done * item_size + size]
        target[:] = np.frombuffer(library.bitshuffle_decode(shuffled, itemsize=item_size), np.uint8)
        done += elements
    # what does not fill eight elements is stored as it is
    rest = data[position:]
    if len(rest) != expected - done * item_size:
        raise CodecError(
            f"bslz4: {len(rest)} bytes are left for the last {count - done} elements of {item_size} bytes"
        )
    decoded[done * item_size :] = np.frombuffer(rest, np.uint8)
    return decoded


def _blosc(data: bytes, expected: int, _: int) -> bytes:
    if len(data) < 16:
        raise CodecError(f"blosc: {len(data)} bytes are less than its header of 16")
    total, _block, size = struct.unpack_from("<III", data, 4)
    if total != expected:
        raise CodecError(f"blosc: the data says {total} bytes, and the dimensions {expected}")
    if size > len(data):
        raise CodecError(f"blosc: the data says that it is {size} bytes long, and it is {len(data)}")
    return bytes(_library().blosc_decode(data[:size]))


def _jpeg(data: bytes, expected: int, item_size: int) -> Any:
    if item_size != 1:
        raise CodecError(f"jpeg: its elements have 1 byte, and those of the image {item_size}")
    height, width, components = _jpeg_size(data)
    if height * width * components != expected:
        raise CodecError(
            f"jpeg: the data says {width} x {height} x {components}, and the dimensions {expected} bytes"
        )
    return _library().jpeg8_decode(data).reshape(-1)


def _jpeg_size(data: bytes) -> tuple[int, int, int]:
    """Read height, width and number of components from the header."""
    if data[:2] != b"\xff\xd8":
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


_DECODERS: dict[str, Decoder] = {
    "jpeg": _jpeg,
    "zlib": _zlib,
    "blosc": _blosc,
    "lz4": _lz4,
    "lz4hdf5": _lz4hdf5,
    "bslz4": _bslz4,
}
