"""What holds for every type and every content of it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiopvxs_core.data import FieldLookupError, NoConvert, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T
from strategies import (
    Content,
    Spoilt,
    contents,
    difference,
    examples,
    leaf_paths,
    spoilt,
    structures,
    type_defs,
)

Case = tuple[TypeDef, Content]


@st.composite
def structure_cases(draw: st.DrawFn, unions: bool = True) -> Case:
    definition = draw(structures(unions=unions))
    return definition, draw(contents(definition))


@st.composite
def any_cases(draw: st.DrawFn) -> Case:
    definition = draw(type_defs())
    return definition, draw(contents(definition))


@st.composite
def spoilt_cases(draw: st.DrawFn) -> tuple[TypeDef, Content, Spoilt]:
    definition = draw(structures().filter(lambda d: any(leaf_paths(d))))
    return definition, draw(contents(definition)), draw(spoilt(definition))


def filled(case: Case) -> Value:
    definition, content = case
    value = definition.create()
    value.assign(content.given)
    return value


@examples(300)
@given(structure_cases())
def test_what_is_assigned_is_read(case: Case) -> None:
    value = filled(case)
    assert difference(value.as_dict(), case[1].read) is None


@examples(200)
@given(any_cases())
def test_every_type_alone_is_a_value(case: Case) -> None:
    assert difference(filled(case).as_py(), case[1].read) is None


@examples(100)
@given(structure_cases())
def test_what_is_read_leaf_by_leaf_is_what_is_read_at_once(case: Case) -> None:
    value = filled(case)
    for path, _ in leaf_paths(case[0]):
        found: Any = value.as_dict()
        for name in path.split("."):
            found = found[name]
        assert difference(value.as_py(path), found) is None
        assert difference(value[path].as_py(), found) is None


@examples(150)
@given(structure_cases())
def test_marks_are_the_leaves_given(case: Case) -> None:
    definition, content = case
    value = filled(case)
    expected = set()
    for path, _ in leaf_paths(definition):
        found: Any = content.given
        for name in path.split("."):
            found = found.get(name, missing) if isinstance(found, dict) else found
        if found is not missing:
            expected.add(path)
    assert value.changed() == expected


missing: Any = object()


@examples(200)
@given(structure_cases())
def test_a_value_assigned_to_a_fresh_one_arrives_whole(case: Case) -> None:
    value = filled(case)
    fresh = case[0].create()
    fresh.assign(value)
    assert fresh == value
    assert fresh.changed() == value.changed()
    assert difference(fresh.as_dict(), value.as_dict()) is None


@examples(200)
@given(structure_cases())
def test_leaves_assigned_one_by_one_arrive_whole(case: Case) -> None:
    value = filled(case)
    fresh = case[0].create()
    for path, _ in leaf_paths(case[0]):
        fresh[path] = value[path]
    assert fresh == value
    assert difference(fresh.as_dict(), value.as_dict()) is None


@examples(100)
@pytest.mark.parametrize("copied", [Value.clone, copy.copy, copy.deepcopy])
@given(case=any_cases())
def test_copies_are_equal_and_independent(copied: Callable[[Value], Value], case: Case) -> None:
    value = filled(case)
    before = value.as_py()
    other = copied(value)
    assert other == value
    assert difference(other.as_py(), before) is None
    assert other.typedef() == value.typedef()
    if case[0].code == T.Struct:
        assert other.changed() == value.changed()
    other.assign(case[0].create())
    assert difference(value.as_py(), before) is None


@examples(100)
@given(any_cases())
def test_definition_of_a_value_is_what_made_it(case: Case) -> None:
    definition, _ = case
    value = filled(case)
    assert value.typedef() == definition
    assert TypeDef.from_value(value) == definition
    assert hash(value.typedef()) == hash(definition)
    assert value.typedef().create() == definition.create()


@examples(50)
@given(any_cases())
def test_an_empty_copy_is_what_the_definition_creates(case: Case) -> None:
    definition, _ = case
    empty = filled(case).cloneEmpty()
    assert empty == definition.create()
    assert difference(empty.as_py(), definition.create().as_py()) is None


@examples(300)
@given(spoilt_cases())
def test_an_assignment_that_fails_changes_nothing(case: tuple[TypeDef, Content, Spoilt]) -> None:
    definition, content, (path, bad) = case
    value = filled((definition, content))
    value.unmark()
    before = value.clone()
    with pytest.raises((NoConvert, FieldLookupError)):
        value[path] = bad
    assert value == before
    with pytest.raises((NoConvert, FieldLookupError)):
        value.assign({**content.given, path: bad})
    assert value == before
    assert value.changed() == set()
    assert difference(value.as_py(), before.as_py()) is None
