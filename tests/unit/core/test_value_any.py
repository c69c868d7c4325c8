"""Any: the type follows from the object, or is said; views of what it holds; arrays of Any."""

from __future__ import annotations

import array
import collections
import enum
from typing import Any

import numpy as np
import pytest

from aiopvxs_core.data import (
    FieldLookupError,
    Member,
    NoConvert,
    OutOfRange,
    ShapeError,
    TypeCode,
    TypeDef,
    Value,
)
from aiopvxs_core.data import TypeCodeEnum as T

POINT = TypeDef(T.Struct, [Member(T.Int32, "a"), Member(T.Float64A, "data")], "point_t")


class Mode(enum.IntEnum):
    ON = 3


class Text(enum.Enum):
    ON = "on"


@pytest.fixture
def value() -> Value:
    return TypeDef(T.Struct, [Member(T.Any, "any"), Member(T.AnyA, "list"), Member(T.Int32, "x")]).create()


def held(value: Value) -> tuple[T, Any]:
    """Type and plain value of what ``any`` holds, by way of an array of Any, whose elements are just that."""
    value["list"] = [value["any"]]
    return value.list[0].type().code, value.as_py("any")


FOLLOWS = [
    (True, T.Bool, True),
    (5, T.Int64, 5),
    (-(2**63), T.Int64, -(2**63)),
    (2**63, T.UInt64, 2**63),
    (2.5, T.Float64, 2.5),
    ("text\0\N{SNOWMAN}", T.String, "text\0\N{SNOWMAN}"),
    (b"\x00\xff", T.UInt8A, [0, 255]),
    (bytearray(b"ab"), T.UInt8A, [97, 98]),
    (memoryview(b"ab"), T.UInt8A, [97, 98]),
    (array.array("f", [1.5]), T.Float32A, [1.5]),
    (np.bool_(True), T.Bool, True),
    (np.uint16(7), T.UInt16, 7),
    (np.float32(0.5), T.Float32, 0.5),
    (np.float16(0.5), T.Float32, 0.5),
    (np.array(5, "i2"), T.Int16, 5),
    (np.array([1, 2], ">i2"), T.Int16A, [1, 2]),
    (np.array([True]), T.BoolA, [True]),
    (np.arange(6)[::-2], T.Int64A, [5, 3, 1]),
    (np.array(["a", "bc"]), T.StringA, ["a", "bc"]),
    (np.array([1, 2.5], object), T.Float64A, [1.0, 2.5]),
    (np.array([], "f4"), T.Float32A, []),
    (np.str_("a"), T.String, "a"),
    ([True, False], T.BoolA, [True, False]),
    ([1, 2], T.Int64A, [1, 2]),
    ([1, 2**63], T.UInt64A, [1, 2**63]),
    ((1, 2.5), T.Float64A, [1.0, 2.5]),
    (range(3), T.Int64A, [0, 1, 2]),
    (["a", "b"], T.StringA, ["a", "b"]),
    ([np.float32(1), 2], T.Float64A, [1.0, 2.0]),
    ([], T.AnyA, []),
    ([1, "a", None], T.AnyA, [1, "a", None]),
    ([True, 1], T.AnyA, [True, 1]),
    ([[1], [2.5]], T.AnyA, [[1], [2.5]]),
    ({"a": 1, "b": {"c": [1.5]}, "n": None}, T.Struct, {"a": 1, "b": {"c": [1.5]}, "n": None}),
    (collections.OrderedDict(z=1, a="x"), T.Struct, {"z": 1, "a": "x"}),
    ({}, T.Struct, {}),
    ([{"a": 1}, None, {"a": 2}], T.StructA, [{"a": 1}, None, {"a": 2}]),
    ([{"a": 1}, {"b": 2}], T.AnyA, [{"a": 1}, {"b": 2}]),
    (Mode.ON, T.Int64, 3),
    (Text.ON, T.String, "on"),
]


@pytest.mark.parametrize(("given", "code", "plain"), FOLLOWS, ids=repr)
def test_the_type_follows_from_the_object(value: Value, given: object, code: T, plain: object) -> None:
    value["any"] = given
    assert value.changed() == {"any"}
    assert held(value) == (code, plain)
    value["list"] = [given, None]
    assert value.as_py("list") == [plain, None]
    assert value.list[0].type() == code


def test_none_clears(value: Value) -> None:
    for nothing in (None, Value(), value.cloneEmpty()["any"]):
        value["any"] = 5
        value["any"] = nothing
        assert value.as_py("any") is None
        assert not value["any"]


