"""What pvxs itself cannot do."""

from __future__ import annotations

from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_core.data import Value

__all__ = ["gettable"]

_COMPOUND = {T.Union, T.StructA, T.UnionA, T.AnyA}


def gettable(value: Value) -> bool:
    """Tell whether a client based on pvxs can get this structure.

    It copies what a union or Any of a reply holds into the operation's cache, by Value::clone(), which throws
    for unions and for arrays of structures, unions and Any. Then it drops the connection.
    """
    for field in value:
        if field.type() == T.Struct and not gettable(field):
            return False
        if field.type() in {T.Union, T.Any} and not _clonable(_content(field)):
            return False
    return True


def _content(field: Value) -> Value | None:
    """Return what a union or Any holds."""
    return field.get("->") if field.type() == T.Any else field.get(f"->{field.selected}")


def _clonable(content: Value | None) -> bool:
    if content is None or content.type() != T.Struct:
        return content is None or content.type() not in _COMPOUND
    return all(_clonable_leaf(field) for field in content)


def _clonable_leaf(field: Value) -> bool:
    """Tell whether clone() takes a field of a structure that a union or Any holds."""
    if field.type() == T.Struct:
        return all(_clonable_leaf(inner) for inner in field)
    if field.type() != T.Union:
        return field.type() != T.UnionA or len(field) == 0
    if field.selected is None or not _clonable(_content(field)):
        return False
    # it goes to the first member of its type
    members = {member.name: member for member in field.typedef().members}
    chosen = members[field.selected]
    shape = (chosen.code, _shape(chosen.children))
    first = next(name for name, member in members.items() if (member.code, _shape(member.children)) == shape)
    return first == field.selected


def _shape(members: tuple[object, ...]) -> tuple[object, ...]:
    """Return what makes types equal to pvxs: codes and names, ids aside."""
    return tuple((member.name, member.code, _shape(member.children)) for member in members)  # type: ignore[attr-defined]
