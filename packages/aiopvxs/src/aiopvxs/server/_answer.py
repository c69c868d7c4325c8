"""From what a handler returns to what its client gets."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from aiopvxs_core.data import Member, TypeCodeEnum, TypeDef, Value
from aiopvxs_core.errors import NoConvert

from .._fill import is_structure

__all__ = ["rpc_value"]

# An element takes the type of the Python object, and tells it.
_ANYTHING = TypeDef(TypeCodeEnum.Struct, [Member(TypeCodeEnum.AnyA, "value")])
_NT_SCALAR = "epics:nt/NTScalar:1.0"
# Those that have one type whatever they are: what services return most.
_PLAIN: dict[type, TypeDef] = {
    kind: TypeDef(TypeCodeEnum.Struct, [Member(code, "value")], id=_NT_SCALAR)
    for kind, code in ((float, TypeCodeEnum.Float64), (bool, TypeCodeEnum.Bool), (str, TypeCodeEnum.String))
}


def rpc_value(given: object) -> Value:
    """Return the answer to an RPC.

    Args:
        given: a structure Value; a dict or dataclass, whose types follow from the Python objects; or anything
            else that has a type by itself, which becomes the field ``value`` of an NTScalar or its like.

    Raises:
        NoConvert: no type follows from it.
    """
    if is_structure(given):
        assert isinstance(given, Value)
        return given
    if (ready := _PLAIN.get(type(given))) is not None:
        made = ready.create()
        made["value"] = given
        return made
    if dataclasses.is_dataclass(given) and not isinstance(given, type):
        given = {field.name: getattr(given, field.name) for field in dataclasses.fields(given)}
    if isinstance(given, Mapping):
        return _structure("", given)
    plain = _typed("value", given)
    code = plain.type()
    known = code.scalar not in (TypeCodeEnum.Struct, TypeCodeEnum.Union, TypeCodeEnum.Any)
    identity = f"epics:nt/NTScalar{'Array' if code.is_array else ''}:1.0" if known else ""
    return _structure("", {"value": plain}, identity)


def _structure(path: str, fields: Mapping[str, object], identity: str = "") -> Value:
    typed: dict[str, Value] = {}
    members = []
    for name, each in fields.items():
        if not isinstance(name, str):
            raise NoConvert(f"The result of an RPC has fields named by str, not by {name!r}")
        typed[name] = each if isinstance(each, Value) else _typed(f"{path}{name}", each)
        members.append(TypeDef.from_value(typed[name]).member(name))
    value = TypeDef(TypeCodeEnum.Struct, members, id=identity).create()
    value.assign(typed)
    return value


def _typed(path: str, given: object) -> Value:
    if dataclasses.is_dataclass(given) and not isinstance(given, type):
        given = {field.name: getattr(given, field.name) for field in dataclasses.fields(given)}
    if isinstance(given, Mapping):
        value = _structure(f"{path}.", given)
    else:
        holder = _ANYTHING.create()
        try:
            holder["value"] = [given]
        except NoConvert as exc:
            raise NoConvert(f"The result of an RPC: no type follows from {path}={given!r}: {exc}") from None
        (found,) = holder["value"]
        if not isinstance(found, Value):
            raise NoConvert(f"The result of an RPC: {path} is None, from which no type follows")
        value = found
    value.mark()
    return value
