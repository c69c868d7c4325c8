"""Both sides of every boundary of every numeric type, by every way in."""

from __future__ import annotations

import array
import math
import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from aiopvxs_core.data import Member, NoConvert, OutOfRange, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T
from strategies import SCALARS, difference
from strategies.edges import EDGES, NUMBERS

Number = bool | int | float


def structure(code: T) -> Value:
    return TypeDef(T.Struct, [Member(code, "f"), Member(SCALARS[code].array, "a")]).create()


def refuses(
    value: Value, assign: Callable[[Any], None], given: Any, error: type[Exception], text: str
) -> None:
    """The assignment fails so, and nothing changes."""
    value.unmark()
    before = value.as_dict()
    with pytest.raises(error, match=text) as raised:
        assign(given)
    assert isinstance(raised.value, OutOfRange) == (error is OutOfRange)
    assert value.changed() == set()
    assert difference(value.as_dict(), before) is None


SCALAR_WAYS: dict[str, Callable[[Value], Callable[[Any], None]]] = {
    "item": lambda value: lambda given: value.__setitem__("f", given),
    "attribute": lambda value: lambda given: setattr(value, "f", given),
    "leaf": lambda value: lambda given: value["f"].assign(given),
    "dict": lambda value: lambda given: value.assign({"f": given}),
}


@pytest.mark.parametrize("way", SCALAR_WAYS)
@pytest.mark.parametrize("code", NUMBERS, ids=lambda code: code.name)
def test_scalar(code: T, way: str) -> None:
    edges = EDGES[code]
    value = structure(code)
    assign = SCALAR_WAYS[way](value)
    for given, stored in edges.stored:
        assign(given)
        assert difference(value.as_py("f"), stored) is None, given
        assert value.changed() == {"f"}
        value.unmark()
    for given in edges.too_large:
        refuses(value, assign, given, OutOfRange, r"^field 'f' \(\w+\) cannot hold int|float ")
    for given in edges.refused:
        refuses(value, assign, given, NoConvert, r"^field 'f' \(\w+\) cannot take float ")


@pytest.mark.parametrize("code", NUMBERS, ids=lambda code: code.name)
def test_text(code: T) -> None:
    edges = EDGES[code]
    value = structure(code)
    assign = SCALAR_WAYS["item"](value)
    for given, stored in edges.stored:
        if type(given) is type(stored) and (code == T.Bool or not isinstance(given, bool)):
            assign(repr(given).lower() if code == T.Bool else repr(given))
            assert difference(value.as_py("f"), stored) is None, given
    for given in edges.too_large:
        if code != T.Bool and len(repr(given)) < 400:
            refuses(value, assign, repr(given), OutOfRange, r"^field 'f' \(\w+\) cannot hold ")
    for given in edges.refused:
        refuses(value, assign, repr(given), NoConvert, r"^field 'f' \(\w+\) cannot take str ")


DTYPES = ["?", "b", "h", "i", "q", "B", "H", "I", "Q", "e", "f", "d"]


def exact(dtype: str, number: Number) -> Any:
    """The number as a numpy scalar of that dtype, None if it has none."""
    kind = np.dtype(dtype)
    if kind.kind == "b":
        return np.bool_(number) if isinstance(number, bool) else None
    if isinstance(number, bool):
        return None
    if kind.kind in "iu":
        info = np.iinfo(kind)
        return kind.type(number) if isinstance(number, int) and info.min <= number <= info.max else None
    if isinstance(number, int):
        return None
    with np.errstate(over="ignore"):
        made = kind.type(number)
    return made if float(made) == number or math.isnan(number) else None


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("code", NUMBERS, ids=lambda code: code.name)
def test_numpy_scalar(code: T, dtype: str) -> None:
    edges = EDGES[code]
    value = structure(code)
    assign = SCALAR_WAYS["item"](value)
    tried = 0
    for given, stored in edges.stored:
        made = exact(dtype, given)
        if made is not None:
            tried += 1
            for form in (made, np.array(made)):
                assign(form)
                assert difference(value.as_py("f"), stored) is None, given
    for numbers, error in ((edges.too_large, OutOfRange), (edges.refused, NoConvert)):
        for given in numbers:
            made = exact(dtype, given)
            if made is not None:
                tried += 1
                refuses(value, assign, made, error, r"^field 'f' \(\w+\) cannot ")
    assert tried


