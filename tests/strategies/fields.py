"""The leaves of a type by name, and what one of them refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from hypothesis import strategies as st

from aiopvxs_core.data import Member, TypeDef
from aiopvxs_core.data import TypeCodeEnum as T

from .scalars import ARRAY_OF, SCALARS

__all__ = ["Spoilt", "leaf_paths", "spoilt"]

Type = TypeDef | Member


class Spoilt(NamedTuple):
    """An assignment that has to fail: at this leaf, with this object."""

    path: str
    bad: Any


def leaf_paths(kind: Type, prefix: str = "") -> Iterator[tuple[str, Member]]:
    """Yield the dotted names of the leaves outside unions, Any and arrays, and their Members."""
    for child in kind.members if isinstance(kind, TypeDef) else kind.children:
        path = prefix + child.name
        if child.code == T.Struct:
            yield from leaf_paths(child, path + ".")
        else:
            yield path, child


def _refused(code: T) -> list[Any]:
    if code in SCALARS:
        return list(SCALARS[code].bad)
    if code in ARRAY_OF:
        good, bad = SCALARS[ARRAY_OF[code]].default, SCALARS[ARRAY_OF[code]].bad
        return [[good, wrong, good] for wrong in bad] + [None, 1.5, {"a": 1}, [[good]], object()]
    if code == T.Union:
        return [object(), 1j, {"a": object()}]
    if code == T.Any:
        return [object(), 1j, (T.Int8, 128), (T.Int32A, [1, "x"]), {"a": object()}]
    if code == T.StructA:
        return [[None, {"no such field": 1}], 5, [3], object()]
    return [[None, object()], 5, object()]


def spoilt(kind: TypeDef) -> st.SearchStrategy[Spoilt]:
    """Return assignments to a random leaf that the leaf refuses; nothing for a type without leaves."""
    choices = [Spoilt(path, bad) for path, leaf in leaf_paths(kind) for bad in _refused(leaf.code.code)]
    return st.sampled_from(choices) if choices else st.nothing()