@pytest.mark.parametrize(
    ("given", "code", "plain"),
    [
        ((T.UInt8, 255), T.UInt8, 255),
        ((TypeCode(T.Float32), 3), T.Float32, 3.0),
        ((np.float32, 3), T.Float32, 3.0),
        ((np.dtype("i2"), "0x10"), T.Int16, 16),
        ((float, 42), T.Float64, 42.0),
        ((str, 42), T.String, "42"),
        ((list[int], [3]), T.Int64A, [3]),
        ((T.StringA, []), T.StringA, []),
        ((T.AnyA, [1, "a"]), T.AnyA, [1, "a"]),
        ((POINT, {"a": 3}), T.Struct, {"a": 3, "data": []}),
    ],
    ids=repr,
)
def test_the_type_can_be_said(value: Value, given: object, code: T, plain: object) -> None:
    value["any"] = given
    assert held(value) == (code, plain)


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        (2**64, OutOfRange, "field 'any' .*18446744073709551615"),
        (-(2**63) - 1, OutOfRange, "field 'any'"),
        ((T.UInt8, 256), OutOfRange, r"field 'any' \(uint8_t\)"),
        ((T.UInt8, "x"), NoConvert, "field 'any'"),
        ((T.Struct, {}), NoConvert, "field 'any' .* give a TypeDef"),
        ((T.UnionA, []), NoConvert, "give a TypeDef"),
        ((T.Null, 1), NoConvert, "give a TypeDef"),
        ((POINT, {"nope": 3}), FieldLookupError, "nope"),
        (object(), NoConvert, "field 'any' .*TypeCodeEnum"),
        (1j, NoConvert, "field 'any'"),
        (np.datetime64(1, "s"), NoConvert, "field 'any'"),
        (np.ones(2, "c16"), NoConvert, "field 'any'"),
        (np.ones((2, 2)), ShapeError, "field 'any'"),
        ({"a b": 1}, ValueError, "'a b' is not a field name"),
        ({"a b": None}, ValueError, "'a b' is not a field name"),
        ({"": None}, ValueError, "'' is not a field name"),
        ({"": 1}, ValueError, "'' is not a field name"),
        ({5: 1}, FieldLookupError, "field names are str, not int 5"),
        ({"a": object()}, NoConvert, "field 'any.a'"),
        ([1, object()], NoConvert, r"field 'any\[1\]'"),
        ("\ud800", NoConvert, "UTF-8"),
    ],
    ids=repr,
)
def test_what_cannot_be_held(value: Value, given: object, error: type[Exception], text: str) -> None:
    value["any"] = "before"
    value.unmark()
    with pytest.raises(error, match=text):
        value["any"] = given
    with pytest.raises(error):
        value.assign({"x": 1, "any": given})
    assert value.as_dict() == {"any": "before", "list": [], "x": 0}
    assert value.changed() == set()


def test_nesting_has_an_end(value: Value) -> None:
    endless: list[Any] = []
    endless.append(endless)
    circle: dict[str, Any] = {}
    circle["a"] = circle
    for given in (endless, circle, [endless], {"a": endless}):
        with pytest.raises(NoConvert, match="nested more than 200 levels deep"):
            value["any"] = given
        with pytest.raises(NoConvert, match="nested more than 200 levels deep"):
            value["list"] = [given]
    for wrap in (lambda: {"any": {"a": value["any"]}}, lambda: {"list": [value["list"]]}):
        levels = 0
        while True:
            try:
                value.assign(wrap())
            except ValueError as error:
                assert "nested more than 200 levels deep" in str(error)  # noqa: PT017 the last of many
                break
            levels += 1
        assert 90 < levels < 201
        assert value.clone() == value
        assert len(str(value)) > 200


def test_a_value_is_copied_whole(value: Value) -> None:
    point = POINT.create()
    point["a"] = 3
    point.unmark()
    value["any"] = point
    point["a"] = 4
    assert value.as_py("any") == {"a": 3, "data": []}
    assert value["any->"].id() == "point_t"
    other = value.cloneEmpty()
    other["any"] = value["any"]
    assert held(other) == (T.Struct, {"a": 3, "data": []})
    other["any"] = value  # an Any in a structure in an Any
    assert other.as_py("any->any") == {"a": 3, "data": []}
    other["any"] = point.a
    assert held(other) == (T.Int32, 4)


