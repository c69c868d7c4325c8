"""Random types."""

from __future__ import annotations

from random import Random

from aiopvxs_core.data import Member, TypeDef
from aiopvxs_core.data import TypeCodeEnum as T

__all__ = ["CODES", "LEAVES", "WITH_MEMBERS", "names_of", "structure", "type_def"]

CODES: list[T] = [code for code in T if code != T.Null]
WITH_MEMBERS: list[T] = [T.Struct, T.Union, T.StructA, T.UnionA]
LEAVES: list[T] = [code for code in CODES if code not in WITH_MEMBERS]
_NAMES = ["a", "b", "c", "value", "type", "index", "long_name_of_a_field", "_"]
_DEEPEST = 5


def structure(rng: Random) -> TypeDef:
    """Return a structure with every kind of field likely."""
    return TypeDef(T.Struct, _members(rng, 1, 6), rng.choice(["", "t"]))


def type_def(rng: Random, depth: int = 1) -> TypeDef:
    """Return any type."""
    code = _code(rng, depth)
    return TypeDef(code, _members(rng, depth + 1, 3) if code in WITH_MEMBERS else ())


def _code(rng: Random, depth: int) -> T:
    groups = [LEAVES] if depth >= _DEEPEST else [CODES, LEAVES, WITH_MEMBERS]
    return rng.choice(rng.choice(groups))


def _members(rng: Random, depth: int, most: int) -> list[Member]:
    names = rng.sample(_NAMES, rng.randint(0, min(most, len(_NAMES))))
    return [_member(rng, name, depth) for name in names]


def _member(rng: Random, name: str, depth: int) -> Member:
    code = _code(rng, depth)
    return Member(code, name, _members(rng, depth + 1, 3) if code in WITH_MEMBERS else ())


def names_of(kind: TypeDef | Member, prefix: str = "") -> list[str]:
    """Return paths that exist, or may exist once something is selected or has elements."""
    found = []
    for child in kind.members if isinstance(kind, TypeDef) else kind.children:
        path = prefix + child.name
        after = {T.Union: "->", T.StructA: "[0].", T.UnionA: "[0]->"}.get(child.code.code, ".")
        found += [path, *names_of(child, path + after)]
        if child.code.is_array:
            found.append(path + "[0]")
    return found
