"""Types are compared by shape, those of differing numbers of members too, where pvxs runs off their end."""

from __future__ import annotations

import itertools

import pytest

from aiopvxs_core.data import Member, NoConvert, TypeDef
from aiopvxs_core.data import TypeCodeEnum as T

A, B, C = Member(T.Int32, "a"), Member(T.Int32, "b"), Member(T.String, "c")
ALL = [
    *(TypeDef(code, members) for code in (T.Struct, T.Union)
      for members in ([], [A], [B], [A, B], [A, B, C])),
    *(TypeDef(T.Struct, [Member(code, "u", members)]) for code in (T.Union, T.UnionA, T.StructA)
      for members in ([A], [A, B], [A, C], [C, A])),
    TypeDef(T.Struct, [Member(T.Struct, "s", [A, B]), C]),
    TypeDef(T.Struct, [Member(T.Struct, "s", [A]), B, C]),
    TypeDef(T.Struct, [Member(T.Union, "u", []), A]),
    TypeDef(T.Struct, [Member(T.Union, "u", [Member(T.Union, "v", [A])])]),
    TypeDef(T.Struct, [Member(T.Union, "u", [Member(T.Union, "v", [A, B])])]),
    TypeDef(T.Any), TypeDef(T.AnyA), TypeDef(T.Int32), TypeDef(T.Int32A),
]  # fmt: skip


def test_a_type_equals_itself_alone() -> None:
    for (i, left), (j, right) in itertools.product(enumerate(ALL), repeat=2):
        one, other = left.create(), right.create()
        assert one.equalType(other) is (i == j), (str(left), str(right))
        assert (one == other) is (i == j)


def test_ids_do_not_count() -> None:
    assert TypeDef(T.Struct, [A], "x").create().equalType(TypeDef(T.Struct, [A], "y").create())
    assert not TypeDef(T.Struct, [A], "x").create().equalType(TypeDef(T.Struct, [B], "x").create())


@pytest.mark.parametrize("members", [[], [A], [B]])
@pytest.mark.parametrize("code", [T.Union, T.UnionA, T.StructA])
def test_a_union_of_more_members_is_not_taken(code: T, members: list[Member]) -> None:
    value = TypeDef(T.Struct, [Member(code, "f", members)]).create()
    other = TypeDef(T.Union, [A, C, B]).create()
    other.assign(("c", "text"))
    with pytest.raises(NoConvert, match="^field 'f'"):
        value["f"] = other
    assert value.changed() == set()


@pytest.mark.parametrize("members", [[], [A], [B]])
def test_a_union_of_fewer_members_is_cleared_by_one_that_holds_nothing(members: list[Member]) -> None:
    value = TypeDef(T.Struct, [Member(T.Union, "f", [A, C, B])]).create()
    value["f"] = ("c", "text")
    value["f"] = TypeDef(T.Union, members).create()
    assert value["f"].selected is None
