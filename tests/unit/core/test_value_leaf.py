"""A leaf behaves as the Python value that it holds."""

from __future__ import annotations

import copy
import math
import operator
from typing import TYPE_CHECKING

import numpy as np
import pytest

from aiopvxs_core.data import Member, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T

if TYPE_CHECKING:
    from collections.abc import Callable


def leaf(code: object, content: object) -> Value:
    value = TypeDef(T.Struct, [Member(code, "f")]).create()
    value["f"] = content
    return value.f


LEAVES = [(T.Int8, 7), (T.UInt64, 200), (T.Float64, 2.5), (T.Bool, True), (T.Int64, -3)]
OPERATORS = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.floordiv,
    operator.mod,
    operator.pow,
    divmod,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
    operator.eq,
    operator.ne,
]
INTEGER_OPERATORS = [operator.lshift, operator.rshift, operator.and_, operator.or_, operator.xor]


def outcome(function: Callable[..., object], *arguments: object) -> object:
    try:
        return function(*arguments)
    except (TypeError, ValueError, ZeroDivisionError) as error:
        return type(error)


@pytest.mark.parametrize(("code", "plain"), LEAVES, ids=str)
@pytest.mark.parametrize("operation", OPERATORS + INTEGER_OPERATORS)
@pytest.mark.parametrize("other", [3, 0, 2.5, True, np.float64(2), None, [1]])
def test_binary_operators(code: T, plain: object, operation: Callable[..., object], other: object) -> None:
    value = leaf(code, plain)
    for got, expected in (
        (outcome(operation, value, other), outcome(operation, plain, other)),
        (outcome(operation, other, value), outcome(operation, other, plain)),
    ):
        assert got == expected
        assert type(got) is type(expected) or operation in (
            operator.eq,
            operator.ne,
        )  # of numpy: its own bool


@pytest.mark.filterwarnings("ignore:Bitwise inversion:DeprecationWarning")  # of a bool, since Python 3.12
@pytest.mark.parametrize(("code", "plain"), LEAVES, ids=str)
@pytest.mark.parametrize(
    "operation",
    [
        operator.neg, operator.pos, abs, round, int, float, bool, math.floor, math.sqrt, operator.invert,
        operator.index, hex, lambda v: round(v, 1), lambda v: f"{v:8.2f}", lambda v: f"{v:x}",
        "%d".__mod__, complex,
        lambda v: [10, 20, 30][v],
    ],
)  # fmt: skip
def test_unary_operators(code: T, plain: object, operation: Callable[..., object]) -> None:
    def attempt(value: object) -> object:
        try:
            with np.errstate(all="ignore"):
                return operation(value)
        except (TypeError, ValueError, IndexError, OverflowError) as error:
            return type(error)

    got, expected = attempt(leaf(code, plain)), attempt(plain)
    assert type(got) is type(expected)
    assert got == expected


def test_two_leaves() -> None:
    a, b = leaf(T.Int32, 7), leaf(T.Float64, 2.0)
    assert a + b == 9.0
    assert a > b
    assert a / b == 3.5
    assert leaf(T.Int32, 2) == b
    assert a != b
    assert leaf(T.Float64, math.nan) == leaf(T.Float64, math.nan)
    assert leaf(T.Float64, math.nan) != math.nan  # noqa: PLW0177 as Python has it


def test_with_numpy_on_either_side() -> None:
    number = leaf(T.Float64, 2.0)
    vector = np.array([1, 2], "f4")
    assert (vector * number).dtype == "f4"
    np.testing.assert_array_equal(number * vector, [2, 4])
    assert np.float32(3) * number == 6
    assert np.sqrt(leaf(T.Int32, 4)) == 2
    assert np.asarray(number).shape == ()
    array = leaf(T.Int32A, [1, 2])
    np.testing.assert_array_equal(array + 1, [2, 3])
    np.testing.assert_array_equal(1 - array, [0, -1])
    np.testing.assert_array_equal(array * array, [1, 4])
    np.testing.assert_array_equal(np.array([1, 1]) + array, [2, 3])
    np.testing.assert_array_equal(-array, [-1, -2])
    assert array @ [1, 1] == 3
    assert np.mean(array) == 1.5
    assert not isinstance(array + array, Value)


def test_texts() -> None:
    text = leaf(T.String, "abc")
    assert text == "abc"
    assert text + "d" == "abcd"
    assert "d" + text == "dabc"
    assert text * 2 == "abcabc"
    assert text < "abd"
    assert "b" in text
    assert (len(text), text[0], text[1:], list(text)) == (3, "a", "bc", ["a", "b", "c"])
    assert f"{text:>5}|" == "  abc|"
    assert int(leaf(T.String, "12")) == 12
    assert float(leaf(T.String, "1.5")) == 1.5
    assert "%s" % text == "abc"  # noqa: UP031
    with pytest.raises(TypeError):
        text + 1


