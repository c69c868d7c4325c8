from __future__ import annotations

import base64
import re
import sys
from typing import Any

import imagecodecs
import numpy as np
import pytest

from aiopvxs_core.data import Member, NoConvert, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_nt import ColorMode, Dimension, ImageReading, NTNDArray, Timestamp, assign, unwrap

TYPES = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"]


def read(value: Value) -> ImageReading:
    reading = unwrap(value)
    assert isinstance(reading, ImageReading)
    return reading


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("shape", [(5,), (2, 3), (2, 3, 4), (1, 2, 3, 4)])
def test_arrays_of_each_type_and_shape(kind: str, shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape)).reshape(shape).astype(kind)
    value = NTNDArray().create(array)
    NTNDArray.validate(value)
    reading = read(value)
    assert reading.value.dtype == array.dtype
    assert np.array_equal(reading.value, array)
    assert reading.value.flags.c_contiguous
    assert reading.value.flags.writeable is False
    assert reading.shape == shape
    assert [one.as_int("size") for one in value["dimension"]] == list(reversed(shape))
    assert value.as_int("compressedSize") == value.as_int("uncompressedSize") == array.nbytes


def test_the_array_is_a_view() -> None:
    value = NTNDArray().create(np.zeros((2048, 2048), np.uint16))
    assert np.shares_memory(read(value).value, value["value"].as_array())


def test_layouts_of_memory() -> None:
    array = np.arange(24, dtype=">i4").reshape(4, 6)
    for given in (array, array.T, array[::-1, ::2], np.asfortranarray(array)):
        found = read(NTNDArray().create(given)).value
        assert np.array_equal(found, given)
        assert found.dtype.isnative
    assert read(NTNDArray().create([[1, 2], [3, 4]])).value.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    "given",
    [np.zeros(2, complex), np.zeros(2, "f2"), np.array(["a"]), np.array([None]), [[1], [2, 3]], 5, None, "x"],
)
def test_what_is_no_image(given: Any) -> None:
    value = NTNDArray().create(np.arange(6).reshape(2, 3))
    before = value.clone()
    with pytest.raises(NoConvert, match="field 'value': an image"):
        assign(value, given)
    assert value == before


def test_parameters_are_an_int32() -> None:
    value = NTNDArray().create(np.zeros((2, 2), np.uint16))
    assert value["codec.parameters->"].type() == T.Int32
    assert value.as_int("codec.parameters") == 6
    assert [one["value->"].type() for one in value["attribute"]] == [T.Int32]


