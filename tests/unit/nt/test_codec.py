from __future__ import annotations

import contextlib
import struct
import sys
import zlib
from typing import Any

import imagecodecs
import lz4.block
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_core.data import Value
from aiopvxs_nt import CodecError, CodecNotAvailable, ColorMode, NTNDArray, register_codec, unwrap
from strategies import examples

SCALAR_TYPES = {"i1": 1, "i2": 2, "i4": 3, "i8": 4, "u1": 5, "u2": 6, "u4": 7, "u8": 8, "f4": 9, "f8": 10}
ND_TYPES = {"i1": 0, "u1": 1, "i2": 2, "u2": 3, "i4": 4, "u4": 5, "i8": 6, "u8": 7, "f4": 8, "f8": 9}


def lz4_block(data: bytes) -> bytes:
    """A raw block, without the size that the library puts before it."""
    return lz4.block.compress(data, store_size=False)


def lz4hdf5(data: bytes, block: int = 1 << 12) -> bytes:
    """The framing of the HDF5 filter: total and block size, then each block with its size, big-endian."""
    parts = [struct.pack(">QI", len(data), block)]
    for start in range(0, len(data), block):
        part = data[start : start + block]
        packed = lz4_block(part)
        packed = part if len(packed) >= len(part) else packed
        parts.append(struct.pack(">I", len(packed)) + packed)
    return b"".join(parts)


def bitshuffled(data: bytes, item: int) -> bytes:
    """The bits of eight elements after another: all first bits, all second bits, and so on."""
    octets = np.frombuffer(data, np.uint8).reshape(-1, item)
    bits = np.unpackbits(octets, axis=1, bitorder="little")
    return np.packbits(bits.T, bitorder="little").tobytes()


