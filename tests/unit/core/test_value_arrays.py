"""Arrays in and out: which objects, which conversions, and how often they are copied."""

from __future__ import annotations

import array
import collections
import ctypes
import math
import sys

import numpy as np
import pytest

from aiopvxs_core.data import NoConvert, OutOfRange, ShapeError
from aiopvxs_core.data import TypeCodeEnum as T
from array_kinds import DTYPES, INTEGERS, LARGE, address, codes, integers, limits, structure


@codes
@pytest.mark.parametrize(
    "make",
    [
        list,
        tuple,
        collections.deque,
        np.array,
        lambda items: np.array(items, dtype=">i4"),
        lambda items: np.array(items, dtype="<u8"),
        lambda items: np.repeat(np.array(items), 3)[::3],
        lambda items: np.array(items)[::-1][::-1],
        lambda items: np.array(items, dtype=object),
        lambda items: np.array(items, dtype=bool),
        lambda items: array.array("b", items),
        lambda items: memoryview(array.array("H", items)),
        lambda items: (ctypes.c_int * len(items))(*items),
        lambda items: [np.int16(item) for item in items],
        lambda items: [bool(item) for item in items],
        bytes,
        bytearray,
    ],
)
def test_what_arrays_take(code: T, make: object) -> None:
    value = structure(code)
    items = [1, 0, 0, 1, 1]
    value["f"] = make(items)  # type: ignore[operator]
    assert value.as_list("f") == items
    out = value.as_array("f")
    assert out.dtype == DTYPES[code]
    assert out.tolist() == items
    assert value.changed() == {"f"}


@codes
def test_range_and_array_objects(code: T) -> None:
    class HasArray:
        def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
            return np.arange(2)

    value = structure(code)
    value["f"] = range(2)
    assert value.as_list("f") == [0, 1]
    value["f"] = []
    value["f"] = HasArray()
    assert value.as_list("f") == [0, 1]


@codes
@pytest.mark.parametrize("empty", [[], (), np.array([]), np.array([], "i4"), array.array("d"), range(0), b""])
def test_empty_arrays(code: T, empty: object) -> None:
    value = structure(code)
    value["f"] = [1]
    value["f"] = empty
    assert value.as_list("f") == []
    out = value.as_array("f")
    assert (out.dtype, out.shape, out.flags.writeable) == (DTYPES[code], (0,), False)
    assert value.changed() == {"f"}
    assert value.as_dict(arrays="numpy")["f"].dtype == DTYPES[code]


@integers
@pytest.mark.parametrize("size", [3, LARGE])
@pytest.mark.parametrize("source", [DTYPES[code] for code in INTEGERS], ids=str)
def test_integer_boundaries(code: T, source: np.dtype, size: int) -> None:
    value = structure(code)
    low, high = limits(DTYPES[code])
    for number in (0, *limits(source)):
        given = np.zeros(size, source)
        given[-1] = number
        if low <= number <= high:
            value["f"] = given
            assert value.as_array("f")[-1] == number
            continue
        value["f"] = [1, 2]
        value.unmark()
        for way in (given, given[::-1][::-1], given.astype(source.newbyteorder())):
            with pytest.raises(
                OutOfRange, match=rf"element {size - 1} of field 'f' \(\w+\[\]\) cannot hold int {number}:"
            ):
                value["f"] = way
        assert value.as_list("f") == [1, 2]
        assert value.changed() == set()


@integers
def test_integer_boundaries_of_lists(code: T) -> None:
    value = structure(code)
    low, high = limits(DTYPES[code])
    value["f"] = [low, high]
    for outside in (low - 1, high + 1, 10**30):
        with pytest.raises(
            OverflowError, match=rf"element 1 of field 'f' \(\w+\[\]\) cannot hold int {outside}"
        ):
            value["f"] = [0, outside]
        with pytest.raises(OverflowError):
            value.assign({"n": 5, "f": (outside,)})
    assert value.as_list("f") == [low, high]
    assert value.as_int("n") == 0


