"""One Python object into one scalar field: exactly, or not at all."""

from __future__ import annotations

import enum
import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from aiopvxs_core.data import Member, NoConvert, OutOfRange, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T

WIDTHS = {
    T.Int8: (-(2**7), 2**7 - 1),
    T.Int16: (-(2**15), 2**15 - 1),
    T.Int32: (-(2**31), 2**31 - 1),
    T.Int64: (-(2**63), 2**63 - 1),
    T.UInt8: (0, 2**8 - 1),
    T.UInt16: (0, 2**16 - 1),
    T.UInt32: (0, 2**32 - 1),
    T.UInt64: (0, 2**64 - 1),
}
INTEGERS = list(WIDTHS)
NUMPY = {
    T.Int8: np.int8,
    T.Int16: np.int16,
    T.Int32: np.int32,
    T.Int64: np.int64,
    T.UInt8: np.uint8,
    T.UInt16: np.uint16,
    T.UInt32: np.uint32,
    T.UInt64: np.uint64,
}


class Mode(enum.Enum):
    OFF = 0
    ON = 1
    NAMED = "name"


class Level(enum.IntEnum):
    HIGH = 7


def structure(code: T) -> Value:
    return TypeDef(T.Struct, [Member(code, "f"), Member(T.Struct, "s", [Member(code, "g")])]).create()


def by_item(value: Value, given: object) -> None:
    value["f"] = given


def by_attribute(value: Value, given: object) -> None:
    value.f = given


def by_leaf(value: Value, given: object) -> None:
    value["f"].assign(given)


def by_dict(value: Value, given: object) -> None:
    value.assign({"f": given})


Way = Callable[[Value, object], None]
WAYS = [by_item, by_attribute, by_leaf, by_dict]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("code", INTEGERS, ids=lambda c: c.name)
def test_integer_boundaries(code: T, way: Way) -> None:
    value = structure(code)
    for inside in {0, 1, *WIDTHS[code]}:
        way(value, inside)
        assert value.f.as_int() == inside
    value.unmark()
    low, high = WIDTHS[code]
    for outside in (low - 1, high + 1, low - 2**64, high + 2**64, 10**30, -(10**30)):
        with pytest.raises(
            OutOfRange, match=rf"field 'f' \({value.f.type()}\) cannot hold int {outside}.*{low}"
        ):
            way(value, outside)
    assert value.f.as_int() == inside
    assert value.changed() == set()


def test_out_of_range_is_an_overflow_error_of_the_full_path() -> None:
    value = structure(T.Int8)
    with pytest.raises(OverflowError, match=r"^field 's\.g' \(int8_t\) cannot hold int 128"):
        value.s.g = 128
    with pytest.raises(ValueError, match=r"^field 's\.g'"):
        value.assign({"s": {"g": 128}})
    with pytest.raises(TypeError, match=r"^field 's\.g'"):
        value.s.assign({"g": 128})
    with pytest.raises(OutOfRange, match=r"^the value \(int8_t\)"):
        TypeDef(T.Int8).create().assign(128)


@pytest.mark.parametrize("code", INTEGERS, ids=lambda c: c.name)
@pytest.mark.parametrize("source", INTEGERS, ids=lambda c: c.name)
def test_numpy_integers(code: T, source: T) -> None:
    value = structure(code)
    low, high = WIDTHS[code]
    for number in WIDTHS[source]:
        if low <= number <= high:
            value["f"] = NUMPY[source](number)
            assert value["f"] == number
        else:
            with pytest.raises(OutOfRange):
                value["f"] = NUMPY[source](number)


@pytest.mark.parametrize("code", INTEGERS, ids=lambda c: c.name)
@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (True, 1),
        (False, 0),
        (np.True_, 1),
        (np.bool_(False), 0),
        ("12", 12),
        ("+12", 12),
        ("010", 10),
        ("0x10", 16),
        ("0X1f", 31),
        ("0b11", 3),
        ("0o17", 15),
        ("-0", 0),
        (np.str_("7"), 7),
        (Mode.ON, 1),
        (Level.HIGH, 7),
        (np.array(5), 5),
    ],
)
def test_what_integers_take(code: T, given: object, stored: int) -> None:
    value = structure(code)
    value["f"] = given
    assert value.as_int("f") == stored


