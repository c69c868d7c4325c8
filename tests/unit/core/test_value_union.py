"""Unions: which member an object goes to, views of the selected one, arrays of unions."""

from __future__ import annotations

import array
import enum
from typing import Any

import numpy as np
import pytest

from aiopvxs_core.data import (
    FieldLookupError,
    Member,
    NoConvert,
    NoField,
    OutOfRange,
    ShapeError,
    TypeDef,
    Value,
)
from aiopvxs_core.data import TypeCodeEnum as T

INNER = [Member(T.Int32, "a"), Member(T.Float64A, "data")]
NUMBERS = [code for code in T if code < T.String]


class Mode(enum.Enum):
    ON = "on"


def union(*codes: T) -> Value:
    """A structure with the union ``u``, whose members are named for their types."""
    members = [Member(code, code.name, INNER if code in (T.Struct, T.StructA) else ()) for code in codes]
    return TypeDef(T.Struct, [Member(T.Union, "u", members), Member(T.Int32, "x")]).create()


def content(value: Value) -> tuple[str | None, Any]:
    return value.u.selected, value.as_py("u")


@pytest.fixture
def value() -> Value:
    members = [
        Member(T.Int32, "i"),
        Member(T.String, "t"),
        Member(T.Struct, "s", INNER),
        Member(T.Struct, "same", INNER),
        Member(T.Float64A, "da"),
        Member(T.UInt16A, "ua"),
        Member(T.Int32, "other"),
    ]
    return TypeDef(
        T.Struct, [Member(T.Union, "u", members), Member(T.UnionA, "list", members), Member(T.Int32, "x")]
    ).create()


def test_nothing_is_selected_at_first(value: Value) -> None:
    assert content(value) == (None, None)
    assert not value.u
    assert value.u == None  # noqa: E711
    assert value.changed() == set()


@pytest.mark.parametrize("given", [None, Value()])
def test_none_clears(value: Value, given: object) -> None:
    value["u"] = 5
    value.unmark()
    value["u"] = given
    assert content(value) == (None, None)
    assert value.changed() == {"u"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("t", 5), ("t", "5")),
        (("i", "7"), ("i", 7)),
        (("other", 7), ("other", 7)),
        (("same", {"a": 1}), ("same", {"a": 1, "data": []})),
        ((T.String, 1), ("t", "1")),
        ((str, 1), ("t", "1")),
        ((np.uint16, 1), None),
        ((list[float], [1]), ("da", [1.0])),
    ],
)
def test_a_pair_names_the_member(value: Value, given: object, expected: tuple[str, object] | None) -> None:
    if expected is None:
        with pytest.raises(NoConvert, match=r"field 'u' \(union\) .* no member of the type uint16_t"):
            value["u"] = given
        assert content(value) == (None, None)
    else:
        value["u"] = given
        assert content(value) == expected
        assert value.changed() == {"u"}


@pytest.mark.parametrize("given", [("nope", 5), ("i", "x"), ("i", 2**31), ("da", [[1]]), (T.Int8, 1)])
def test_a_member_that_does_not_take_it_is_no_other(value: Value, given: object) -> None:
    value["u"] = ("t", "before")
    value.unmark()
    with pytest.raises(NoConvert, match="field 'u"):
        value["u"] = given
    assert content(value) == ("t", "before")
    assert value.changed() == set()


