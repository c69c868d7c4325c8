from __future__ import annotations

import pytest

from aiopvxs_core.data import FieldLookupError, Member, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T

LEAVES = {"x", "s.a", "s.b", "s.deep.c"}


@pytest.fixture
def value() -> Value:
    deep = Member(T.Struct, "deep", [Member(T.Int32A, "c")])
    s = Member(T.Struct, "s", [Member(T.Int32, "a"), Member(T.String, "b"), deep])
    return TypeDef(T.Struct, [Member(T.Int32, "x"), s, Member(T.Struct, "empty")]).create()


def test_nothing_is_marked_at_first(value: Value) -> None:
    assert value.changed() == set()
    assert not value.is_marked()
    assert not value.is_marked("s.a")


@pytest.mark.parametrize("leaf", sorted(LEAVES))
def test_a_leaf(value: Value, leaf: str) -> None:
    value.mark(leaf)
    assert value.changed() == {leaf}
    assert value.is_marked(leaf)
    assert value.is_marked()
    assert value[leaf].is_marked()
    value[leaf].unmark()
    assert value.changed() == set()
    assert not value.is_marked()


def test_a_structure_is_marked_if_anything_in_it_is(value: Value) -> None:
    value.mark("s.deep.c")
    assert value.is_marked("s")
    assert value.is_marked("s.deep")
    assert not value.is_marked("s.a")
    assert value.s.changed() == {"deep.c"}


def test_marking_a_structure_marks_what_is_in_it(value: Value) -> None:
    value.mark("s")
    assert value.changed() == {"s.a", "s.b", "s.deep.c"}
    value.unmark("s.b")
    assert value.changed() == {"s.a", "s.deep.c"}
    value.s.unmark("deep")
    assert value.changed() == {"s.a"}
    value.unmark("s")
    assert value.changed() == set()


def test_marking_everything(value: Value) -> None:
    value.mark()
    assert value.changed() == LEAVES | {"empty"}
    value["s"]["deep"]["c"].unmark()
    assert value.changed() == (LEAVES | {"empty"}) - {"s.deep.c"}
    value.unmark()
    assert value.changed() == set()


def test_missing_fields(value: Value) -> None:
    for method in (value.mark, value.unmark, value.is_marked):
        with pytest.raises(FieldLookupError):
            method("s.nope")


def test_marks_of_a_leaf_of_its_own() -> None:
    leaf = TypeDef(T.Int32).create()
    assert not leaf.is_marked()
    leaf.mark()
    assert leaf.is_marked()
    assert leaf.changed() == set()
