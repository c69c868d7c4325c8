from __future__ import annotations

import pytest

from aiopvxs_core.data import Member as M
from aiopvxs_core.data import NoField, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T

LEAVES = [code for code in T if code not in (T.Null, T.Struct, T.StructA, T.Union, T.UnionA)]


@pytest.fixture
def rich() -> TypeDef:
    """Every kind of member."""
    inner = [M(T.Int32, "a"), M(T.String, "b")]
    return TypeDef(
        T.Struct,
        [
            *(M(code, f"f{code.name}") for code in LEAVES),
            M(T.Struct, "s", inner, "inner_t"),
            M(T.StructA, "sa", inner, id="inner_t"),
            M(T.Union, "u", [M(T.Int32, "x"), M(T.Struct, "y", inner)]),
            M(T.UnionA, "ua", [M(T.Int32, "x"), M(T.StructA, "y", inner)], "choice_t"),
        ],
        id="rich_t",
    )


def test_definition_to_type_to_definition(rich: TypeDef) -> None:
    value = rich.create()
    assert value.typedef() == rich
    assert TypeDef.from_value(value) == rich
    assert hash(value.typedef()) == hash(rich)
    assert value.keys() == [member.name for member in rich.members]
    assert value.id() == "rich_t"
    assert value.s.id() == "inner_t"


def test_create_gives_independent_values_of_one_type(rich: TypeDef) -> None:
    a, b = rich.create(), rich.create()
    a.s.a = 1
    assert b.as_int("s.a") == 0
    assert a.equalType(b)
    assert not a.equalInst(b)


def test_members_are_readable(rich: TypeDef) -> None:
    member = rich.members[-1]
    assert (member.name, member.id, member.code) == ("ua", "choice_t", T.UnionA)
    assert [child.name for child in member.children] == ["x", "y"]
    assert rich.code == T.Struct
    assert rich.id == "rich_t"


def test_children_from_any_iterable() -> None:
    a, b = M(T.Int32, "a"), M(T.Int32, "b")
    expected = M(T.Struct, "s", [a, b])
    assert M(T.Struct, "s", (m for m in [a, b])) == expected
    assert M(T.Struct, "s", (a, b)) == expected
    assert M(T.Struct, "s", [b, a]) != expected
    for given in ({b, a}, frozenset({b, a})):
        assert M(T.Struct, "s", given) == expected
    assert M(T.Struct, "s", {a: 1, b: 2}.keys()) == expected


def test_equality_is_by_content() -> None:
    assert M(T.Int32, "a") == M(T.Int32, "a")
    assert len({M(T.Int32, "a"), M(T.Int32, "a")}) == 1
    assert M(T.Int32, "a") != M(T.Int64, "a")
    assert M(T.Int32, "a") != M(T.Int32, "b")
    assert M(T.Struct, "a", id="x") != M(T.Struct, "a", id="y")
    assert TypeDef(T.Struct, [M(T.Int32, "a")]) == TypeDef(T.Struct, [M(T.Int32, "a")])
    assert TypeDef(T.Struct, [M(T.Int32, "a")]) != TypeDef(T.Struct, [M(T.Int32, "a")], "id")
    assert TypeDef(T.Int32) != 5
    assert M(T.Int32, "a") != "a"


def test_extended_by_members() -> None:
    base = TypeDef(T.Struct, [M(T.Int32, "a")], "t")
    more = base + [M(T.Int32, "b"), M(T.Int32, "c")]
    assert more.create().keys() == ["a", "b", "c"]
    assert more.id == "t"
    assert base.create().keys() == ["a"]
    with pytest.raises(ValueError, match="two members of the name 'a'"):
        base + [M(T.String, "a")]


def test_used_as_a_member() -> None:
    inner = TypeDef(T.Struct, [M(T.Int32, "a")], "inner_t")
    assert inner.member("x") == M(T.Struct, "x", [M(T.Int32, "a")], "inner_t")
    assert inner.member("x", T.StructA) == M(T.StructA, "x", [M(T.Int32, "a")], "inner_t")
    assert TypeDef(T.Int32).member("n") == M(T.Int32, "n")
    for code in (T.Union, T.Int32, T.AnyA):
        with pytest.raises(ValueError, match="cannot become a member of"):
            inner.member("x", code)
    with pytest.raises(ValueError, match="not a field name"):
        inner.member("no-name")


@pytest.mark.parametrize("name", ["", "1a", "a b", "a.b", "a-b", "ä", "a[0]", "a\0", "<"])
def test_invalid_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a field name"):
        M(T.Int32, name)


@pytest.mark.parametrize("name", ["a", "_", "A9_", "class", "value"])
def test_valid_names(name: str) -> None:
    assert TypeDef(T.Struct, [M(T.Int32, name)]).create().keys() == [name]


def test_senseless_definitions_are_refused() -> None:
    a = M(T.Int32, "a")
    with pytest.raises(ValueError, match="'s' has two members of the name 'a'"):
        M(T.Struct, "s", [a, M(T.String, "a")])
    with pytest.raises(ValueError, match="has two members"):
        TypeDef(T.Struct, [a, a])
    for code in (T.Int32, T.StringA, T.Any, T.AnyA):
        with pytest.raises(ValueError, match="cannot have members"):
            M(code, "m", [a])
        with pytest.raises(ValueError, match="cannot have members"):
            TypeDef(code, [a])
        with pytest.raises(ValueError, match="cannot have an id"):
            M(code, "m", id="id")
    with pytest.raises(ValueError, match="null"):
        M(T.Null, "m")
    with pytest.raises(TypeError, match="Member"):
        M(T.Struct, "m", ["a"])
    with pytest.raises(TypeError, match="Member"):
        TypeDef(T.Struct, [a]) + ["b"]
    with pytest.raises(NoField):
        TypeDef.from_value(Value())


def test_scalar_and_array_definitions() -> None:
    assert TypeDef(float).create().type() == T.Float64
    value = TypeDef(list[int]).create()
    value.assign([1, 2])
    assert value.as_list() == [1, 2]


def test_texts() -> None:
    definition = TypeDef(T.Struct, [M(T.Int32, "a")], "t")
    assert repr(definition) == '<TypeDef Struct "t" of 1>'
    assert repr(M(T.Int32, "a")) == "<Member Int32 'a'>"
    assert str(definition) == 'struct "t" {\n    int32_t a\n}'


def test_nesting_has_an_end() -> None:
    def nested(levels: int) -> M:
        member = M(T.Int32, "leaf")
        for _ in range(levels):
            member = M(T.Struct, "inner", [member])
        return member

    with pytest.raises(ValueError, match="nested more than 200 levels deep"):
        nested(200)
    member = nested(199)
    assert TypeDef(T.Struct, member.children).create().typedef().members == member.children
    with pytest.raises(ValueError, match="nested more than 200 levels deep"):
        TypeDef(T.Struct, [member])
