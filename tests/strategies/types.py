"""Any type that PVAccess has, nested at most five deep."""

from __future__ import annotations

from hypothesis import strategies as st

from aiopvxs_core.data import Member, TypeDef
from aiopvxs_core.data import TypeCodeEnum as T

from .scalars import SCALARS

__all__ = ["ARRAYS", "structures", "type_defs"]

ARRAYS = [scalar.array for scalar in SCALARS.values()]
_LEAVES = [*SCALARS, *ARRAYS]
_VARIANTS = [T.Any, T.AnyA]
_WITH_MEMBERS = [T.Struct, T.Union, T.StructA, T.UnionA]
_DEEPEST = 5

# those of methods of Value, of members that look alike, of one letter
_NAMES = [*"abcdefghijklmnopqrst", "value", "type", "id", "get", "items", "_", "__x__", "x" * 40, "A1", "a1"]
_IDS = st.sampled_from(["", "", "", "t", "epics:nt/NTScalar:1.0", "with blank", "\N{MICRO SIGN}"])


@st.composite
def _members(draw: st.DrawFn, depth: int, unions: bool, least: int = 0) -> list[Member]:
    # a wide type has leaves only, so that a type stays small
    wide = depth == 1 and draw(st.integers(0, 19)) == 0
    most = 24 if wide else 4 if depth <= 2 else 2
    names = draw(st.lists(st.sampled_from(_NAMES), min_size=least, max_size=most, unique=True))
    return [draw(_member(name, _DEEPEST if wide else depth, unions)) for name in names]


@st.composite
def _member(draw: st.DrawFn, name: str, depth: int, unions: bool) -> Member:
    code = draw(_code(depth, unions))
    if code not in _WITH_MEMBERS:
        return Member(code, name)
    least = 1 if code in {T.Union, T.UnionA} else 0
    return Member(code, name, draw(_members(depth + 1, unions, least)), draw(_IDS))


def _code(depth: int, unions: bool) -> st.SearchStrategy[T]:
    leaves = st.sampled_from(_LEAVES)
    if not unions:
        return leaves if depth >= _DEEPEST else st.one_of(leaves, st.sampled_from([T.Struct, T.StructA]))
    variants = st.sampled_from(_VARIANTS)
    if depth >= _DEEPEST:
        return st.one_of(leaves, leaves, variants)
    return st.one_of(leaves, leaves, st.sampled_from(_WITH_MEMBERS), st.just(T.Struct), variants)


@st.composite
def structures(draw: st.DrawFn, depth: int = 1, unions: bool = True) -> TypeDef:
    """Draw the type of a structure: what a PV may have.

    Args:
        draw: Hypothesis's.
        depth: at which nesting it is meant to be, of five.
        unions: with unions, Any, and arrays of these.
    """
    return TypeDef(T.Struct, draw(_members(depth, unions)), draw(_IDS))


@st.composite
def type_defs(draw: st.DrawFn, depth: int = 1, unions: bool = True) -> TypeDef:
    """Draw any type: what a Value by itself, or an Any, may have."""
    code = draw(_code(depth, unions))
    if code not in _WITH_MEMBERS:
        return TypeDef(code)
    least = 1 if code in {T.Union, T.UnionA} else 0
    return TypeDef(code, draw(_members(depth + 1, unions, least)), draw(_IDS))
