"""Received unions, Any and arrays of structures: read, copied, compared; never crashing, never shared."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from aiopvxs.client import Context
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.data import Value

if TYPE_CHECKING:
    from peers import ScriptedServer

CONTENT = {
    "choice": 7,
    "image": [1, 2, 3],
    "nothing": None,
    "number": 2.5,
    "inner": {"text": "inner"},
    "null": None,
    "rows": [{"size": 5, "name": ""}, None, {"size": 0, "name": "last"}],
    "choices": [9, None],
    "anything": ["text", None, {"text": "inner"}],
    "empty": [],
}

TREE = """struct "aiopvxs:test/compound:1.0" {
    union choice.second int32_t = 7
    union image.image uint16_t[] = {3}[1, 2, 3]
    union nothing null
    any number double = 2.5
    any inner struct {
        string text = "inner"
    }
    any null null
    struct[] rows = {3}[
        struct {
            int32_t size = 5
            string name = ""
        }
        null
        struct {
            int32_t size = 0
            string name = "last"
        }
    ]
    union[] choices = {2}[
        union.second int32_t = 9
        null
    ]
    any[] anything = {3}[
        string = "text"
        null
        struct {
            string text = "inner"
        }
    ]
    struct[] empty = {0}[]
}"""


def address(value: Value) -> int:
    return value.as_array("image").__array_interface__["data"][0]


@pytest.fixture
async def context(scripted_server: ScriptedServer) -> Context:
    scripted_server.add("x", "compound")
    return Context(scripted_server.config, use_env=False, timeout=20.0)


@pytest.fixture
async def value(context: Context) -> Value:
    return await context.get("x")


def test_plain(value: Value) -> None:
    assert value.as_dict() == CONTENT
    assert str(value) == TREE
    assert value.changed() == set(CONTENT) - {"null", "nothing", "empty"}


def test_paths(value: Value) -> None:
    assert value.as_int("choice->second") == 7
    assert value.as_int("choice") == 7
    assert value["choice->second"] == 7
    assert value.choice == 7
    assert value.choice + 1 == 8
    assert value["choice"]["second"] == 7
    assert value["image->image"].as_list() == [1, 2, 3]
    assert value["rows[2].name"] == "last"
    assert value["rows[0]"].as_dict() == {"size": 5, "name": ""}
    assert value["inner->text"] == "inner"
    assert value.inner.text == "inner"
    assert value.inner.keys() == ["text"]
    assert value["anything[0]"] == "text"
    assert value["anything[2].text"] == "inner"
    for missing in (
        "choice->first",
        "rows[1].name",
        "rows[3]",
        "rows[-1]",
        "rows[x]",
        "nothing->first",
        "null->x",
    ):
        assert value.get(missing) is None
    assert value.as_dict() == CONTENT


def test_elements_are_independent_and_contents_are_views(value: Value) -> None:
    value["rows[0]"].size = 99
    value.rows[0].size = 99
    for element in value.anything:
        if element is not None and element.type() == T.String:
            element.assign("changed")
    assert value.as_dict() == CONTENT
    value["inner"].get("text").assign("changed")
    value["choice->second"].assign(99)
    assert value.as_dict() == {**CONTENT, "inner": {"text": "changed"}, "choice": 99}


@pytest.mark.parametrize(
    ("path", "given", "name", "expected"),
    [
        ("rows[0].size", 1, "rows", [{"size": 1, "name": ""}, *CONTENT["rows"][1:]]),
        ("choice->second", 1, "choice", 1),
        ("choice->first", 3, "choice", "3"),
        ("inner->text", "new", "inner", {"text": "new"}),
        ("anything[0]", "new", "anything", ["new", *CONTENT["anything"][1:]]),
        ("choices[0]->second", 8, "choices", [8, None]),
        ("choices", [4, ("first", 3), None], "choices", [4, 3, None]),
    ],
)
def test_what_was_received_can_be_assigned_to(
    value: Value, path: str, given: object, name: str, expected: object
) -> None:
    value.unmark()
    value[path] = given
    assert value.as_dict() == {**CONTENT, name: expected}
    assert value.changed() == {name}


def test_copies_share_nothing(value: Value) -> None:
    copy = value.clone()
    assert copy == value
    assert copy.as_dict() == CONTENT
    assert str(copy) == TREE
    assert copy.changed() == value.changed()
    assert (
        copy["image"].as_array().__array_interface__["data"]
        == value["image"].as_array().__array_interface__["data"]
    )
    empty = value.cloneEmpty()
    assert empty != value
    empty.assign(value)
    assert empty == value
    assert str(empty) == TREE
    empty = value.cloneEmpty()
    empty.assign({"image": value.image, "number": value.number, "choices": value.choices})
    assert empty.changed() == {"image", "number", "choices"}
    empty.assign(
        {"anything": value.anything, "rows": value.rows, "choice": value.choice, "inner": value.inner}
    )
    assert empty == value
    value.assign(value)
    assert str(value) == TREE


def test_null_replaces_what_was_there(value: Value) -> None:
    empty = value.cloneEmpty()
    empty.mark()
    value.assign(empty)
    assert value == empty
    assert value.as_py("choice") is None
    assert value.as_py("inner") is None


def test_a_union_is_copied_by_the_name_of_its_member(value: Value) -> None:
    copy = value.cloneEmpty()
    copy["choices"] = value["choices"]
    assert copy.changed() == {"choices"}
    assert str(copy.choices) == "union[] = {2}[\n    union.second int32_t = 9\n    null\n]"
    copy["nothing"] = value["image"]
    assert copy["nothing"] == value["image"]
    assert copy["nothing"] != value["nothing"]


def test_definition(value: Value) -> None:
    definition = value.typedef()
    assert [member.name for member in definition.members] == list(CONTENT)
    assert [child.name for child in definition.members[7].children] == ["first", "second", "image"]
    assert definition.create() == value.cloneEmpty()


async def test_two_gets_share_nothing(context: Context, value: Value) -> None:
    again = await context.get("x")
    assert again == value
    again["rows"] = value.cloneEmpty()["rows"]
    assert value.as_dict() == CONTENT
    third = await context.get("x")
    assert third == value


async def test_pickle(value: Value) -> None:
    again = pickle.loads(pickle.dumps(value))
    assert again == value
    assert str(again) == TREE
    assert again.typedef() == value.typedef()
    assert again.changed() == value.changed()
    again["rows[0]"].size = 99
    assert value.as_dict() == CONTENT


async def test_table_of_struct_arrays_with_numpy(value: Value) -> None:
    got = value.as_dict(arrays="numpy")
    assert got["image"].dtype == "u2"
    assert got["rows"] == CONTENT["rows"]
