"""Arrays of structures: assigned from dicts and Values, with null elements; read as independent Values."""

from __future__ import annotations

import numpy as np
import pytest

from aiopvxs_core.data import FieldLookupError, Member, NoConvert, OutOfRange, ShapeError, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T

INNER = [
    Member(T.Int32, "a"),
    Member(T.String, "name"),
    Member(T.StructA, "more", [Member(T.Int32, "k"), Member(T.Union, "u", [Member(T.Int32, "i")])]),
]
ROWS = [{"a": 1, "name": "", "more": []}, None, {"a": 0, "name": "x", "more": [{"k": 5, "u": None}]}]


@pytest.fixture
def value() -> Value:
    made = TypeDef(
        T.Struct,
        [Member(T.StructA, "rows", INNER, "row_t"), Member(T.Struct, "s", INNER), Member(T.Int32, "x")],
    ).create()
    made["rows"] = [{"a": 1}, None, {"name": "x", "more": [{"k": 5}]}]
    made.unmark()
    return made


def test_from_dicts(value: Value) -> None:
    assert value.as_py("rows") == ROWS
    assert value.rows == ROWS
    value["rows"] = ({"a": 2},)
    assert value.as_list("rows") == [{"a": 2, "name": "", "more": []}]
    assert value.changed() == {"rows"}
    value.rows = []
    assert len(value.rows) == 0
    assert not value.rows


def test_elements(value: Value) -> None:
    rows = value.rows
    assert len(rows) == 3
    assert rows[0].a == 1
    assert rows[0].id() == "row_t"
    assert rows[1] is None
    assert rows[-1].name == "x"
    assert rows[np.int64(2)].name == "x"
    assert [row and row.a for row in rows] == [1, None, 0]
    assert [row and row.a for row in rows[::2]] == [1, 0]
    assert {"a": 1, "name": "", "more": []} in rows
    assert None in rows
    assert {"a": 2} not in rows
    for index in (3, -4, 10**30):
        with pytest.raises(IndexError):
            rows[index]
    with pytest.raises(TypeError):
        rows[1.5]


def test_elements_are_independent(value: Value) -> None:
    row = value.rows[0]
    row.a = 99
    row.more = [{"k": 1}]
    value["rows[0]"].a = 99
    for each in value.rows:
        if each is not None:
            each.name = "changed"
    assert value.rows == ROWS
    assert value.changed() == set()


def test_from_values(value: Value) -> None:
    element = value.rows[2]
    element.unmark()
    value["rows"] = [element, {"a": 3}, element, value.s, None]
    assert [row and row.as_py("name") for row in value.rows] == ["x", "", "x", "", None]
    element.name = "y"
    assert value["rows[0].name"] == "x"
    smaller = TypeDef(T.Struct, [Member(T.Int32, "a")]).create()
    smaller["a"] = 4
    smaller.unmark()
    value["rows"] = [smaller]  # all of it, marked or not
    assert value["rows[0].a"] == 4
    with pytest.raises(FieldLookupError, match="'zz'"):
        value["rows"] = [TypeDef(T.Struct, [Member(T.Int32, "zz")]).create()]
    copy = value.cloneEmpty()
    copy["rows"] = value.rows
    assert copy == value
    copy["rows"] = list(value.rows)
    assert copy == value
    other = TypeDef(T.StructA, [Member(T.Int32, "a"), Member(T.String, "name")]).create()
    other.assign([{"a": 5, "name": "other"}, None])
    value["rows"] = other
    assert [row and row["a"] for row in value.rows] == [5, None]


def test_paths(value: Value) -> None:
    value["rows[0].a"] = 7
    assert value.changed() == {"rows"}
    value["rows[2].more[0].k"] += 1
    value["rows[2].more[0].u->i"] = 8
    value["rows[0]"] = {"name": "zero"}
    assert value.as_py("rows") == [
        {"a": 7, "name": "zero", "more": []},
        None,
        {"a": 0, "name": "x", "more": [{"k": 6, "u": 8}]},
    ]
    value.assign({"rows[0].a": 1, "x": 2, "rows[2].name": "two", "rows[0].name": ""})
    assert (value["rows[0].a"], value["rows[2].name"], value.x) == (1, "two", 2)
    value.assign({"rows": [{}, {}], "rows[1].a": 5})
    assert [row.as_py("a") for row in value.rows] == [0, 5]
    value.rows["[1].a"] = 6
    assert value["rows[1].a"] == 6


@pytest.mark.parametrize(
    ("path", "given", "error", "text"),
    [
        ("rows[1].a", 1, FieldLookupError, "'rows' .struct... holds null in element 1"),
        ("rows[3].a", 1, FieldLookupError, r"'rows' .struct... has 3 elements, and none is \[3\]"),
        ("rows[-1].a", 1, FieldLookupError, "has 3 elements"),
        ("rows[0", 1, FieldLookupError, "has 3 elements"),
        ("rows[]", 1, FieldLookupError, "has 3 elements"),
        ("rows[x]", 1, FieldLookupError, "has 3 elements"),
        ("rows.a", 1, FieldLookupError, "looked up as .0., not as '.a'"),
        ("rows[0].nope", 1, FieldLookupError, "has no field 'nope'; its fields are a, name, more"),
        ("rows[0].a", "x", NoConvert, r"field 'rows\[0\]\.a'"),
        ("rows[0]", None, NoConvert, r"field 'rows\[0\]'"),
        ("rows[2].more[0].u->nope", 1, FieldLookupError, "has no member 'nope'; its members are i"),
        ("rows", [{"a": 1}, {"a": 2**31}], OutOfRange, r"field 'rows\[1\]\.a'"),
        ("rows", [{"nope": 1}], FieldLookupError, "no field 'nope'"),
        ("rows", [5], NoConvert, r"field 'rows\[0\]' .*a structure takes a dict"),
        ("rows", None, NoConvert, "it takes a sequence"),
        ("rows", "text", NoConvert, "it takes a sequence"),
        ("rows", {"a": 1}, NoConvert, "it takes a sequence"),
        ("rows", np.ones(2), NoConvert, r"field 'rows\[0\]'"),
        ("rows", np.ones((2, 2)), ShapeError, "field 'rows'"),
        ("x[0]", 1, FieldLookupError, r"no field 'x\[0\]'"),
    ],
)
def test_a_failed_assignment_changes_nothing(
    value: Value, path: str, given: object, error: type[Exception], text: str
) -> None:
    for assign in (lambda: value.__setitem__(path, given), lambda: value.assign({"x": 5, path: given})):
        with pytest.raises(error, match=text):
            assign()
        assert value.rows == ROWS
        assert value.x == 0
        assert value.changed() == set()


def test_a_sequence_that_changes_meanwhile(value: Value) -> None:
    class Clears:
        def __index__(self) -> int:
            rows.clear()
            return 3

    rows: list[object] = [{"a": Clears()}, {"a": 4}]
    value["rows"] = rows
    assert [row.as_py("a") for row in value.rows] == [3, 4]


def test_arrays_are_not_shared(value: Value) -> None:
    copy = value.clone()
    value["rows[0].a"] = 9
    assert copy["rows[0].a"] == 1
    other = value.cloneEmpty()
    other["rows"] = value.rows
    other["rows[0].a"] = 10
    assert value["rows[0].a"] == 9
    other.assign(value)
    value.mark("rows")
    other.assign(value)
    other["rows[0].a"] = 11
    assert value["rows[0].a"] == 9
