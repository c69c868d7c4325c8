"""The codecs of areaDetector, one module each."""

from . import blosc, bslz4, jpeg, lz4, lz4hdf5, zlib
from ._common import Codec, CodecError, as_bytes, check_level

__all__ = ["CODECS", "Codec", "CodecError", "as_bytes", "check_level"]

CODECS: dict[str, Codec] = {
    "jpeg": Codec(jpeg.decode, jpeg.encode),
    "zlib": Codec(zlib.decode, zlib.encode),
    "blosc": Codec(blosc.decode, blosc.encode),
    "lz4": Codec(lz4.decode, lz4.encode),
    "lz4hdf5": Codec(lz4hdf5.decode, lz4hdf5.encode),
    "bslz4": Codec(bslz4.decode, bslz4.encode),
}