def bslz4(data: bytes, item: int) -> bytes:
    """As bshuf_compress_lz4() with its default block size lays it out, written down anew."""
    count = len(data) // item
    block = max(128, 8192 // item // 8 * 8)
    parts, done = [], 0
    while count - done >= 8:
        elements = min(block, (count - done) // 8 * 8)
        packed = lz4_block(bitshuffled(data[done * item : (done + elements) * item], item))
        parts.append(struct.pack(">I", len(packed)) + packed)
        done += elements
    return b"".join(parts) + data[done * item :]


def encode(codec: str, array: np.ndarray[Any, Any]) -> bytes:
    data, item = array.tobytes(), array.dtype.itemsize
    if codec == "zlib":
        return zlib.compress(data)
    if codec == "blosc":
        return bytes(imagecodecs.blosc_encode(data, typesize=item))
    if codec == "lz4":
        return lz4_block(data)
    if codec == "lz4hdf5":
        return lz4hdf5(data)
    return bslz4(data, item)


def image(codec: str, data: bytes, shape: tuple[int, ...], parameters: Any, uncompressed: int) -> Value:
    return NTNDArray().create(
        {
            "value": ("ubyteValue", np.frombuffer(data, np.uint8)),
            "codec": {"name": codec, "parameters": parameters},
            "compressedSize": len(data),
            "uncompressedSize": uncompressed,
            "dimension": [{"size": size} for size in reversed(shape)],
        }
    )


def packed_as(codec: str, data: bytes, array: np.ndarray[Any, Any]) -> Value:
    """An image of these compressed bytes."""
    return image(codec, data, array.shape, (T.Int32, SCALAR_TYPES[array.dtype.str[1:]]), array.nbytes)


def packed(codec: str, array: np.ndarray[Any, Any]) -> Value:
    parameters = (T.Int32, SCALAR_TYPES[array.dtype.str[1:]])
    return image(codec, encode(codec, array), array.shape, parameters, array.nbytes)


CODECS = ["zlib", "blosc", "lz4", "lz4hdf5", "bslz4"]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("kind", SCALAR_TYPES)
@pytest.mark.parametrize("shape", [(64, 129), (3, 1), (1,), (33, 21, 3)])
def test_each_codec(codec: str, kind: str, shape: tuple[int, ...]) -> None:
    random = np.random.default_rng(1)
    array = (random.normal(100, 20, shape)).astype(kind)
    value = packed(codec, array)
    NTNDArray.validate(value)
    reading = unwrap(value)
    found = reading.value
    assert found.dtype == array.dtype
    assert np.array_equal(found, array)
    assert found.flags.writeable is False
    assert reading.codec == codec  # type: ignore[attr-defined]
    assert reading.value is found


def test_the_lz4hdf5_of_the_library_is_the_same() -> None:
    data = np.arange(5000, dtype=np.uint16)
    theirs = bytes(imagecodecs.lz4h5_encode(data.tobytes(), blocksize=4096))
    found = unwrap(image("lz4hdf5", theirs, (5000,), (T.Int32, 6), 10_000)).value
    assert np.array_equal(found, data)


def test_the_bits_of_bslz4_are_those_of_the_library() -> None:
    data = np.random.default_rng(2).integers(0, 2**16, 4096).astype(np.uint16)
    assert bitshuffled(data.tobytes(), 2) == bytes(imagecodecs.bitshuffle_encode(data.tobytes(), itemsize=2))


@pytest.mark.parametrize("kind", ["u1", "i2", "u4", "f8"])
def test_bslz4_of_the_reference_library(kind: str) -> None:
    bitshuffle = pytest.importorskip(
        "bitshuffle", reason="bitshuffle has wheels for CPython 3.10 to 3.12 on Linux and macOS"
    )
    random = np.random.default_rng(4)
    for count in (0, 1, 7, 8, 127, 128, 4096, 4097, 100_003):
        for array in (random.poisson(20, count).astype(kind), random.bytes(count * np.dtype(kind).itemsize)):
            given = np.frombuffer(array, kind)
            theirs = bitshuffle.compress_lz4(given).tobytes() if count else b""
            reading = unwrap(packed_as("bslz4", theirs, given))
            assert np.array_equal(reading.value.view("u1"), given.view("u1"))
            ours = NTNDArray(codec="bslz4").create(given).as_array("value").tobytes()
            # not the same bytes: LZ4 of another version may find other matches
            found = bitshuffle.decompress_lz4(np.frombuffer(ours, np.uint8), given.shape, given.dtype)
            assert found.tobytes() == given.tobytes()


def test_a_block_of_bslz4_that_compresses_to_its_own_length() -> None:
    random = np.random.default_rng(5).bytes(8192)
    shuffled = [
        part
        for count in range(8000, 8192)
        if len(lz4_block(part := random[:count] + bytes(8192 - count))) == len(part)
    ]
    assert shuffled
    plain = bytes(imagecodecs.bitshuffle_decode(shuffled[0], itemsize=2))
    for data in (plain, plain + b"\1\2" * 100, b"\3\4" * 4096 + plain):
        array = np.frombuffer(data, np.uint16)
        assert np.array_equal(unwrap(packed("bslz4", array)).value, array)


@pytest.mark.parametrize("codec", ["zlib", "blosc", "lz4", "lz4hdf5", "bslz4"])
@pytest.mark.parametrize("kind", SCALAR_TYPES)
@pytest.mark.parametrize("shape", [(64, 129), (3, 1), (1,), (33, 21, 3), (0, 5)])
def test_there_and_back(codec: str, kind: str, shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(6).normal(100, 20, shape).astype(kind)
    nt = NTNDArray(codec=codec)
    value = nt.create(array)
    NTNDArray.validate(value)
    reading: Any = unwrap(value)
    assert (reading.codec, reading.shape, reading.value.dtype) == (codec, shape, array.dtype)
    assert np.array_equal(reading.value, array)
    assert value["codec.parameters->"].type() == T.Int32
    assert value["value->"].type() == T.UInt8A
    # others decompress it as well
    if array.size:
        assert decoded_by_others(codec, value.as_array("value").tobytes(), array).tobytes() == array.tobytes()


def decoded_by_others(codec: str, data: bytes, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if codec == "zlib":
        return np.frombuffer(zlib.decompress(data), array.dtype)
    if codec == "lz4":
        return np.frombuffer(lz4.block.decompress(data, uncompressed_size=array.nbytes), array.dtype)
    if codec == "blosc":
        return np.frombuffer(imagecodecs.blosc_decode(data), array.dtype)
    if codec == "lz4hdf5":
        total, block = struct.unpack_from(">QI", data)
        position, parts = 12, []
        for start in range(0, total, block):
            size, [stored] = min(block, total - start), struct.unpack_from(">I", data, position)
            part = data[position + 4 : position + 4 + stored]
            parts.append(part if stored == size else lz4.block.decompress(part, uncompressed_size=size))
            position += 4 + stored
        return np.frombuffer(b"".join(parts), array.dtype)
    return np.frombuffer(bslz4_unpacked(data, array), array.dtype)


def bslz4_unpacked(data: bytes, array: np.ndarray[Any, Any]) -> bytes:
    item, count, position, parts, done = array.itemsize, array.size, 0, [], 0
    while count - done >= 8:
        elements = min(max(128, 8192 // item // 8 * 8), (count - done) // 8 * 8)
        [stored] = struct.unpack_from(">I", data, position)
        part = lz4.block.decompress(
            data[position + 4 : position + 4 + stored], uncompressed_size=elements * item
        )
        bits = np.unpackbits(np.frombuffer(part, np.uint8), bitorder="little").reshape(item * 8, elements)
        parts.append(np.packbits(bits.T, axis=1, bitorder="little").tobytes())
        position += 4 + stored
        done += elements
    return b"".join([*parts, data[position:]])


@pytest.mark.parametrize("shape", [(48, 64), (48, 64, 3)])
def test_jpeg_there_and_back(shape: tuple[int, ...]) -> None:
    array = np.zeros(shape, np.uint8)
    array[:24] = 200
    sizes = []
    for level in (None, 30, 95):
        value = NTNDArray(codec="jpeg", level=level).create(array)
        NTNDArray.validate(value)
        reading: Any = unwrap(value)
        assert reading.value.shape == reading.shape == shape
        assert np.abs(reading.value.astype(int) - array).max() < 60
        sizes.append(value.as_int("compressedSize"))
    assert sizes[1] < sizes[2]


@pytest.mark.parametrize("mode", [ColorMode.RGB1, ColorMode.RGB2, ColorMode.RGB3])
def test_a_jpeg_is_rgb1_whatever_its_dimensions_say(mode: ColorMode) -> None:
    array = np.zeros((48, 64, 3), np.uint8)
    array[:24, :, 1] = 200
    assert mode.axis is not None
    source = np.moveaxis(array, 2, mode.axis).shape
    value = image("jpeg", imagecodecs.jpeg8_encode(array, level=95), source, (T.Int32, 5), array.nbytes)
    value["attribute"] = [{"name": "ColorMode", "value": (T.Int32, mode)}]
    reading: Any = unwrap(value)
    assert reading.shape == reading.value.shape == reading.image.shape == (48, 64, 3)
    assert [one.size for one in reading.dimensions] == [48, 64, 3]
    assert reading.to_xarray().dims == ("y", "x", "color")
    assert np.abs(reading.value.astype(int) - array).max() < 60


def test_a_jpeg_of_other_dimensions() -> None:
    data = imagecodecs.jpeg8_encode(np.zeros((48, 64), np.uint8))
    with pytest.raises(CodecError, match=r"jpeg: the data says \(48, 64\), and the dimensions \(64, 48\)"):
        _ = unwrap(image("jpeg", data, (64, 48), (T.Int32, 5), 48 * 64)).value


def test_what_cannot_be_compressed() -> None:
    with pytest.raises(CodecNotAvailable, match="no codec is called 'new'"):
        NTNDArray(codec="new")
    with pytest.raises(ValueError, match="no codec"):
        NTNDArray(level=3)
    octets = np.zeros((4, 4), np.uint8)
    for nt, array, text in (
        (NTNDArray(codec="lz4"), octets > 0, "integers or floats, not bool"),
        (NTNDArray(codec="jpeg"), np.zeros((4, 4), np.uint16), "uint8 of the shape"),
        (NTNDArray(codec="jpeg"), np.zeros((3, 4, 4), np.uint8), r"\(y, x, 3\), not uint8 of the shape"),
        (NTNDArray(codec="jpeg"), np.zeros((0, 4), np.uint8), "there is nothing"),
        (NTNDArray(codec="jpeg", level=101), octets, "1 to 100, not 101"),
        (NTNDArray(codec="zlib", level=10), octets, "0 to 9, not 10"),
        (NTNDArray(codec="blosc", level=-1), octets, "0 to 9, not -1"),
        (NTNDArray(codec="lz4", level=1), octets, "lz4 has no level"),
    ):
        value = nt.create()
        with pytest.raises(ValueError, match=text):
            nt.assign(value, array)
        assert value.changed() == set()


def test_what_is_no_array_is_assigned_as_it_is() -> None:
    nt = NTNDArray(codec="lz4")
    value = nt.create(np.zeros((2, 2), np.uint8))
    again = nt.create(value)
    assert again == value
    nt.assign(again, {"uniqueId": 7})
    assert again.as_int("uniqueId") == 7
    assert again.as_string("codec.name") == "lz4"
    assert nt.create(unwrap(value)) == value
    # the next array without a codec is as it was given
    NTNDArray().assign(again, np.ones((2, 2), np.uint16))
    assert again.as_string("codec.name") == ""
    assert unwrap(again).value.tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize("shape", [(48, 64), (48, 64, 3)])
def test_jpeg(shape: tuple[int, ...]) -> None:
    array = np.zeros(shape, np.uint8)
    array[:24] = 200
    data = imagecodecs.jpeg8_encode(array, level=95)
    reading: Any = unwrap(image("jpeg", data, shape, (T.Int32, 5), array.nbytes))
    assert reading.value.shape == shape
    assert np.abs(reading.value.astype(int) - array).max() < 60
    # decoded to RGB1 whatever the source was
    assert reading.image.shape == shape


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("kind", ["i2", "u2", "i4", "f4", "f8", "u1", "i8"])
@pytest.mark.parametrize("width", [T.Int32, T.Int64])
def test_both_encodings_of_the_parameters(codec: str, kind: str, width: T) -> None:
    array = np.arange(40).astype(kind)
    data = encode(codec, array)
    first = unwrap(image(codec, data, (40,), (width, SCALAR_TYPES[kind]), array.nbytes)).value
    assert (first.dtype, first.tolist()) == (array.dtype, array.tolist())
    # the index of NDDataType, where no ScalarType of that number has the size
    number = ND_TYPES[kind]
    clash = [name for name, other in SCALAR_TYPES.items() if other == number]
    second = unwrap(image(codec, data, (40,), (width, number), array.nbytes)).value
    if not clash or clash[0][1] != kind[1]:
        assert (second.dtype, second.tolist()) == (array.dtype, array.tolist())
    else:
        assert second.dtype == clash[0]


def test_parameters_that_fit_nothing() -> None:
    array = np.arange(8, dtype=np.uint16)
    data = encode("lz4", array)
    for parameters in ((T.Int32, 77), "uint16", (T.Int32, 9)):
        with pytest.raises(ValueError, match=r"codec\.parameters is .*16 bytes for 8 elements"):
            _ = unwrap(image("lz4", data, (8,), parameters, 16)).value
    # without them the elements have the type of the member, if the size fits
    octets = np.arange(8, dtype=np.uint8)
    assert unwrap(image("lz4", encode("lz4", octets), (8,), None, 8)).value.tolist() == list(range(8))


HOSTILE: dict[str, Any] = {
    "empty": lambda data: b"",
    "one byte": lambda data: data[:1],
    "cut": lambda data: data[: len(data) // 2],
    "without its end": lambda data: data[:-1],
    "only its end": lambda data: data[-7:],
    "zeros": lambda data: bytes(len(data)),
    "ones": lambda data: b"\xff" * len(data),
}


@pytest.mark.parametrize("codec", [*CODECS, "jpeg"])
@pytest.mark.parametrize("damage", HOSTILE)
def test_damaged_data(codec: str, damage: str) -> None:
    array = np.random.default_rng(3).integers(0, 50, (64, 65)).astype(np.uint8)
    data = imagecodecs.jpeg8_encode(array) if codec == "jpeg" else encode(codec, array)
    damaged = HOSTILE[damage](data)
    value = image(codec, damaged, array.shape, (T.Int32, 5), array.nbytes)
    if codec == "jpeg" and damage in ("cut", "without its end"):
        # what a decoder of JPEG makes of these is its own affair: an image of that size, or an error
        with contextlib.suppress(CodecError):
            assert unwrap(value).value.shape == array.shape
        return
    with pytest.raises(CodecError, match=codec):
        _ = unwrap(value).value


@pytest.mark.parametrize("codec", [*CODECS, "jpeg"])
def test_ten_gigabytes_are_not_made(codec: str) -> None:
    array = np.zeros((10, 10), np.uint8)
    data = imagecodecs.jpeg8_encode(array) if codec == "jpeg" else encode(codec, array)
    value = image(codec, data, (100_000, 100_000), (T.Int32, 5), 10**10)
    with pytest.raises(ValueError, match="claim 10000000000 bytes"):
        _ = unwrap(value).value
    huge = image(codec, data, (2**31 - 1,) * 10, (T.Int32, 5), 2**62)
    with pytest.raises(ValueError):
        _ = unwrap(huge).value
    claimed = image(codec, data, (10_000, 10_000), (T.Int32, 5), 10**8)
    with pytest.raises(CodecError, match="dimensions|ends after"):
        _ = unwrap(claimed).value


@pytest.mark.parametrize("codec", ["zlib", "blosc", "lz4", "lz4hdf5", "bslz4"])
def test_a_bomb_is_not_opened(codec: str) -> None:
    bomb = encode(codec, np.zeros(50_000_000, np.uint8))
    value = image(codec, bomb, (10,), (T.Int32, 5), 10)
    with pytest.raises(CodecError, match=codec):
        _ = unwrap(value).value


@examples(300)
@given(st.sampled_from([*CODECS, "jpeg"]), st.binary(max_size=200), st.integers(0, 100))
def test_random_bytes_end_in_an_error_or_an_image(codec: str, data: bytes, count: int) -> None:
    value = image(codec, data, (count,), (T.Int32, 6), count * 2)
    try:
        found = unwrap(value).value
    except ValueError:
        return
    assert found.shape == (count,)


def test_codecs_that_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    array = np.zeros(16, np.uint8)
    with pytest.raises(CodecNotAvailable, match="no codec is called 'new'"):
        _ = unwrap(image("new", b"x", (16,), (T.Int32, 5), 16)).value
    values = {codec: packed(codec, array) for codec in ("blosc", "lz4", "lz4hdf5", "bslz4")}
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    for codec, value in values.items():
        with pytest.raises(CodecNotAvailable, match=r'pip install "aiopvxs-nt\[codecs\]"'):
            _ = unwrap(value).value
        with pytest.raises(CodecNotAvailable, match=r'pip install "aiopvxs-nt\[codecs\]"'):
            NTNDArray(codec=codec).create(array)
    assert unwrap(packed("zlib", array)).value.tolist() == array.tolist()


def test_a_codec_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    from aiopvxs_nt import codec

    monkeypatch.setattr(codec, "_CODECS", dict(codec._CODECS))
    register_codec("reversed", lambda data, expected, item: data[::-1])
    assert unwrap(image("reversed", b"\1\2\3", (3,), (T.Int32, 5), 3)).value.tolist() == [3, 2, 1]
    register_codec("short", lambda data, expected, item: data[:1])
    with pytest.raises(CodecError, match="short: 3 bytes decompress to 1, and the dimensions say 3"):
        _ = unwrap(image("short", b"\1\2\3", (3,), (T.Int32, 5), 3)).value
    with pytest.raises(CodecNotAvailable, match="without an encoder"):
        NTNDArray(codec="short").create(np.zeros(3, np.uint8))
    register_codec("reversed", lambda data, expected, item: data[::-1], lambda array: array.tobytes()[::-1])
    value = NTNDArray(codec="reversed").create(np.arange(3, dtype=np.uint8))
    assert value.as_array("value").tolist() == [2, 1, 0]
    assert unwrap(value).value.tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="reversed has no level"):
        NTNDArray(codec="reversed", level=2).create(np.zeros(3, np.uint8))
