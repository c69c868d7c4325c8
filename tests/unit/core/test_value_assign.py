"""Assignment of dicts and Values to structures: all of it or nothing, and marks for exactly that."""

from __future__ import annotations

from collections import ChainMap, UserDict
from types import MappingProxyType

import pytest

from aiopvxs_core.data import FieldLookupError, Member, NoConvert, OutOfRange, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T

INNER = [Member(T.Int32, "a"), Member(T.Int32, "b")]
OUTER = TypeDef(
    T.Struct,
    [
        Member(T.Int32, "x"),
        Member(T.String, "text"),
        Member(T.Struct, "z", [*INNER, Member(T.Struct, "deep", INNER)]),
        Member(T.Float64A, "data"),
        Member(T.Union, "u", INNER),
    ],
)


@pytest.fixture
def value() -> Value:
    return OUTER.create()


@pytest.mark.parametrize("make", [dict, UserDict, ChainMap, MappingProxyType])
def test_nested_and_dotted_keys_mix(value: Value, make: type) -> None:
    value.assign(make({"x": 1, "z": make({"a": 2}), "z.b": 3}))
    assert value.changed() == {"x", "z.a", "z.b"}
    assert value.as_dict(only_marked=True) == {"x": 1, "z": {"a": 2, "b": 3}}
    assert value.as_py("z.deep.a") == 0


def test_assignment_by_item_takes_dicts(value: Value) -> None:
    value["z"] = {"a": 1, "deep": {"b": 2}}
    value.z.deep = {"a": 3}
    assert value.changed() == {"z.a", "z.deep.a", "z.deep.b"}
    value["z.deep"] = {}
    assert value.as_dict()["z"] == {"a": 1, "b": 0, "deep": {"a": 3, "b": 2}}


@pytest.mark.parametrize(
    ("bad", "error", "text"),
    [
        ({"x": 1, "nope": 2}, KeyError, "no field 'nope'"),
        ({"x": 1, "z.nope": 2}, FieldLookupError, "no field 'z.nope'"),
        ({"x": 1, "z": {"nope": 2}}, FieldLookupError, "no field 'nope'"),
        ({"x": 1, "z": 2}, NoConvert, "field 'z' .* a structure takes a dict or a Value"),
        ({"x": 1, "z": {"deep": {"a": 2**31}}}, OutOfRange, "field 'z.deep.a'"),
        ({"text": "new", "data": [1, 2], "x": "x"}, NoConvert, "field 'x'"),
        ({"data": [1], "z.deep.a": 1.5}, NoConvert, "field 'z.deep.a'"),
        ({"x": 1, 5: 1}, KeyError, "field names are str, not int 5"),
        ({"x": 1, "u": "text"}, NoConvert, "field 'u'"),
        ({"x": 1, "u->a": "text"}, NoConvert, "field 'u->a'"),
        ({"x": 1, "u->a": 1, "u->nope": 1}, FieldLookupError, "no field 'u->nope'"),
        ({"x": 1, "x.y": 5}, FieldLookupError, "no field 'x.y'"),
        ([("x", 1)], NoConvert, "the value .* takes a dict"),
        (5, NoConvert, "the value"),
        (None, NoConvert, "the value"),
    ],
)
def test_all_or_nothing(value: Value, bad: object, error: type[Exception], text: str) -> None:
    value.assign({"x": 7, "text": "old", "data": [9]})
    value.unmark()
    before = value.clone()
    with pytest.raises(error, match=text):
        value.assign(bad)
    assert value == before
    assert value.changed() == set()


def test_later_keys_win(value: Value) -> None:
    value.assign({"z": {"a": 1}, "z.a": 2})
    assert value.z.a == 2


def test_a_value_gives_its_marked_leaves(value: Value) -> None:
    source = OUTER.create()
    source.assign({"x": 1, "z.deep.a": 2, "data": [1, 2]})
    value.assign({"z.b": 5, "text": "kept"})
    value.unmark()
    value.assign(source)
    assert value.as_dict(only_marked=True) == {"x": 1, "z": {"deep": {"a": 2}}, "data": [1, 2]}
    assert (value.as_int("z.b"), value.as_string("text")) == (5, "kept")
    source.unmark()
    value.unmark()
    source.x.assign(9)
    source.unmark()
    value.assign(source)
    assert value.changed() == set()
    assert value.x == 1


def test_a_marked_structure_gives_all_its_leaves(value: Value) -> None:
    source = OUTER.create()
    source.mark("z")
    value.z.assign({"a": 1, "b": 2})
    value.unmark()
    value.assign(source)
    assert value.changed() == {"z.a", "z.b", "z.deep.a", "z.deep.b"}
    assert value.z.as_dict() == {"a": 0, "b": 0, "deep": {"a": 0, "b": 0}}


def test_values_of_another_type_by_name(value: Value) -> None:
    source = TypeDef(
        T.Struct,
        [Member(T.Int16, "x"), Member(T.Struct, "z", [Member(T.Float32, "other"), Member(T.UInt8, "a")])],
    ).create()
    source.assign({"x": -3, "z.a": 200})
    value.assign(source)
    assert value.as_dict(only_marked=True) == {"x": -3, "z": {"a": 200}}
    source["z.other"] = 1  # marked, but unknown to the target
    before = value.clone()
    with pytest.raises(FieldLookupError, match="no field 'other'"):
        value.assign(source)
    assert value == before
    value["z"] = source.clone().z.clone().cloneEmpty()
    assert value == before


def test_values_within_dicts(value: Value) -> None:
    z = TypeDef(T.Struct, INNER).create()
    z.b = 4
    number = TypeDef(T.UInt8).create()
    number.assign(9)
    value.assign({"z": z, "x": number, "z.deep": z})
    assert value.as_dict(only_marked=True) == {"x": 9, "z": {"b": 4, "deep": {"b": 4}}}
    big = TypeDef(T.UInt64).create()
    big.assign(2**40)
    with pytest.raises(OutOfRange, match=r"field 'z\.a'"):
        value.assign({"text": "lost", "z.a": big})
    assert value.text == ""


def test_assigned_values_are_not_shared(value: Value) -> None:
    source = OUTER.create()
    source.assign({"x": 1, "text": "one"})
    value.assign(source)
    source.assign({"x": 2, "text": "two"})
    assert (value.x, value.text) == (1, "one")


def test_a_structure_for_a_leaf_and_the_reverse(value: Value) -> None:
    for given in (value.z, {"a": 1}):
        with pytest.raises(NoConvert, match="field 'x'"):
            value["x"] = given
    with pytest.raises(NoConvert, match="field 'z'"):
        value["z"] = value.x


def test_self_assignment(value: Value) -> None:
    value.assign({"x": 1, "text": "t", "data": [1]})
    before = value.clone()
    value.assign(value)
    value["z"] = value["z"]
    assert value == before


def test_a_dict_that_changes_itself(value: Value) -> None:
    given: dict[str, object] = {}

    class Index:
        def __index__(self) -> int:
            given["z.a"] = 6
            return 5

    given["x"] = Index()
    value.assign(given)
    assert value.x == 5


def test_leaves_of_their_own() -> None:
    leaf = TypeDef(T.Int32).create()
    leaf.assign(5)
    assert leaf == 5
    assert leaf.is_marked()
    array = TypeDef(T.StringA).create()
    array.assign(["a"])
    assert array == ["a"]