@pytest.mark.parametrize(
    ("codes", "given", "member"),
    [
        ((T.Int32, T.Float64, T.String), 5, T.Int32),
        ((T.UInt64, T.Int8, T.Int64), 5, T.Int64),
        ((T.Int8, T.UInt64, T.Float64), 300, T.UInt64),
        ((T.String, T.Float32, T.Float64, T.Int64), 2.5, T.Float64),
        ((T.String, T.Int64), 2.5, T.String),
        ((T.Int64, T.Bool), True, T.Bool),
        ((T.Float64, T.Int8), True, T.Int8),
        ((T.Int32, T.String), "12", T.String),
        ((T.Float64, T.Int32), "12", T.Int32),
        ((T.Int32, T.Any), 2.5, T.Any),
        ((T.Any, T.Int32), 2, T.Int32),
        ((T.Int32, T.Struct), {"a": 1}, T.Struct),
        ((T.Any, T.Struct), {"b": 1}, T.Any),
        ((T.Int8A, T.Int32A), [1, 2], T.Int32A),
        ((T.Int8A, T.Float64A), [1, 300], T.Float64A),
        ((T.BoolA, T.Float64A), [1, 2.5], T.Float64A),
        ((T.Int32A, T.BoolA), [True], T.BoolA),
        ((T.Int32A, T.StringA), ["a"], T.StringA),
        ((T.Int32A, T.StructA), [{"a": 1}, None], T.StructA),
        ((T.Int32A, T.AnyA), [1, "a"], T.AnyA),
        ((T.Int32, T.UInt16A, T.Int32A), [], T.UInt16A),
        ((T.Int32A, T.Int64A), range(3), T.Int64A),
        ((T.UInt8A, T.String), b"ab", T.UInt8A),
        ((T.Int32, T.String), b"ab", T.String),
        ((T.Int32, T.String), Mode.ON, T.String),
        ((T.Int8, T.Int16, T.Int32, T.Int64), np.int32(1), T.Int32),
        ((T.Float32, T.Float64), np.float32(1), T.Float32),
        ((T.Int64, T.Int16, T.Int8), np.uint8(200), T.Int16),
        ((T.Float64, T.Float32), np.float16(1), T.Float32),
        ((T.Int8A, T.UInt16A, T.Int32A, T.Int64A), array.array("H", [1, 2]), T.UInt16A),
        ((T.Int8A, T.Int64A, T.Int32A), np.array([1], "u2"), T.Int32A),
        ((T.BoolA, T.Float32A, T.Float64A), np.array([1], ">f8"), T.Float64A),
        ((T.Int8A, T.UInt8A), memoryview(b"ab"), T.UInt8A),
        ((T.BoolA, T.UInt16A), np.array([1, 0], "u2"), T.UInt16A),
        ((T.Int32A, T.StringA), np.array(["a", "b"]), T.StringA),
        ((T.Int32A, T.StringA), np.array(["a", "b"], object), T.StringA),
    ],
)
def test_the_best_fit(codes: tuple[T, ...], given: object, member: T) -> None:
    value = union(*codes)
    value["u"] = given
    assert value.u.selected == member.name
    assert value.changed() == {"u"}


@pytest.mark.parametrize("code", NUMBERS)
def test_the_dtype_chooses_the_member_whatever_is_selected(code: T) -> None:
    value = union(*reversed(NUMBERS))
    scalar = TypeDef(code).create()
    array_code = T(code | 8)
    dtype = np.asarray(TypeDef(array_code).create()).dtype
    for before in NUMBERS:
        value["u"] = (before.name, [1] if before & 8 else 1)
        value["u"] = np.ones(2, dtype)
        assert value.u.selected == array_code.name
        if not code & 8:
            value["u"] = dtype.type(1)
            assert value.u.selected == code.name
            value["u"] = scalar
            assert value.u.selected == code.name


def test_the_selected_member_comes_first(value: Value) -> None:
    value["u"] = ("other", 1)
    value["u"] = 2
    assert content(value) == ("other", 2)
    value["u"] = ("t", "")
    value["u"] = 2
    assert content(value) == ("t", "2")
    value["u"] = ("same", {"a": 1})
    value["u"] = {"data": [2]}
    assert content(value) == ("same", {"a": 1, "data": [2.0]})
    value["u"] = "text"  # which a structure does not take
    assert content(value) == ("t", "text")


@pytest.mark.parametrize("given", [{"nope": 1}, object(), 1j, [[1]], {"a": "x"}, np.ones((2, 2)), [object()]])
def test_what_fits_no_member(value: Value, given: object) -> None:
    value["u"] = ("other", 1)
    value.unmark()
    with pytest.raises(NoConvert, match="field 'u"):
        value["u"] = given
    assert content(value) == ("other", 1)
    assert value.changed() == set()


def test_the_error_lists_the_members(value: Value) -> None:
    with pytest.raises(NoConvert, match=r"int32_t i, string t, struct s, .*\(\"member\", value\)"):
        value["u"] = {"nope": 1}
    with pytest.raises(ShapeError):
        value["u"] = np.ones((2, 2))


def test_paths_select(value: Value) -> None:
    value["u->i"] = 5
    assert content(value) == ("i", 5)
    value.u["t"] = 5
    assert content(value) == ("t", "5")
    value.u.t = "x"
    assert content(value) == ("t", "x")
    value.u.s = {"a": 3}
    assert content(value) == ("s", {"a": 3, "data": []})
    value.unmark()
    value["u->s.data"] = [1]
    assert content(value) == ("s", {"a": 3, "data": [1.0]})
    assert value.changed() == {"u"}
    value.assign({"u->same.a": 1, "u->same.data": [2], "x": 3})
    assert value.as_dict() == {"u": {"a": 1, "data": [2.0]}, "list": [], "x": 3}
    value.assign({"u": ("i", 3), "u->t": "last"})
    assert content(value) == ("t", "last")


