from __future__ import annotations

import copy
import math

import pytest

from aiopvxs_core.data import Member, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T

INNER = [Member(T.Int32, "a"), Member(T.StringA, "list")]


def make(**changes: object) -> Value:
    value = TypeDef(
        T.Struct,
        [
            Member(T.Float64, "x"),
            Member(T.String, "text"),
            Member(T.Float64A, "data"),
            Member(T.Struct, "s", INNER, "s_t"),
            Member(T.Any, "any"),
        ],
        "t",
    ).create()
    value.assign({"x": 1.5, "text": "t", "data": [1, math.nan], "s.list": ["l"], **changes})
    return value


@pytest.mark.parametrize("copied", [Value.clone, copy.copy, copy.deepcopy])
def test_copies_are_independent(copied: object) -> None:
    value = make()
    value.unmark("text")
    other = copied(value)  # type: ignore[operator]
    assert other == value
    assert other.changed() == value.changed() == {"x", "data", "s.list"}
    assert other.text == "t"  # not marked, and copied all the same
    assert other.id() == "t"
    assert other.equalType(value)
    assert not other.equalInst(value)
    other.x = 2
    other.s.a = 3
    other.data = []
    assert value == make()
    assert other != value


def test_a_copy_of_a_view_stands_alone() -> None:
    value = make()
    view = value.s.clone()
    assert view == value.s
    assert view.id() == "s_t"
    view.a = 5
    assert value.as_int("s.a") == 0
    leaf = value.x.clone()
    leaf.assign(9)
    assert value.x == 1.5
    del value
    assert view.as_dict() == {"a": 5, "list": ["l"]}


def test_deepcopy_in_containers() -> None:
    value = make()
    copied = copy.deepcopy({"v": [value]})["v"][0]
    copied.x = 9
    assert value.x == 1.5


def test_clone_empty() -> None:
    value = make()
    empty = value.cloneEmpty()
    assert empty.changed() == set()
    assert empty.as_dict() == {
        "x": 0.0,
        "text": "",
        "data": [],
        "s": {"a": 0, "list": []},
        "any": None,
    }
    assert empty.equalType(value)
    assert value.s.cloneEmpty().keys() == ["a", "list"]


@pytest.mark.parametrize(
    "changes",
    [
        {"x": 2},
        {"x": math.nan},
        {"text": "u"},
        {"data": [1]},
        {"data": [1, 2]},
        {"s.list": ["m"]},
        {"s.a": 1},
    ],
)
def test_equality_is_by_content(changes: dict[str, object]) -> None:
    assert make() == make()
    assert make(**changes) == make(**changes)
    assert make(**changes) != make()
    assert (make() == 5) is False
    assert (make() == None) is False  # noqa: E711


def test_equality_is_by_shape() -> None:
    a = TypeDef(T.Struct, [Member(T.Int32, "a")], "one").create()
    assert a == TypeDef(T.Struct, [Member(T.Int32, "a")], "another id").create()
    assert a != TypeDef(T.Struct, [Member(T.Int64, "a")]).create()
    assert a != TypeDef(T.Struct, [Member(T.Int32, "b")]).create()
    assert a != TypeDef(T.Struct, [Member(T.Int32, "a"), Member(T.Int32, "b")]).create()
    assert TypeDef(T.Struct, INNER).create() != TypeDef(T.Struct, INNER[::-1]).create()
    assert a == {"a": 0}


def test_marks_do_not_count() -> None:
    a, b = make(), make()
    a.unmark()
    assert a == b


def test_instances_and_types() -> None:
    value = make()
    assert value.s.equalInst(value["s"])
    assert not value.s.equalInst(value)
    assert value.s.equalType(TypeDef(T.Struct, INNER).create())
    assert not value.s.equalType(value)
    assert value.s.type() == T.Struct
    assert value.type() != value.x.type()
    assert value.x.storageType().name == "Real"