@pytest.mark.parametrize("code", [*INTEGERS, T.Bool], ids=lambda c: c.name)
@pytest.mark.parametrize(
    "given",
    [
        1.0, 0.5, math.nan, np.float32(1), np.float64(1), np.float16(1), Decimal(1), "1.0", "",
        "x", "1e3", " 1",
        "1_0", "0x", "--1", "1\0", "0x1g", None, b"1", [1], (1,), {"a": 1}, [], object(), 1j, np.complex64(1),
        Mode.NAMED, np.array([1]), np.array(1.5), np.datetime64(1, "s"), np.timedelta64(1, "s"),
        range(1), int,
    ],
)  # fmt: skip
def test_what_integers_refuse(code: T, given: object) -> None:
    value = structure(code)
    with pytest.raises(NoConvert, match=r"^field 'f' \(\w+\) cannot take "):
        value["f"] = given
    assert value.changed() == set()
    assert value.as_int("f") == 0


def test_negative_text() -> None:
    value = structure(T.Int16)
    value["f"] = "-0x10"
    assert value["f"] == -16
    with pytest.raises(OutOfRange):
        structure(T.UInt16)["f"] = "-1"
    with pytest.raises(OutOfRange):
        value["f"] = "40000"


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (True, True),
        (0, False),
        (1, True),
        (np.True_, True),
        (np.int8(1), True),
        ("true", True),
        ("false", False),
    ],
)
def test_bool(given: object, stored: bool) -> None:
    value = structure(T.Bool)
    value["f"] = not stored
    value["f"] = given
    assert value.as_bool("f") is stored


@pytest.mark.parametrize("given", [2, -1, 2**70, np.uint8(255)])
def test_bool_out_of_range(given: object) -> None:
    value = structure(T.Bool)
    value["f"] = True
    with pytest.raises(OutOfRange, match="range is 0 to 1"):
        value["f"] = given
    assert value.as_bool("f") is True


@pytest.mark.parametrize("given", ["True", "yes", "1", ""])
def test_bool_texts(given: str) -> None:
    with pytest.raises(NoConvert, match="'true' and 'false'"):
        structure(T.Bool)["f"] = given


FLOAT32_MAX = float(np.finfo(np.float32).max)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("code", [T.Float32, T.Float64])
@pytest.mark.parametrize(
    "given",
    [
        0.0, -0.0, 1.5, math.inf, -math.inf, math.nan, FLOAT32_MAX, 7, True, np.float32(0.5),
        np.float64(-2.5),
        np.float16(0.25), np.int32(3), np.uint64(2**60), np.True_, Decimal("0.5"), Fraction(1, 4),
        2**53, Level.HIGH,
        "1.5", "-inf", "nan", "1e3", np.longdouble(1.5), np.array(2.5),
    ],
)  # fmt: skip
def test_what_floats_take(code: T, given: object, way: Way) -> None:
    value = structure(code)
    way(value, given)
    expected = float(given.value if isinstance(given, enum.Enum) else given)  # type: ignore[arg-type]
    stored = value.as_float("f")
    assert stored == expected or (math.isnan(stored) and math.isnan(expected))
    assert math.copysign(1, stored) == math.copysign(1, expected)


def test_float_rounding_and_overflow() -> None:
    single, double = structure(T.Float32), structure(T.Float64)
    single["f"] = 0.1
    assert single.as_float("f") == np.float32(0.1)
    double["f"] = 2**64 + 1
    assert double.as_float("f") == 2.0**64
    for given in (1e39, -1e39, 2**200, "1e39"):
        with pytest.raises(OutOfRange, match=r"field 'f' \(float\) cannot hold"):
            single["f"] = given
    assert single.as_float("f") == np.float32(0.1)
    for given in (2**1024, -(10**400)):
        with pytest.raises(OutOfRange, match=r"field 'f' \(double\)"):
            double["f"] = given
    assert double.as_float("f") == 2.0**64


