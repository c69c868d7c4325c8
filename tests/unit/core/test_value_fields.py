from __future__ import annotations

import pytest

from aiopvxs_core.data import FieldLookupError, Member, NoField, TypeDef, Value
from aiopvxs_core.data import LookupError as PvxsLookupError
from aiopvxs_core.data import TypeCodeEnum as T

# The list is closed: each of these names hides a field of that name from v.name.
PUBLIC = {
    *[
        "as_array",
        "as_bool",
        "as_dict",
        "as_float",
        "as_float_list",
        "as_int",
        "as_int_list",
        "as_list",
        "as_py",
        "as_string",
    ],
    *[
        "as_string_list",
        "assign",
        "changed",
        "clone",
        "cloneEmpty",
        "equalInst",
        "equalType",
        "from_json",
        "get",
        "id",
        "is_marked",
        "items",
        "keys",
    ],
    *["mark", "select", "selected", "storageType", "to_json", "type", "typedef", "unmark", "values"],
}


@pytest.fixture
def value() -> Value:
    inner = [Member(T.Int32, "a"), Member(T.Float64A, "data")]
    return TypeDef(
        T.Struct,
        [
            Member(T.Int32, "x"),
            Member(T.String, "text"),
            Member(T.Struct, "z", inner, "inner_t"),
            Member(T.Int32, "type"),
            Member(T.Union, "u", [Member(T.Int32, "one"), Member(T.String, "two")]),
            Member(T.StructA, "list", inner),
        ],
        "outer_t",
    ).create()


def test_public_names() -> None:
    assert {name for name in dir(Value) if not name.startswith("_")} == PUBLIC


def test_paths(value: Value) -> None:
    value["x"] = 1
    value["z.a"] = 2
    assert value["z.a"] == 2
    assert value["z"]["a"] == 2
    assert value.z.a == 2
    value.z.a = 3
    value.z["a"] += 1
    value.x += 4
    assert value.as_dict()["z"]["a"] == 4
    assert value.x == 5


def test_a_view_shares_data_and_marks_both_ways(value: Value) -> None:
    view = value.z
    view.a = 5
    assert value["z.a"] == 5
    assert value.changed() == {"z.a"}
    value.unmark()
    assert view.changed() == set()
    value["z.data"] = [1]
    assert view.changed() == {"data"}
    assert view.as_dict() == {"a": 5, "data": [1]}


def test_a_view_keeps_its_parent_alive() -> None:
    leaf = TypeDef(T.Struct, [Member(T.Struct, "s", [Member(T.String, "t")])]).create()["s.t"]
    leaf.assign("alive")
    assert leaf == "alive"


@pytest.mark.parametrize(
    "path", ["nope", "z.nope", "x.a", "", ".", "z.", ".x", "z..a", "list[0].a", "list[q]"]
)
def test_missing_fields(value: Value, path: str) -> None:
    with pytest.raises(KeyError):
        value[path]
    with pytest.raises(KeyError):
        value[path] = 1
    assert value.get(path) is None
    assert value.get(path, 7) == 7
    assert path not in value
    assert value.changed() == set()


def test_missing_attribute(value: Value) -> None:
    with pytest.raises(
        AttributeError, match=r'struct "outer_t" has no field .nope.; its fields are x, text, z'
    ):
        value.nope  # noqa: B018
    with pytest.raises(AttributeError, match="no field 'nope'"):
        value.nope = 1
    assert not hasattr(value, "nope")
    assert getattr(value, "nope", 5) == 5
    with pytest.raises(AttributeError):
        getattr(value, "z.a")
    with pytest.raises(AttributeError):
        setattr(value, "z.a", 1)
    with pytest.raises(AttributeError, match="double has no field 'x'"):
        TypeDef(float).create().x  # noqa: B018


def test_lookup_error_is_a_sentence(value: Value) -> None:
    assert PvxsLookupError is FieldLookupError
    with pytest.raises(FieldLookupError) as error:
        value["z.nope"]
    assert str(error.value) == (
        "no field 'z.nope': 'z' (struct \"inner_t\") has no field 'nope'; its fields are a, data"
    )


def test_names_of_methods(value: Value) -> None:
    with pytest.raises(AttributeError, match=r'v\["type"\]'):
        value.type = 3
    with pytest.raises(AttributeError, match="method"):
        value.__class__ = int
    value["type"] = 3
    assert value["type"] == 3
    assert value.type() == T.Struct


def test_deletion_is_refused(value: Value) -> None:
    with pytest.raises(TypeError):
        del value["x"]
    with pytest.raises(AttributeError):
        del value.x


def test_iteration(value: Value) -> None:
    fields = list(value)
    assert all(isinstance(field, Value) for field in fields)
    assert [field.type() for field in fields] == [T.Int32, T.String, T.Struct, T.Int32, T.Union, T.StructA]
    fields[0].assign(9)
    assert value.x == 9
    assert value.keys() == ["x", "text", "z", "type", "u", "list"]
    assert [name for name, _ in value.items()] == value.keys()
    assert value.items()[0][1].equalInst(value.x)
    assert value.values()[0].equalInst(value["x"])
    assert len(value) == 6


def test_dir_shows_the_fields(value: Value) -> None:
    assert {"x", "text", "z", "as_dict"} <= set(dir(value))
    assert "x" not in dir(value.x)


def test_existence(value: Value) -> None:
    assert "x" in value
    assert "z.a" in value
    assert "nope" not in value
    assert 5 not in value


def test_fields_by_number_are_refused(value: Value) -> None:
    for key in (0, slice(1), None):
        with pytest.raises(TypeError, match="by name"):
            value[key]
    with pytest.raises(TypeError, match="whole array"):
        value["z.data"][0] = 1


def test_lookup_selects_no_union_member(value: Value) -> None:
    assert value.get("u->one") is None
    assert value.as_py("u") is None
    with pytest.raises(FieldLookupError, match="'one' is not selected: nothing is"):
        value["u->one"]
    assert "u->one" not in value
    assert value.as_py("u") is None
    assert value.changed() == set()


def test_null_value() -> None:
    null = Value()
    assert not null
    assert null.type() == T.Null
    assert null.id() == ""
    assert null.get("x") is None
    assert str(null) == "null"
    assert repr(null) == "<Value null>"
    assert null.as_py(default=None) is None
    assert null == Value()
    assert null == None  # noqa: E711
    assert "x" not in null
    assert not null.clone()
    for use in (
        lambda: null["x"],
        lambda: null.assign(1),
        null.as_int,
        null.as_dict,
        null.keys,
        lambda: list(null),
        lambda: len(null),
        null.typedef,
        null.mark,
    ):
        with pytest.raises(NoField):
            use()
    with pytest.raises(KeyError):
        null["x"] = 1
    with pytest.raises(AttributeError):
        null.x = 1


class Derived(Value):
    def double(self) -> int:
        return 2 * int(self)


def test_a_derived_class_keeps_its_own_attributes() -> None:
    null = Derived()
    assert null.double.__func__ is Derived.double
    with pytest.raises(AttributeError, match="method"):
        null.double = 1
