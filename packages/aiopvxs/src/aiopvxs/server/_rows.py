"""Arrays of structures, of rows that were typed one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aiopvxs_core.data import Member, TypeCodeEnum, TypeDef, Value
from aiopvxs_core.errors import NoConvert

__all__ = ["struct_array"]

_T = TypeCodeEnum


def struct_array(path: str, rows: Sequence[Value | None]) -> Value:
    """Return an array of structures.

    Args:
        path: of the array in messages.
        rows: structures of the same fields, of the same types but for int where others have float; None for
            an element without content.

    Raises:
        NoConvert: the rows differ.
    """
    types = dict.fromkeys(TypeDef.from_value(row) for row in rows if row is not None)
    one = next(iter(types)) if len(types) == 1 else _common(path, types)
    elements: list[Value | None] = []
    for row in rows:
        element = None
        if row is not None:
            element = one.create()
            element.assign(row)
        elements.append(element)
    holder = TypeDef(_T.Struct, [one.member("value", _T.StructA)]).create()
    holder["value"] = elements
    return holder["value"]


def _common(path: str, types: Iterable[TypeDef]) -> TypeDef:
    first, *others = ({member.name: member for member in one.members} for one in types)
    for other in others:
        if set(other) != set(first):
            raise NoConvert(
                f"The result of an RPC: the elements of {path} have different fields, "
                f"{list(first)} and {list(other)}"
            )
    members = [_common_member(path, [one[name] for one in (first, *others)]) for name in first]
    return TypeDef(_T.Struct, members)


def _common_member(path: str, members: list[Member]) -> Member:
    member = members[0]
    if all(other == member for other in members):
        return member
    codes = {other.code for other in members}
    for whole, real in ((_T.Int64, _T.Float64), (_T.Int64A, _T.Float64A)):
        if codes == {whole, real}:
            return Member(real, member.name)
    told = " and ".join(sorted(code.name() for code in codes))
    raise NoConvert(f"The result of an RPC: {member.name} in the elements of {path} is {told}")
