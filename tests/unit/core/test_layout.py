"""The names of fields are kept per type; more types than are kept must not confuse them."""

from __future__ import annotations

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
