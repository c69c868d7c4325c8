"""What pvxs itself cannot do."""

from __future__ import annotations

from typing import Any

from aiopvxs_core.data import Member, TypeDef
from aiopvxs_core.data import TypeCodeEnum as T

__all__ = ["gettable"]

Type = TypeDef | Member


def gettable(kind: Type, given: Any) -> bool:
    """Tell whether a client based on pvxs can get a structure with these contents.

    It copies what a union or Any of a reply holds into the operation's cache, by Value::clone(), which throws
    for unions and for arrays of structures, unions and Any. Then it drops the connection.
    """
    code = kind.code.code
    if code == T.Struct:
        return all(gettable(child, given[child.name]) for child in _given(kind, given))
    return code not in {T.Union, T.Any} or given is None or _clonable(*_held(kind, given))


def _clonable(kind: Type, given: Any) -> bool:
    code = kind.code.code
    if code == T.Struct:  # received whole, with the fields that were not given
        return all(_clonable_leaf(child, given.get(child.name)) for child in _children(kind))
    return code not in {T.Union, T.StructA, T.UnionA, T.AnyA}


def _clonable_leaf(kind: Member, given: Any) -> bool:
    code = kind.code.code
    if code == T.Union:
        return given is not None and _clonable(*_held(kind, given))
    return _clonable(kind, given or {}) if code == T.Struct else code != T.UnionA


def _children(kind: Type) -> tuple[Member, ...]:
    return kind.members if isinstance(kind, TypeDef) else kind.children


def _given(kind: Type, given: Any) -> list[Member]:
    return [child for child in _children(kind) if child.name in given]


def _held(kind: Type, given: Any) -> tuple[Type, Any]:
    """Return type and contents of what a union or Any holds, from (member, x) or (type, x)."""
    held, inner = given
    if kind.code == T.Union:
        return next(child for child in _children(kind) if child.name == held), inner
    return held if isinstance(held, TypeDef) else TypeDef(held), inner