@pytest.mark.parametrize(
    ("path", "given", "error", "text"),
    [
        ("u->nope", 1, FieldLookupError, "'u' .union. has no member 'nope'; its members are i, t, s"),
        ("u->s.nope", 1, FieldLookupError, "'u->s' .struct. has no field 'nope'; its fields are a, data"),
        ("u->i", "x", NoConvert, "field 'u->i'"),
        ("u->s.a", 2**31, OutOfRange, "field 'u->s.a'"),
        ("u->i.x", 1, FieldLookupError, "no field 'u->i.x'"),
        ("u[0]", 1, FieldLookupError, r"no field 'u\[0\]'"),
        ("x->i", 1, FieldLookupError, "no field 'x->i'"),
    ],
)
def test_a_failed_path_changes_nothing(
    value: Value, path: str, given: object, error: type[Exception], text: str
) -> None:
    value["u"] = ("t", "before")
    value.unmark()
    for assign in (lambda: value.__setitem__(path, given), lambda: value.assign({"x": 5, path: given})):
        with pytest.raises(error, match=text):
            assign()
        assert content(value) == ("t", "before")
        assert value.x == 0
        assert value.changed() == set()


def test_a_selected_structure_is_a_live_view(value: Value) -> None:
    value["u->s.a"] = 1
    value.unmark()
    view = value["u->s"]
    view["a"] = 2
    assert value.as_py("u") == {"a": 2, "data": []}
    assert value.changed() == {"u"}
    value["u->s.a"] = 3
    assert view.a == 3
    value["u"] = {"a": 4}
    assert view.a == 4
    assert view.equalInst(value["u->s"])
    for field in value.u:
        if field.type() == T.Int32:
            field.assign(5)
    assert view.a == 5
    with pytest.raises(NoConvert, match="field 'u->s.a'"):
        view.a = "x"
    with pytest.raises(AttributeError, match="has no field 'nope'"):
        view.nope = 1
    value["u"] = None
    view["a"] = 6  # no longer in the value
    assert value.as_py("u") is None


def test_a_view_of_a_number(value: Value) -> None:
    value["u"] = ("i", 1)
    view = value["u->i"]
    view.assign(2)
    assert content(value) == ("i", 2)
    assert value.get("u->t") is None
    with pytest.raises(FieldLookupError, match="'t' is not selected: 'i' is"):
        value["u->t"]
    with pytest.raises(AttributeError, match="not selected"):
        value.u.t  # noqa: B018


def test_select(value: Value) -> None:
    view = value.u.select("s")
    assert content(value) == ("s", {"a": 0, "data": []})
    assert value.changed() == {"u"}
    view.a = 5
    assert value.u.select("s").a == 5
    assert value.u.select("same").a == 0
    assert content(value) == ("same", {"a": 0, "data": []})
    with pytest.raises(FieldLookupError, match="union has no member 'nope'; its members are i, t"):
        value.u.select("nope")
    assert value.u.selected == "same"
    for other in (value, value.x, value.list, Value()):
        with pytest.raises(TypeError, match="not a union"):
            other.select("s")


def test_selected_is_of_unions_only(value: Value) -> None:
    for other in (value, value.x, value.list, Value()):
        assert not hasattr(other, "selected")
    field = TypeDef(T.Struct, [Member(T.Int32, "selected")]).create()
    field["selected"] = 3
    assert field.selected == 3


def test_a_union_of_the_same_type_is_copied_with_its_member(value: Value) -> None:
    value["u"] = ("same", {"a": 1})
    other = value.cloneEmpty()
    other["u"] = value.u
    assert content(other) == ("same", {"a": 1, "data": []})
    other["u->same.a"] = 2
    assert value["u->same.a"] == 1
    value["u"] = None
    other["u"] = value.u
    assert content(other) == (None, None)