@pytest.mark.parametrize(
    ("shape", "mode", "image"),
    [
        ((4, 5), ColorMode.MONO, (4, 5)),
        ((4, 5, 3), ColorMode.RGB1, (4, 5, 3)),
        ((4, 3, 5), ColorMode.RGB2, (4, 5, 3)),
        ((3, 4, 5), ColorMode.RGB3, (4, 5, 3)),
    ],
)
def test_colors(shape: tuple[int, ...], mode: ColorMode, image: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    reading = read(NTNDArray().create(array))
    assert reading.color_mode is mode
    assert reading.image.shape == image
    assert np.shares_memory(reading.image, reading.value)
    if mode.axis is not None:
        assert np.array_equal(reading.image[..., 0], np.take(array, 0, mode.axis))


def test_other_color_modes_are_named() -> None:
    for number, mode in enumerate(ColorMode):
        value = NTNDArray().create(np.zeros((4, 4), np.uint8))
        value["attribute"] = [{"name": "ColorMode", "value": (T.Int32, number)}]
        assert read(value).color_mode is mode
    value["attribute"] = [{"name": "ColorMode", "value": (T.Int32, 99)}, None]
    assert read(value).color_mode is ColorMode.MONO


def test_dimensions_and_the_rest() -> None:
    value = NTNDArray().create(np.zeros((2, 3), np.uint8))
    value["dimension"] = [
        {"size": 3, "offset": 10, "fullSize": 100, "binning": 2, "reverse": False},
        {"size": 2, "offset": 20, "fullSize": 50, "binning": 1, "reverse": True},
    ]
    value.assign({"uniqueId": 7, "dataTimeStamp": {"secondsPastEpoch": 1, "nanoseconds": 5}})
    reading = read(value)
    assert reading.dimensions == (Dimension(2, 20, 50, 1, True), Dimension(3, 10, 100, 2, False))
    assert reading.unique_id == 7
    assert reading.data_timestamp == Timestamp((1, 5))
    assert str(reading) == "2 x 3 uint8"
    assert bool(reading)


def test_attributes() -> None:
    value = NTNDArray().create(np.zeros((2, 2), np.uint8))
    value["attribute"] = [
        {"name": "Gain", "value": 2.5, "source": "drv", "sourceType": 1},
        {"name": "Name", "value": "x"},
        {"name": "Wave", "value": np.arange(3)},
        {"name": "Nothing"},
    ]
    found = read(value).attributes
    assert (found["Gain"], found["Name"], found["Wave"].tolist(), found["Nothing"]) == (
        2.5, "x", [0, 1, 2], None,
    )  # fmt: skip
    found.clear()
    assert len(read(value).attributes) == 4


def test_xarray() -> None:
    import xarray as xr

    value = NTNDArray().create(np.arange(6, dtype=np.uint16).reshape(2, 3))
    value["dimension"] = [
        {"size": 3, "offset": 10, "fullSize": 100, "binning": 2, "reverse": False},
        {"size": 2, "offset": 20, "fullSize": 50, "binning": 1, "reverse": True},
    ]
    array = read(value).to_xarray()
    assert isinstance(array, xr.DataArray)
    assert array.dims == ("y", "x")
    assert array.coords["x"].to_numpy().tolist() == [10, 12, 14]
    assert array.coords["y"].to_numpy().tolist() == [21, 20]
    assert array.attrs["ColorMode"] == 0
    again = NTNDArray().create(array.assign_attrs(Gain=2.5))
    assert np.array_equal(read(again).value, array.to_numpy())
    assert read(again).attributes == {"ColorMode": 0, "Gain": 2.5}
    color = read(NTNDArray().create(np.zeros((2, 3, 3), np.uint8))).to_xarray()
    assert color.dims == ("y", "x", "color")
    assert read(NTNDArray().create(np.zeros((2, 3, 4, 5)))).to_xarray().dims == ("dim_0", "dim_1", "y", "x")
    assert read(NTNDArray().create(np.zeros(2))).to_xarray().dims == ("x",)


def test_xarray_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(ImportError, match=r'pip install "aiopvxs-nt\[xarray\]"'):
        read(NTNDArray().create(np.zeros((2, 2)))).to_xarray()


def test_an_empty_one() -> None:
    reading = read(NTNDArray().create())
    assert reading.value.size == 0
    assert not reading
    assert reading.attributes == {}
    assert read(NTNDArray().create(np.zeros((0, 5), np.int16))).value.shape == (0, 5)


def test_a_value_that_is_any_or_without_parts() -> None:
    dimension = Member(T.StructA, "dimension", [Member(T.Int32, "size")])
    value = TypeDef(T.Struct, [Member(T.Any, "value"), dimension]).create()
    assign(value, np.arange(6, dtype=np.int16).reshape(2, 3))
    assert read(value).value.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert read(value).codec == ""
    assert read(value).data_timestamp is None


def test_dimensions_that_lie() -> None:
    value = NTNDArray().create(np.zeros((2, 3), np.uint8))
    value["dimension"] = [{"size": 4}, {"size": 4}]
    with pytest.raises(ValueError, match=r"value has 6 elements, and the dimensions \[4, 4\]"):
        _ = read(value).value
    value["dimension"] = [{"size": -1}, {"size": -6}]
    with pytest.raises(ValueError, match="has the size -1"):
        _ = read(value).value
    value["value"] = None
    assert read(value).value.size == 0


def test_an_image_that_contradicts_itself_is_shown() -> None:
    value = NTNDArray().create(np.arange(12, dtype="u2").reshape(3, 4))
    value["dimension[0].size"] = 5
    assert "damaged: value has 12 elements" in repr(unwrap(value))
    assert "damaged: value has 12 elements" in unwrap(value)._repr_html_()


def test_an_image_is_used_as_its_array() -> None:
    pixels = np.arange(12, dtype="u2").reshape(3, 4)
    image: Any = unwrap(NTNDArray().create(pixels))
    assert image[1, 2] == 6
    assert [row.tolist() for row in image] == pixels.tolist()
    assert (image + image * 2).tolist() == (3 * pixels).tolist()


def test_an_image_of_nothing() -> None:
    image: Any = unwrap(NTNDArray().create())
    assert str(image) == "empty uint8"
    assert image.to_xarray().shape == (0,)


def test_no_mask_and_no_single_number() -> None:
    value = NTNDArray().create()
    masked = np.ma.masked_greater(np.arange(6).reshape(2, 3), 3)
    with pytest.raises(NoConvert, match=r"an image has no mask, which would be lost"):
        assign(value, masked)
    assign(value, masked.filled(0))
    with pytest.raises(NoConvert, match="one number has none"):
        assign(value, np.array(5))


def test_the_tag_of_the_detector_is_kept() -> None:
    value = NTNDArray().create()
    value["dataTimeStamp"] = {"secondsPastEpoch": 5, "nanoseconds": 6, "userTag": 7}
    stamp = unwrap(value).data_timestamp  # type: ignore[attr-defined]
    assert (stamp.ns, stamp.user_tag) == (5_000_000_006, 7)


def shown(value: Value) -> np.ndarray[Any, Any]:
    """Return the picture that a notebook shows."""
    html = unwrap(value)._repr_html_()
    found = re.search(r'<img src="data:image/png;base64,([^"]+)"', html)
    assert found is not None
    picture = imagecodecs.png_decode(base64.b64decode(found[1]))
    assert isinstance(picture, np.ndarray)
    return picture


@pytest.mark.parametrize("codec", ["", "bslz4"])
def test_a_notebook_shows_the_image(codec: str) -> None:
    pixels = (np.arange(12, dtype="u2") * 100).reshape(3, 4)
    picture = shown(NTNDArray(codec=codec).create(pixels))
    assert picture.tolist() == (pixels / 1100 * 255).astype("u1").tolist()
    # colours last, each as it is
    colours = np.arange(36, dtype="u1").reshape(3, 3, 4)
    assert shown(NTNDArray(codec=codec).create(colours)).tolist() == np.moveaxis(colours, 0, -1).tolist()
    assert shown(NTNDArray(codec=codec).create(np.zeros((600, 1000), "i4"))).shape == (150, 250)
    for extremes in ([[-1.7e308, 1.7e308, 0.0]], [[np.nan, 1.0, np.inf]], [[np.nan, np.nan]]):
        assert shown(NTNDArray(codec=codec).create(np.array(extremes))).shape == np.shape(extremes)


def test_what_is_no_picture_is_told_in_words() -> None:
    damaged = NTNDArray(codec="bslz4").create(np.zeros((4, 4), "u2"))
    damaged["value"] = ("ubyteValue", np.zeros(3, "u1"))
    unknown = NTNDArray().create(np.zeros((4, 4), "u2"))
    unknown["codec.name"] = "new"
    empty = NTNDArray().create()
    line = NTNDArray().create(np.arange(5))
    for value in (damaged, unknown, empty, line):
        html = unwrap(value)._repr_html_()
        assert "<table>" in html
        assert "<img" not in html