def strided(made: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    wide = np.zeros(3 * len(made), made.dtype)
    wide[1::3] = made
    return wide[1::3]


def reversed_twice(made: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return made[::-1].copy()[::-1]


def unaligned(made: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    packed = np.zeros(len(made), np.dtype([("pad", "u1"), ("x", made.dtype)]))
    packed["x"] = made
    field: np.ndarray[Any, Any] = packed["x"]
    return field


def frozen(made: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    copy = made.copy()
    copy.flags.writeable = False
    return copy


LAYOUTS: dict[str, Callable[[np.ndarray[Any, Any]], Any]] = {
    "contiguous": lambda made: made,
    "frozen": frozen,
    "strided": strided,
    "reversed": reversed_twice,
    "unaligned": unaligned,
    "swapped": lambda made: made.astype(made.dtype.newbyteorder()),
    "objects": lambda made: made.astype(object),
    "bytes": lambda made: memoryview(made.copy().data),
}


def numpy_form(dtype: str, layout: str) -> Callable[[Sequence[Number]], Any]:
    def make(numbers: Sequence[Number]) -> Any:
        scalars = [exact(dtype, number) for number in numbers]
        if any(scalar is None for scalar in scalars):
            return None
        return LAYOUTS[layout](np.array(scalars, dtype))

    return make


def array_form(code: str) -> Callable[[Sequence[Number]], Any]:
    def make(numbers: Sequence[Number]) -> Any:
        kinds = {type(number) for number in numbers}
        try:
            made = array.array(code, numbers)
        except (OverflowError, TypeError):
            return None
        return made if kinds == {float if code in "fd" else int} and made.tolist() == [*numbers] else None

    return make


FORMS: dict[str, Callable[[Sequence[Number]], Any]] = {
    "list": list,
    "tuple": tuple,
    "iterator of a class": lambda numbers: Numbers(numbers),
    **{f"{layout} {dtype}": numpy_form(dtype, layout) for layout in LAYOUTS for dtype in DTYPES},
    **{f"array {code}": array_form(code) for code in "bBhHiIlLqQfd"},
}


class Numbers(Sequence[Number]):
    """A sequence that is neither list nor tuple, and has no buffer."""

    def __init__(self, numbers: Sequence[Number]) -> None:
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, index: Any) -> Any:
        return self._numbers[index]


ARRAY_WAYS: dict[str, Callable[[Value], Callable[[Any], None]]] = {
    "item": lambda value: lambda given: value.__setitem__("a", given),
    "dict": lambda value: lambda given: value.assign({"a": given}),
}


@pytest.mark.parametrize("way", ARRAY_WAYS)
@pytest.mark.parametrize("code", NUMBERS, ids=lambda code: code.name)
def test_array(code: T, way: str) -> None:
    edges = EDGES[code]
    value = structure(code)
    assign = ARRAY_WAYS[way](value)
    tried = dict.fromkeys(FORMS, 0)
    for name, form in FORMS.items():
        for given, stored in edges.stored:
            made = form([given, given])
            if made is not None:
                tried[name] += 1
                assign(made)
                assert difference(value.as_list("a"), [stored, stored]) is None, (name, given)
                assert value.changed() == {"a"}
                value.unmark()
        good = edges.stored[0][0]
        for given in edges.too_large:
            made = form([good, given]) if form([good, given]) is not None else form([given])
            if made is not None:
                tried[name] += 1
                place = rf"^element {len(made) - 1} of field 'a' \(.*\[\]\) cannot hold "
                refuses(value, assign, made, OutOfRange, place)
        for given in edges.refused:
            made = form([given])
            if made is not None:
                tried[name] += 1
                refuses(value, assign, made, NoConvert, r"field 'a' \(.*\[\]\) cannot take ")
    assert min(tried.values())


@pytest.mark.parametrize("code", NUMBERS, ids=lambda code: code.name)
def test_all_that_fits_in_one_array(code: T) -> None:
    value = structure(code)
    given, stored = zip(*EDGES[code].stored, strict=True)
    value["a"] = given
    assert difference(value.as_list("a"), [*stored]) is None
    assert difference(value.as_array("a").tolist(), [*stored]) is None
    other = structure(code)
    other["a"] = value["a"]
    assert difference(other.as_list("a"), [*stored]) is None


@pytest.mark.parametrize("source", NUMBERS, ids=lambda code: code.name)
@pytest.mark.parametrize("code", NUMBERS, ids=lambda code: code.name)
def test_array_of_another_type(code: T, source: T) -> None:
    """An array leaf into an array leaf of another type: as its numbers one by one."""
    for _, number in EDGES[source].stored:
        given, expected, value = structure(source), structure(code), structure(code)
        given["a"] = [number]
        try:
            expected["a"] = given.as_list("a")
        except NoConvert as error:
            refuses(value, ARRAY_WAYS["item"](value), given["a"], type(error), "field 'a'")
        else:
            value["a"] = given["a"]
            assert difference(value.as_list("a"), expected.as_list("a")) is None


def test_a_float_of_half_precision_is_widened_exactly() -> None:
    every = np.arange(2**16, dtype="u2").view("e")
    value = structure(T.Float64)
    value["a"] = every
    np.testing.assert_array_equal(value.as_array("a"), every.astype("d"))
    assert (np.signbit(value.as_array("a")) == np.signbit(every)).all()


def test_nan_keeps_its_bits_in_an_array_of_its_own_type() -> None:
    bits = 0x7FF8DEADBEEF0001
    (nan,) = struct.unpack("d", struct.pack("Q", bits))
    value = structure(T.Float64)
    value["a"] = np.array([nan])
    assert value.as_array("a").view("u8")[0] == bits
    value["f"] = nan
    assert struct.unpack("Q", struct.pack("d", value.as_float("f")))[0] == bits
