"""The names of fields are kept per type; more types than are kept must not confuse them."""

from __future__ import annotations

import pytest

from aiopvxs_core.data import Member, TypeDef
from aiopvxs_core.data import TypeCodeEnum as T


def test_many_types() -> None:
    for number in range(5000):
        name = f"f{number}"
        inner = [Member(T.Int32, f"a{number}")]
        value = TypeDef(T.Struct, [Member(T.Struct, name, inner), Member(T.Struct, "empty")]).create()
        value[name] = {f"a{number}": number}
        assert value.as_dict() == {name: {f"a{number}": number}, "empty": {}}
        assert value[name].keys() == [f"a{number}"]


def test_a_forgotten_type_is_known_again() -> None:
    first = TypeDef(T.Struct, [Member(T.Int32, "first")]).create()
    assert first.keys() == ["first"]
    test_many_types()
    assert first.keys() == ["first"]


def test_fields_by_name_of_many_types() -> None:
    members = [
        Member(T.Int32, "a"),
        Member(T.Struct, "s", [Member(T.String, "b"), Member(T.Struct, "t", [])]),
    ]
    values = [TypeDef(T.Struct, [*members, Member(T.Int32, f"c{number}")]).create() for number in range(3000)]
    for turn in range(3):
        for number, value in enumerate(values):
            value["a"] = number
            value["s.b"] = f"{turn} {number}"
            value[f"c{number}"] = turn
            assert value.get(f"c{number + 1}") is None
    for number, value in enumerate(values):
        assert value.as_dict() == {"a": number, "s": {"b": f"2 {number}", "t": {}}, f"c{number}": 2}
        assert value["s"]["b"] == value.s.b == f"2 {number}"


def test_paths_are_no_attributes() -> None:
    value = TypeDef(T.Struct, [Member(T.Struct, "s", [Member(T.Int32, "b")])]).create()
    for _ in range(3):  # the type is met, and then known
        value["s.b"] = 1
        with pytest.raises(AttributeError):
            getattr(value, "s.b")
        with pytest.raises(AttributeError):
            setattr(value, "s.b", 2)
        with pytest.raises(KeyError):
            value["s.c"] = 1
        with pytest.raises(KeyError):
            value["s.b."]
    assert value["s.b"] == 1


def test_names_may_be_any_str() -> None:
    value = TypeDef(T.Struct, [Member(T.Int32, "name")]).create()

    class Name(str):
        __slots__ = ()

    for number, name in enumerate(["name", "".join(["na", "me"]), Name("name")]):
        value[name] = number
        assert value[name] == number
    for odd in ("\udcff", "n\0", "", "\N{WAVING HAND SIGN}"):
        for _ in range(2):
            assert value.get(odd) is None
            with pytest.raises(KeyError):
                value[odd] = 1