@pytest.mark.parametrize("code", [*INTEGERS, T.BoolA], ids=lambda code: code.name)
@pytest.mark.parametrize(
    "floats",
    [
        [1, 2.0],
        np.ones(3),
        np.ones(3, "f4"),
        np.ones(3, "f2"),
        array.array("d", [1]),
        np.array([0.5], object),
    ],
)
def test_floats_are_no_integers(code: T, floats: object) -> None:
    value = structure(code)
    with pytest.raises(NoConvert, match="not converted to"):
        value["f"] = floats
    assert value.changed() == set()


def test_bool_arrays() -> None:
    value = structure(T.BoolA)
    value["f"] = np.array([0, 1, 1], "i8")
    assert value.as_list("f") == [False, True, True]
    value["f"] = ["true", 0, np.True_]
    assert value.as_list("f") == [True, False, True]
    for given in ([2], np.array([0, 2]), np.array([-1], "i1")):
        with pytest.raises(OutOfRange, match="range is 0 to 1"):
            value["f"] = given


@pytest.mark.parametrize("size", [4, LARGE])
def test_float_arrays(size: int) -> None:
    double, single = structure(T.Float64A), structure(T.Float32A)
    given = np.zeros(size)
    given[:4] = [0.1, math.inf, -math.inf, math.nan]
    for source in (given, given.astype(">f8"), given.astype("f4"), given.astype("f2"), given.tolist()):
        double["f"] = source
        np.testing.assert_array_equal(double.as_array("f"), np.asarray(source, "f8"))
        single["f"] = source
        np.testing.assert_array_equal(single.as_array("f"), np.asarray(source, "f4"))
    for whole in (np.arange(size), np.arange(size, dtype=">u2"), range(size)):
        double["f"] = whole
        single["f"] = whole
        assert double.as_array("f")[3] == single.as_array("f")[3] == 3.0
    given[-1] = 1e300
    before = single.as_list("f")
    for source in (given, given.tolist(), given[::-1][::-1]):
        with pytest.raises(
            OutOfRange, match=rf"element {size - 1} of field 'f' \(float\[\]\) cannot hold float 1e\+300"
        ):
            single["f"] = source
    assert single.as_list("f") == before


HALVES = [0.0, -0.0, 1.0, -2.5, 65504.0, 6.1e-5, 6e-8, 5.9604645e-08, math.inf, -math.inf]


def test_half_precision() -> None:
    value = structure(T.Float64A)
    given = np.array(HALVES, "f2")
    for source in (given, given.astype(">f2")):
        value["f"] = source
        np.testing.assert_array_equal(value.as_array("f"), given.astype("f8"))
    every = np.arange(2**16, dtype="u2").view("f2")
    value["f"] = every
    np.testing.assert_array_equal(value.as_array("f"), every.astype("f8"))


@codes
@pytest.mark.parametrize(
    "given",
    [
        np.zeros((2, 2), "i1"), np.zeros((0, 3), "i1"), np.array(5), np.array(5, ">i8"), [[1], [0]], [(1,)],
        [np.array([1])], np.zeros((1, 1), object), memoryview(bytes(4)).cast("B", (2, 2)), np.array("x"),
    ],
)  # fmt: skip
def test_shapes(code: T, given: object) -> None:
    value = structure(code)
    with pytest.raises(ShapeError, match=r"field 'f' .* one dimension"):
        value["f"] = given
    assert value.changed() == set()


@codes
@pytest.mark.parametrize(
    "given",
    [
        None, 5, 1.5, "text", {"a": 1}, {1, 2}, object(), [None], [object()], ["x"], [b"1"], np.array(["a"]),
        np.array([1j]), np.array(["2020-01-01"], "M8[s]"), np.array([1], "m8[s]"), np.zeros(2, [("a", "i4")]),
        iter([1]), [1j], np.array([b"1"]),
    ],
)  # fmt: skip
def test_what_arrays_refuse(code: T, given: object) -> None:
    value = structure(code)
    with pytest.raises(NoConvert, match="field 'f'"):
        value["f"] = given
    assert value.changed() == set()
    assert value.as_list("f") == []