def test_in_place_operators_assign_the_field() -> None:
    value = TypeDef(T.Struct, [Member(T.Int32, "n"), Member(T.Float64A, "a")]).create()
    value.n += 5
    value["n"] *= 2
    value.a = [1, 2]
    value.a += 1
    assert value.as_dict() == {"n": 10, "a": [2.0, 3.0]}


def test_numeric_array_as_sequence() -> None:
    array = leaf(T.Int16A, [1, 2, 3])
    assert len(array) == 3
    assert list(array) == [1, 2, 3]
    assert array[0] == 1
    assert type(array[-1]) is int
    assert type(leaf(T.Float32A, [1.5])[0]) is float
    assert type(leaf(T.BoolA, [True])[0]) is bool
    assert array[np.int8(1)] == 2
    np.testing.assert_array_equal(array[1:], [2, 3])
    np.testing.assert_array_equal(array[[0, 2]], [1, 3])
    np.testing.assert_array_equal(array[np.array([True, False, True])], [1, 3])
    np.testing.assert_array_equal(array[::-1], [3, 2, 1])
    assert 2 in array
    assert 5 not in array
    assert "x" not in array
    with pytest.raises(IndexError):
        array[3]
    with pytest.raises(KeyError):
        array["x"]


def test_string_array_as_sequence() -> None:
    array = leaf(T.StringA, ["a", "b"])
    assert (len(array), array[1], array[:1], list(array)) == (2, "b", ["a"], ["a", "b"])
    assert "a" in array
    assert array + ["c"] == ["a", "b", "c"]


def test_numbers_are_no_sequences() -> None:
    number = leaf(T.Int32, 5)
    for use in (len, list, lambda v: v[0]):
        with pytest.raises(TypeError):
            use(number)
    assert 5 not in TypeDef(T.Struct).create()


def test_equality_of_arrays_is_one_bool() -> None:
    array = leaf(T.Float64A, [1, 2])
    for same in ([1, 2], (1.0, 2.0), np.array([1, 2]), leaf(T.Float64A, [1, 2])):
        assert (array == same) is True
        assert (array != same) is False
    for other in ([1], [1, 3], (), np.array([[1, 2]]), "12", 1, None, {1, 2}, leaf(T.Float64A, [1, 3])):
        assert (array == other) is False
    assert array != leaf(T.Int32A, [1, 2])  # another type
    assert leaf(T.Float64A, [math.nan]) == leaf(T.Float64A, [math.nan])


def test_truth() -> None:
    for code, true, false in (
        (T.Int32, -1, 0),
        (T.Float64, 0.5, 0.0),
        (T.Bool, True, False),
        (T.String, "x", ""),
        (T.Int32A, [0], []),
        (T.StringA, [""], []),
    ):
        assert leaf(code, true)
        assert not leaf(code, false)
    assert TypeDef(T.Struct).create()
    assert not TypeDef(T.Any).create()


def test_a_structure_does_not_compute() -> None:
    value = TypeDef(T.Struct, [Member(T.Struct, "s", [Member(T.Int32, "a")])]).create()
    for use in (
        lambda: value + 1,
        lambda: 1 + value,
        lambda: -value.s,
        lambda: value < value,
        lambda: int(value),
        lambda: float(value),
        lambda: round(value),
        lambda: [1][value],
        lambda: np.asarray(value),
    ):
        with pytest.raises(TypeError, match="is not a number, text or array"):
            use()
    with pytest.raises(TypeError, match=r"field 's' \(struct\)"):
        value.s + 1


def test_unhashable() -> None:
    for value in (leaf(T.Int32, 1), TypeDef(T.Struct).create()):
        with pytest.raises(TypeError, match="unhashable"):
            hash(value)


def test_array_protocol() -> None:
    array = leaf(T.Int32A, [1, 2])
    plain = np.asarray(array)
    assert plain.base is not None
    assert not plain.flags.writeable
    assert np.asarray(array, dtype="f8").dtype == "f8"
    assert np.array(array).flags.writeable
    if np.lib.NumpyVersion(np.__version__) >= "2.0.0":
        assert np.asarray(array, copy=False).tolist() == [1, 2]
        with pytest.raises(ValueError, match="without a copy"):
            np.asarray(array, dtype="f8", copy=False)
        with pytest.raises(ValueError, match="without a copy"):
            np.asarray(leaf(T.StringA, ["a"]), copy=False)
    assert np.asarray(leaf(T.Float32, 1)).dtype == "f8"
    assert copy.copy(array) == array


def test_bit_operators_of_bool_and_shape_errors() -> None:
    assert (leaf(T.Bool, True) & False) is False
    assert pow(leaf(T.Int32, 3), 2) == 9
    with pytest.raises(TypeError):
        [1, 2][leaf(T.Float64, 1.0)]
