"""Arrays in and out: how often they are copied, and who shares memory with whom."""

from __future__ import annotations

import gc
import pickle
import weakref

import numpy as np
import pytest

from aiopvxs_core.data import TypeCodeEnum as T
from array_kinds import DTYPES, LARGE, address, codes, structure


def test_storing_copies() -> None:
    value = structure(T.Float64A)
    for size in (3, LARGE):
        given = np.zeros(size)
        value["f"] = given
        given[0] = 7
        assert value.as_array("f")[0] == 0


@codes
def test_reading_does_not_copy(code: T) -> None:
    value = structure(code)
    value["f"] = np.ones(5, DTYPES[code])
    out = value.as_array("f")
    assert not out.flags.writeable
    assert out.flags.aligned
    assert (
        out.__array_interface__["data"][0]
        == address(value)
        == np.asarray(value.f).__array_interface__["data"][0]
    )
    assert value.as_dict(arrays="numpy")["f"].__array_interface__["data"][0] == address(value)
    assert value.clone().as_array("f").__array_interface__["data"][0] == address(value)
    with pytest.raises(ValueError, match="read-only"):
        out[0] = 0
    del value
    gc.collect()
    assert out.tolist() == [1] * 5


def test_a_read_array_stays_what_it_was() -> None:
    value = structure(T.Int32A)
    value["f"] = [1, 2]
    out = value.as_array("f")
    value["f"] = [3, 4]
    assert out.tolist() == [1, 2]


@codes
def test_a_read_array_is_stored_without_copy(code: T) -> None:
    value, other = structure(code), structure(code)
    value["f"] = [1, 0, 1, 0]
    other["f"] = value.as_array("f")
    assert address(other) == address(value)
    other["f"] = value.as_array("f")[1:3]
    assert address(other) == address(value) + DTYPES[code].itemsize
    assert other.as_list("f") == [0, 1]
    other["f"] = value.as_array("f")[::2]
    assert other.as_list("f") == [1, 1]
    del value
    assert other.as_list("f") == [1, 1]


def frozen(given: np.ndarray) -> np.ndarray:
    given.flags.writeable = False
    return given


def immutable(given: np.ndarray) -> np.ndarray:
    """The same numbers in memory that nobody can ever write to."""
    return np.frombuffer(given.tobytes(), given.dtype)


@pytest.mark.parametrize("code", [code for code in DTYPES if code != T.BoolA], ids=lambda code: code.name)
def test_an_immutable_array_is_lent_and_given_back(code: T) -> None:
    value = structure(code)
    given = immutable(np.ones(10, DTYPES[code]))
    alive = weakref.ref(given)
    value["f"] = given
    assert address(value) == given.__array_interface__["data"][0]
    value["f"] = part = given[2:][1:5]
    assert address(value) == part.__array_interface__["data"][0]
    expected = part.tolist()
    del given, part
    gc.collect()
    assert alive() is not None
    assert value.as_list("f") == expected
    value["f"] = []  # pvxs lets go of it,
    value["f"] = []  # and the next array made releases it
    assert alive() is None


@codes
def test_what_is_lent_cannot_be_made_writeable(code: T) -> None:
    value = structure(code)
    value["f"] = [1, 0, 1]
    for given in (value.as_array("f"), immutable(np.ones(3, DTYPES[code]))):
        value["f"] = given
        for each in (given, given[1:], given.view("u1"), value.as_array("f"), np.asarray(value.f)):
            with pytest.raises(ValueError, match="WRITEABLE"):
                each.flags.writeable = True
            with pytest.raises(ValueError, match="WRITEABLE"):
                each.setflags(write=True)
            with pytest.raises(TypeError, match="read-only"):
                memoryview(each)[0] = 0
            with pytest.raises(ValueError):
                given.resize(100, refcheck=False)


@pytest.mark.parametrize("code", [code for code in DTYPES if code != T.BoolA], ids=lambda code: code.name)
def test_a_frozen_array_is_lent_and_stays_frozen(code: T) -> None:
    value = structure(code)
    given = frozen(np.ones(10, DTYPES[code]))
    alive = weakref.ref(given)
    view = given[2:]
    for each in (given, view, given[1:5], given):
        value["f"] = each
        assert address(value) == each.__array_interface__["data"][0]
        for thaw in (given, view, value.as_array("f")):
            with pytest.raises(ValueError, match="WRITEABLE"):
                thaw.flags.writeable = True
            with pytest.raises(ValueError, match="resize"):
                thaw.resize(1_000_000, refcheck=False)
            with pytest.raises(ValueError, match="read-only"):
                thaw[0] = 5
    assert given.tolist() == [1] * 10
    del each, given, view, thaw
    gc.collect()
    assert value.as_list("f") == [1] * 10
    value["f"] = []  # pvxs lets go of it,
    value["f"] = []  # and the next array made releases it
    assert alive() is None


def test_frozen_memory_is_freed_as_numpy_does() -> None:
    value = structure(T.Float64A)
    for size in (1, 2, 100, 128, 1000, 1024, 100_000):  # numpy keeps small pieces for itself
        for _ in range(20):
            first, second = frozen(np.full(size, 1.0)), frozen(np.full(size, 2.0))
            value["f"] = first
            del first
            value["f"] = second
            assert value.as_list("f") == [2.0] * size
    assert pickle.loads(pickle.dumps(second)).tolist() == second.copy().tolist()


def test_a_frozen_array_of_several_dimensions_lends_its_rows() -> None:
    value = structure(T.Float64A)
    whole = frozen(np.ones((3, 4)))
    value["f"] = whole[1]
    assert address(value) == whole[1].__array_interface__["data"][0]
    with pytest.raises(ValueError, match="WRITEABLE"):
        whole.flags.writeable = True


def test_bytes_as_bool_are_copied() -> None:
    value = structure(T.BoolA)
    value["f"] = np.frombuffer(b"\x00\x01\x02\xff", "?")
    assert value.as_array("f").view("u1").tolist() == [0, 1, 1, 1]


def test_what_is_not_lent() -> None:
    value = structure(T.Float64A)
    base = np.ones(10)
    view = frozen(base[:])
    for given in (
        base,
        view,  # base can still be written to
        immutable(np.ones(20))[::2],
        immutable(np.ones(10, ">f8")),
        immutable(np.ones(10, "i8")),
        frozen(np.frombuffer(bytearray(80))),
        frozen(np.frombuffer(b"x" + np.ones(10).tobytes(), offset=1)),  # not aligned
    ):
        value["f"] = given
        assert address(value) != given.__array_interface__["data"][0]
        assert len(value.f) == 10
    base[0] = 5
    assert 5 not in value.f


def test_an_array_over_bytes_is_lent() -> None:
    value = structure(T.UInt8A)
    value["f"] = given = np.frombuffer(b"immutable", "u1")
    assert address(value) == given.__array_interface__["data"][0]


def test_large_arrays_share_nothing_with_a_changing_source() -> None:
    value = structure(T.Int32A)
    value["f"] = np.arange(LARGE, dtype="i4")[::-1]
    assert value.as_array("f")[0] == LARGE - 1
