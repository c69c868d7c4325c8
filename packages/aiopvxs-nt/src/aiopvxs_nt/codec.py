"""Compressing and decompressing the data of images, by the name of the codec."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .codecs import CODECS, Codec, CodecError, as_bytes, check_level

if TYPE_CHECKING:
    import numpy as np

__all__ = ["CodecError", "CodecNotAvailable", "check_codec", "decode", "encode", "register_codec"]

Decoder = Callable[[bytes, int, int], Any]
Encoder = Callable[["np.ndarray[Any, Any]"], Any]


class CodecNotAvailable(ImportError):
    """An image is compressed by a codec whose library is not installed, or that nobody knows."""


def register_codec(name: str, decoder: Decoder, encoder: Encoder | None = None) -> None:
    """Add a codec, or take another library for one.

    Args:
        name: what ``codec.name`` is.
        decoder: is called with the compressed bytes, the number of bytes that have to come out, and the size
            of an element; returns bytes, or an array. It must not make more of them.
        encoder: is called with the array, C-contiguous; returns bytes. Without it images of this codec are
            read only.
    """
    _CODECS[name] = Codec(
        lambda data, expected, item_size, _: decoder(bytes(data), expected, item_size),
        None if encoder is None else lambda array, level: _encoded(name, encoder, array, level),
    )


def decode(
    name: str, data: np.ndarray[Any, Any], shape: tuple[int, ...], kind: np.dtype[Any]
) -> np.ndarray[Any, Any]:
    """Decompress an array.

    Raises:
        CodecNotAvailable: there is no codec of that name, or its library is not installed.
        CodecError: ``data`` is damaged, or not an array of that shape and type.
    """
    import math

    import numpy as np

    codec = _find(name)
    expected = math.prod(shape) * kind.itemsize
    packed = memoryview(as_bytes(np.ascontiguousarray(data)))
    try:
        decoded = codec.decode(packed, expected, kind.itemsize, shape)
    except ImportError as exc:
        raise CodecNotAvailable(str(exc), name=exc.name) from exc
    except CodecError:
        raise
    except Exception as exc:
        raise CodecError(f"{name}: {len(packed)} bytes cannot be decompressed to {expected}: {exc}") from exc
    if isinstance(decoded, np.ndarray):
        decoded = np.ascontiguousarray(decoded)
    found = memoryview(decoded).nbytes
    if found != expected:
        raise CodecError(
            f"{name}: {len(packed)} bytes decompress to {found}, and the dimensions say {expected}"
        )
    array = np.frombuffer(decoded, kind) if expected else np.empty(0, kind)
    array = array.reshape(shape)
    array.flags.writeable = False
    return array


def encode(name: str, array: np.ndarray[Any, Any], level: int | None = None) -> np.ndarray[Any, Any]:
    """Compress an array that is C-contiguous, of integers or floats in the machine's byte order.

    Returns:
        The bytes, which nobody can write to.

    Raises:
        CodecNotAvailable: there is no codec of that name, or its library is not installed.
        ValueError: the codec does not compress such an array, or has no such level.
    """
    import numpy as np

    codec = _find(name)
    if codec.encode is None:
        raise CodecNotAvailable(f"the codec {name!r} was registered without an encoder")
    try:
        packed = codec.encode(array, level)
    except ImportError as exc:
        raise CodecNotAvailable(str(exc), name=exc.name) from exc
    except ValueError:
        raise
    except Exception as exc:
        what = f"{array.dtype} of the shape {array.shape}"
        raise ValueError(f"{name}: {what} cannot be compressed: {exc}") from exc
    return np.frombuffer(bytes(packed), np.uint8)


def check_codec(name: str) -> None:
    """Check that there is a codec of that name.

    Raises:
        CodecNotAvailable: there is none.
    """
    _find(name)


def _find(name: str) -> Codec:
    codec = _CODECS.get(name)
    if codec is None:
        raise CodecNotAvailable(f"no codec is called {name!r}; known are {sorted(_CODECS)}")
    return codec


def _encoded(name: str, encoder: Encoder, array: np.ndarray[Any, Any], level: int | None) -> Any:
    check_level(name, level, None)
    return encoder(array)


_CODECS: dict[str, Codec] = dict(CODECS)
