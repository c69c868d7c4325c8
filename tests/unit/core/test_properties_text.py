"""Pickles, JSON and formats of every type and every content of it."""

from __future__ import annotations

import json
import pickle
from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_core.data import TypeDef, Value
from strategies import Content, contents, difference, examples, structures, type_defs

Case = tuple[TypeDef, Content]


@st.composite
def any_cases(draw: st.DrawFn) -> Case:
    definition = draw(type_defs())
    return definition, draw(contents(definition))


@st.composite
def plain_cases(draw: st.DrawFn) -> Case:
    """A structure without unions and Any, whose JSON says all."""
    definition = draw(structures(unions=False))
    return definition, draw(contents(definition))


def filled(case: Case) -> Value:
    definition, content = case
    value = definition.create()
    value.assign(content.given)
    return value


def strict(text: str) -> Any:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


@examples(200)
@given(any_cases(), st.sampled_from(range(2, pickle.HIGHEST_PROTOCOL + 1)))
def test_a_pickle_keeps_everything(case: Case, protocol: int) -> None:
    value = filled(case)
    again = pickle.loads(pickle.dumps(value, protocol))
    assert again == value
    assert again.typedef() == value.typedef() == case[0]
    assert difference(again.as_py(), value.as_py()) is None
    assert again.is_marked() == value.is_marked()
    assert again.changed() == value.changed()
    assert format(again, "tree") == format(value, "tree")
    assert again.__reduce__()[1][:2] == (1, case[0].to_py())
    assert repr(again.__reduce__()[1]) == repr(value.__reduce__()[1])  # NaN is NaN


@examples(100)
@given(type_defs())
def test_definitions_as_plain_data(definition: TypeDef) -> None:
    plain = json.loads(json.dumps(definition.to_py()))
    assert TypeDef.from_py(plain) == definition
    assert pickle.loads(pickle.dumps(definition)) == definition


@examples(200)
@given(plain_cases())
def test_json_keeps_everything_but_types(case: Case) -> None:
    value = filled(case)
    again = case[0].create()
    again.from_json(value.to_json())
    assert again == value
    marked = case[0].create()
    marked.from_json(value.to_json(only_marked=True))
    assert marked == value
    assert marked.changed() == value.changed()


@examples(150)
@given(any_cases())
def test_json_is_strict(case: Case) -> None:
    value = filled(case)
    text = value.to_json()
    assert text.isascii()
    assert strict(text) == strict(value.to_json(indent=1))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@examples(100)
@given(any_cases())
def test_every_value_can_be_shown(case: Case) -> None:
    value = filled(case)
    assert format(value, "tree:0") == format(value, "tree")
    assert format(value, "delta:0") == format(value, "delta")
    if case[0].code == T.Struct:
        named = {line.split(" ")[0] for line in format(value, "delta").splitlines()}
        assert value.changed() <= named
    tags = _Tags()
    tags.feed(value._repr_html_())
    tags.close()
    assert tags.open == []
    assert tags.seen <= {"table", "tr", "td", "b", "small", "code"}
    for key in value._ipython_key_completions_():
        assert value.get(key) is not None