@pytest.mark.parametrize("code", [T.Float32, T.Float64])
@pytest.mark.parametrize(
    "given", ["", "x", "1_0", "1,5", None, b"1", [1.0], np.array([1.0]), 1j, np.complex128(1), object(), {}]
)
def test_what_floats_refuse(code: T, given: object) -> None:
    value = structure(code)
    with pytest.raises(NoConvert, match=r"^field 'f' \(\w+\) cannot take "):
        value["f"] = given
    assert value.changed() == set()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "Hello, \N{WAVING HAND SIGN} µ°",
        "a\0b",
        "\0",
        "\r\n\t\\'\"",
        "x" * 100_000,
        "\udcff\udc80",
    ],
)
def test_texts(text: str) -> None:
    value = structure(T.String)
    value["f"] = text
    assert value.as_string("f") == text
    assert str(value.f) == text
    assert value.as_dict()["f"] == text
    assert value.clone().f == text


def test_bytes_are_stored_as_they_are() -> None:
    value = structure(T.String)
    value["f"] = "µ".encode()
    assert value.f == "µ"
    value["f"] = b"\xff\xfe"
    assert value.as_string("f") == "\udcff\udcfe"
    value["s.g"] = value.f
    assert value.as_string("s.g").encode("utf-8", "surrogateescape") == b"\xff\xfe"


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (5, "5"),
        (4.2, "4.2"),
        (np.float32(0.1), "0.1"),
        (np.int8(-3), "-3"),
        (True, "true"),
        (np.False_, "false"),
        (Mode.NAMED, "name"),
        (Level.HIGH, "7"),
        (np.str_("x"), "x"),
    ],
)
def test_numbers_as_texts(given: object, stored: str) -> None:
    value = structure(T.String)
    value["f"] = given
    assert value.as_string("f") == stored


@pytest.mark.parametrize(
    "given", [None, ["a"], {"a": 1}, object(), 1j, np.array(["a"]), "\ud800", bytearray(b"x")]
)
def test_what_texts_refuse(given: object) -> None:
    value = structure(T.String)
    value["f"] = "before"
    with pytest.raises(NoConvert, match=r"field 'f' \(string\)"):
        value["f"] = given
    assert value.f == "before"


SCALARS = [*INTEGERS, T.Bool, T.Float32, T.Float64, T.String]


@pytest.mark.parametrize("code", SCALARS, ids=lambda c: c.name)
@pytest.mark.parametrize("source", SCALARS, ids=lambda c: c.name)
def test_a_leaf_stands_for_its_value(code: T, source: T) -> None:
    value, other, expected = structure(code), structure(source), structure(code)
    other["f"] = "true" if (source, code) == (T.String, T.Bool) else 1 if source != T.String else "1"
    plain = other.as_py("f")
    try:
        expected["f"] = plain
    except NoConvert:
        with pytest.raises(NoConvert):
            value["f"] = other.f
    else:
        value["f"] = other.f
        if (source, code) not in {
            (T.Float32, T.String),
            (T.Float64, T.String),
        }:  # "1" of PVXS, "1.0" of Python
            assert value == expected


def test_messages_are_short() -> None:
    value = structure(T.Int32)
    with pytest.raises(NoConvert) as error:
        value["f"] = "x" * 10_000
    assert len(str(error.value)) < 200
    with pytest.raises(OutOfRange, match=r"cannot hold int:"):
        value["f"] = 10**5000  # too long for str()

    class Bad:
        def __repr__(self) -> str:
            raise RuntimeError

    with pytest.raises(NoConvert, match="cannot take Bad"):
        value["f"] = Bad()


def test_an_enum_member_whose_value_is_itself() -> None:
    class Endless(enum.Enum):
        ONE = 1

        @property
        def value(self) -> object:
            return self

    value = structure(T.Int32)
    for given in (Endless.ONE, [Endless.ONE]):
        with pytest.raises((RecursionError, NoConvert)):
            value["f"] = given
    assert value.changed() == set()


def test_an_error_in_python_code_comes_through() -> None:
    class Index:
        def __index__(self) -> int:
            raise ZeroDivisionError

    value = structure(T.Int32)
    with pytest.raises(ZeroDivisionError):
        value["f"] = Index()
    assert value.changed() == set()