def test_fields_of_what_it_holds(value: Value) -> None:
    value["any"] = {"a": 1, "b": {"c": [1]}}
    value.unmark()
    value["any->a"] = 5
    assert value.changed() == {"any"}
    value["any->b.c"] = [2]
    value.unmark()
    value["any"].a += 1
    assert value.changed() == {"any"}
    view = value["any->b"]
    value.unmark()
    view["c"] = [3]
    assert value.changed() == {"any"}
    assert value.as_py("any") == {"a": 6, "b": {"c": [3]}}
    value.assign({"any->a": 7, "any->b.c": [4], "x": 1})
    assert value.as_dict() == {"any": {"a": 7, "b": {"c": [4]}}, "list": [], "x": 1}
    assert view.as_py("c") == [4]
    assert [field.as_py() for field in value["any"]] == [7, {"c": [4]}]
    with pytest.raises(NoConvert, match="field 'any->b.c'"):
        view["c"] = "x"
    with pytest.raises(FieldLookupError, match="'any' .any. holds struct, which has no field 'nope'"):
        value["any->nope"] = 1
    value["any"] = None
    with pytest.raises(FieldLookupError, match="holds nothing"):
        value["any->a"] = 1
    value["any"] = 5
    with pytest.raises(FieldLookupError, match="no field 'any->a'"):
        value["any->a"]


def test_an_any_at_the_top() -> None:
    value = TypeDef(T.Any).create()
    value.assign({"a": 1})
    value.a = 2
    value["a"] += 1
    assert value.as_dict() == {"a": 3}
    value.assign([1, 2])
    assert value.as_array().dtype == np.int64
    value.assign(None)
    assert value.as_py() is None


def test_arrays_of_any(value: Value) -> None:
    value["list"] = [1, {"a": 1}, (T.UInt8, 3), None, POINT.create()]
    assert [element and element.type() for element in value.list] == [
        T.Int64,
        T.Struct,
        T.UInt8,
        None,
        T.Struct,
    ]
    value["list[0]"] = 2
    value["list[1].a"] = 4
    assert value.as_py("list")[:2] == [2, {"a": 4}]
    value.list[1]["a"] = 5  # an element that was read is independent
    assert value["list[1].a"] == 4
    with pytest.raises(NoConvert):
        value["list[0]"] = "text"  # it stays what it is
    with pytest.raises(FieldLookupError, match="holds null in element 3"):
        value["list[3].a"] = 1
    copy = value.cloneEmpty()
    copy["list"] = value.list
    assert copy["list"] == value["list"]


def test_equality_looks_at_the_type(value: Value) -> None:
    other = value.clone()
    value["any"] = (T.Int32, 5)
    other["any"] = (T.Int64, 5)
    assert value != other
    assert value["any"] == 5
    other["any"] = (T.Int32, 5)
    assert value == other


@pytest.mark.parametrize("path", ["any", "list"])
def test_a_range_of_more_elements_than_there_can_be(value: Value, path: str) -> None:
    with pytest.raises(NoConvert, match=f"^field '{path}' .* cannot take range"):
        value[path] = range(2**70)
    assert value.changed() == set()


class Endless(enum.Enum):
    ONE = 1

    @property
    def value(self) -> object:
        return self


def test_objects_without_end(value: Value) -> None:
    holds_itself = np.empty(1, object)
    holds_itself[0] = holds_itself
    for given in (Endless.ONE, [Endless.ONE], holds_itself, [holds_itself]):
        for path in ("any", "list"):
            with pytest.raises((NoConvert, RecursionError)):
                value[path] = given
    assert value.changed() == set()


@pytest.mark.parametrize("path", ["any", "list"])
def test_a_memoryview_that_python_cannot_read(value: Value, path: str) -> None:
    for given in (np.array([1], object).data, np.array([1], ">i8").view("V8").data):
        with pytest.raises(NoConvert):
            value[path] = given
    assert value.changed() == set()


def test_an_object_that_lies_about_its_class(value: Value) -> None:
    class Liar:
        __class__ = 5  # type: ignore[assignment]

    for path in ("any", "list", "x"):
        with pytest.raises((TypeError, NoConvert)):
            value[path] = Liar()
    assert value.changed() == set()


@pytest.mark.parametrize("instead", [[], [5], [None], ["text", {"a": 1}]])
def test_a_list_that_changes_while_its_type_is_looked_at(value: Value, instead: list[object]) -> None:
    given: list[object] = []

    class Changes(enum.Enum):
        ONE = 1

        @property
        def value(self) -> object:
            given[:] = instead
            return {"a": 1}

    given.append(Changes.ONE)
    value["any"] = given
    expected = value.cloneEmpty()
    expected["any"] = (T.AnyA, instead)
    assert value == expected