def test_values_go_to_the_member_of_their_type(value: Value) -> None:
    structure = TypeDef(T.Struct, INNER).create()
    structure["a"] = 7
    structure.unmark()
    value["u"] = structure
    assert content(value) == ("s", {"a": 7, "data": []})
    value["u"] = ("same", structure)
    assert value.u.selected == "same"
    structure["a"] = 8
    value["u"] = structure
    assert content(value) == ("same", {"a": 8, "data": []})  # the selected one of two
    value["u"] = TypeDef(T.UInt16A).create()
    assert content(value) == ("ua", [])
    other = TypeDef(T.Struct, [Member(T.Int32, "a")]).create()
    other["a"] = 9
    other.unmark()
    value["u"] = ("s", {"data": [1]})
    value["u"] = other  # another structure, all of whose fields a member has
    assert value.as_py("u->s.a") == 9
    with pytest.raises(NoConvert):
        value["u"] = TypeDef(T.Struct, [Member(T.Int32, "zz")]).create()


def test_structures_that_differ_by_id_only() -> None:
    members = [Member(T.Struct, "one", INNER, "one_t"), Member(T.Struct, "two", INNER, "two_t")]
    value = TypeDef(T.Union, members).create()
    value.assign(TypeDef(T.Struct, INNER, "two_t").create())
    assert value.selected == "two"
    value.assign(TypeDef(T.Struct, INNER).create())
    assert value.selected == "two"


def test_a_union_at_the_top() -> None:
    value = TypeDef(T.Union, [Member(T.Int32, "i"), Member(T.Struct, "s", INNER)]).create()
    value.assign(5)
    assert (value.selected, value) == ("i", 5)
    value["s"] = {"a": 3}
    assert value.selected == "s"
    value["s.a"] = 4
    value["->s.a"] += 1
    assert value.as_dict() == {"a": 5, "data": []}
    assert value.keys() == ["a", "data"]
    value.assign(None)
    assert value.selected is None


def test_a_union_in_a_union() -> None:
    inner = Member(T.Union, "inner", [Member(T.Int32, "i"), Member(T.Struct, "s", INNER)])
    value = TypeDef(T.Struct, [Member(T.Union, "u", [Member(T.String, "t"), inner])]).create()
    value["u->inner->s.a"] = 3
    assert value.as_py() == {"u": {"a": 3, "data": []}}
    view = value["u->inner->s"]
    value.unmark()
    view.a = 4
    assert value.changed() == {"u"}
    assert value["u->inner"].selected == "s"
    with pytest.raises(NoConvert, match="field 'u->inner->s.a'"):
        view["a"] = "x"
    value["u"] = "text"
    assert value.u.selected == "t"


def test_arrays_of_unions(value: Value) -> None:
    value["list"] = [2, "bar", ("t", 4.2), None, {"a": 1}, np.ones(1, "u2"), ("other", 9)]
    assert value.as_py("list") == [2, "bar", "4.2", None, {"a": 1, "data": []}, [1], 9]
    names = [element and element.selected for element in value.list]
    assert names == ["i", "t", "t", None, "s", "ua", "other"]
    assert value.changed() == {"list"}
    value["list[0]"] = ("other", 1)
    value["list[4]->s.a"] = 5
    assert [element and element.selected for element in value.list][::4] == ["other", "s"]
    assert value.list[4]["s.a"] == 5
    value.list[4]["s.a"] = 6  # an element that was read is independent
    assert value["list[4]->s.a"] == 5
    copy = value.cloneEmpty()
    copy["list"] = value.list
    assert copy == value
    copy["list"] = list(value.list)
    assert copy == value
    value["list"] = [value.cloneEmpty()["u"], value.list[1]]
    assert value.as_py("list") == [None, "bar"]


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        ([1, object()], NoConvert, r"field 'list\[1\]'"),
        ([1, ("i", "x")], NoConvert, r"field 'list\[1\]->i'"),
        (None, NoConvert, r"field 'list' .* it takes a sequence"),
        (5, NoConvert, "field 'list'"),
        ({"i": 1}, NoConvert, "field 'list'"),
        (np.ones((2, 2)), ShapeError, "field 'list'"),
        (Value(), NoConvert, "field 'list'"),
    ],
)
def test_a_bad_element_changes_nothing(
    value: Value, given: object, error: type[Exception], text: str
) -> None:
    value["list"] = [1]
    value.unmark()
    with pytest.raises(error, match=text):
        value["list"] = given
    assert value.as_py("list") == [1]
    assert value.changed() == set()


def test_a_null_union_has_nothing_to_read(value: Value) -> None:
    with pytest.raises(NoField):
        value.as_int("u")
    with pytest.raises(NoField):
        value.u.keys()
    assert value.as_int("u", default=None) is None