@codes
def test_an_array_leaf_is_taken(code: T) -> None:
    value, other = structure(code), structure(code)
    other["f"] = [1, 0]
    value["f"] = other["f"]
    assert value.as_list("f") == [1, 0]
    assert address(value) == address(other)
    for source, dtype in DTYPES.items():
        converted = structure(source)
        converted["f"] = [1, 0]
        if dtype.kind == "f" and DTYPES[code].kind != "f":
            with pytest.raises(NoConvert):
                value["f"] = converted.f
        else:
            value["f"] = converted.f
            assert value.as_list("f") == [1, 0]
    narrow = structure(T.Int64A)
    narrow["f"] = [2**40]
    if DTYPES[code].itemsize < 8 and DTYPES[code].kind != "f":
        with pytest.raises(OutOfRange):
            value["f"] = narrow["f"]


STRINGS = ["Hello, \N{WAVING HAND SIGN}", "", "a\0b", "\udcff", "x" * 1000]


@pytest.mark.parametrize("make", [list, tuple, collections.deque, lambda items: np.array(items, object)])
def test_string_arrays(make: object) -> None:
    value = structure(T.StringA)
    value["f"] = make(STRINGS)  # type: ignore[operator]
    assert value.as_list("f") == STRINGS
    assert value.as_string_list("f") == STRINGS
    other = structure(T.StringA)
    other["f"] = value.f
    assert other == value
    assert value.f == STRINGS


def test_string_arrays_of_numpy_and_others() -> None:
    value = structure(T.StringA)
    for given in (np.array(["a", "bc"]), np.array([b"a", b"bc"]), [b"a", np.str_("bc")], value.f):
        value["f"] = given
        assert value.as_list("f") == ["a", "bc"]
    value["f"] = [1, 2.5, True]
    assert value.as_list("f") == ["1", "2.5", "true"]
    numbers = structure(T.Int32A)
    numbers["f"] = [1, 2]
    value["f"] = numbers.f
    assert value.as_list("f") == ["1", "2"]


@pytest.mark.parametrize(
    "given", ["text", b"text", bytearray(b"x"), [None], [["a"]], 5, None, {"a": 1}, np.array("x")]
)
def test_what_string_arrays_refuse(given: object) -> None:
    value = structure(T.StringA)
    value["f"] = ["before"]
    with pytest.raises(NoConvert, match="field 'f'"):
        value["f"] = given
    assert value.as_list("f") == ["before"]


def test_a_sequence_that_changes_itself() -> None:
    items: list[object] = []

    class Index:
        def __index__(self) -> int:
            items.clear()
            return 1

    items += [Index(), 2, 3]
    value = structure(T.Int32A)
    value["f"] = items
    assert value.as_list("f") == [1, 2, 3]


def test_references_are_balanced() -> None:
    value = structure(T.Float64A)
    given = [1.5, 2.5]
    source = np.ones(3)
    before = sys.getrefcount(given), sys.getrefcount(source)
    for _ in range(10):
        value["f"] = given
        value["f"] = source
        value.as_array("f")
    assert (sys.getrefcount(given), sys.getrefcount(source)) == before


def test_masked_arrays() -> None:
    value = structure(T.Int32A)
    value["f"] = np.ma.array([1, 2])
    assert value.as_list("f") == [1, 2]
    with pytest.raises(NoConvert, match="masked"):
        value["f"] = np.ma.array([1, 2], mask=[True, False])
    assert value.as_list("f") == [1, 2]


@pytest.mark.parametrize("code", [T.Int32A, T.StringA])
@pytest.mark.parametrize("given", [np.array([1, 2], object).data, np.array([1, 2], ">i8").view("V8").data])
def test_a_memoryview_that_python_cannot_read_is_refused(code: T, given: memoryview) -> None:
    value = structure(code)
    with pytest.raises(NoConvert, match=r"^field 'f' \(\w+\[\]\) cannot take memoryview"):
        value["f"] = given
    assert value.changed() == set()


@pytest.mark.parametrize("code", [T.Float64A, T.UInt8A, T.AnyA])
def test_memory_that_was_given_back(code: T) -> None:
    value = structure(code)
    value["f"] = [1, 2]
    before = value.as_py()
    view = memoryview(b"abc")
    view.release()
    with pytest.raises(ValueError, match="released memoryview"):
        value["f"] = view
    assert value.as_py() == before
