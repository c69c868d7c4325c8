"""From what a handler returns to what its client gets."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence

from aiopvxs_core.data import Member, TypeCodeEnum, TypeDef, Value
from aiopvxs_core.errors import NoConvert

from ._assigned import structure_of
from ._rows import struct_array

__all__ = ["is_empty", "rpc_value"]

# An element takes the type of the Python object, and tells it.
_ANYTHING = TypeDef(TypeCodeEnum.Struct, [Member(TypeCodeEnum.AnyA, "value")])
_NT_SCALAR = "epics:nt/NTScalar:1.0"
# Those that have one type whatever they are: what services return most.
_PLAIN: dict[type, TypeDef] = {
    kind: TypeDef(TypeCodeEnum.Struct, [Member(code, "value")], id=_NT_SCALAR)
    for kind, code in ((float, TypeCodeEnum.Float64), (bool, TypeCodeEnum.Bool), (str, TypeCodeEnum.String))
}


def is_empty(given: object) -> bool:
    """Tell what is no result: None, or a Value that is Null, as another server may have answered."""
    return given is None or (isinstance(given, Value) and given.type() == TypeCodeEnum.Null)


def rpc_value(given: object) -> Value:
    """Return the answer to an RPC.

    Args:
        given: a structure Value or a reading; a dict, whose types follow from the Python objects; a model,
            whose types follow from its annotations where they say any; or anything else that has a type by
            itself, which becomes the field ``value`` of an NTScalar or its like: a list of dicts or models an
            array of structures.

    Raises:
        NoConvert: no type follows from it.
    """
    if (ready := _PLAIN.get(type(given))) is not None:
        value = ready.create()
        value["value"] = given
        return value
    if (structure := structure_of(given)) is not None:
        return structure
    if (made := _made(given)) is not None:
        return made
    plain = _typed("value", given)
    code = plain.type()
    known = code.scalar not in (TypeCodeEnum.Struct, TypeCodeEnum.Union, TypeCodeEnum.Any)
    identity = f"epics:nt/NTScalar{'Array' if code.is_array else ''}:1.0" if known else ""
    return _structure("", {"value": plain}, identity)


def _made(given: object) -> Value | None:
    """Return the structure that something stands for; None if it stands for none."""
    if isinstance(given, Mapping):
        return _structure("", given)
    if (part := _part(given)) is not None:
        return part
    from aiopvxs_nt.model import dump, is_model, type_of

    if is_model(given):
        try:
            type_of(type(given))
        except TypeError:
            pass  # its annotations say no types, so its contents have to
        else:
            return dump(given)
    if dataclasses.is_dataclass(given) and not isinstance(given, type):
        return _structure("", {field.name: getattr(given, field.name) for field in dataclasses.fields(given)})
    return None


def _structure(path: str, fields: Mapping[str, object], identity: str = "") -> Value:
    typed: dict[str, Value] = {}
    members = []
    for name, each in fields.items():
        if not isinstance(name, str):
            raise NoConvert(f"The result of an RPC has fields named by str, not by {name!r}")
        if isinstance(each, Value) and not is_empty(each):
            typed[name] = each
        else:
            typed[name] = _typed(f"{path}{name}", each)
        members.append(TypeDef.from_value(typed[name]).member(name))
    value = TypeDef(TypeCodeEnum.Struct, members, id=identity).create()
    value.assign(typed)
    return value


def _typed(path: str, given: object) -> Value:
    if (value := structure_of(given)) is None:
        value = _structure(f"{path}.", given) if isinstance(given, Mapping) else _made(given)
    if value is None and isinstance(given, (list, tuple)):
        value = _rows(path, given)
    if (
        value is None
        and isinstance(given, Value)
        and given.type() == TypeCodeEnum.Any
        and given.as_py() is None
    ):
        value = given.clone()  # its type is to have none
    if value is None:
        value = _plain(path, given)
    value.mark()
    return value


def _is_empty_any(given: object) -> bool:
    return isinstance(given, Value) and given.type() == TypeCodeEnum.Any and given.as_py() is None


def _part(given: object) -> Value | None:
    """Return a time_t or an alarm_t."""
    from aiopvxs_nt import Alarm, Timestamp, assign
    from aiopvxs_nt.alarm import alarm
    from aiopvxs_nt.time import time

    if isinstance(given, (datetime.datetime, Timestamp)):
        member = time("value")
    elif isinstance(given, Alarm):
        member = alarm("value")
    else:
        return None
    holder = TypeDef(TypeCodeEnum.Struct, [member]).create()
    assign(holder, {"value": given})
    return holder["value"]


def _rows(path: str, given: Sequence[object]) -> Value | None:
    """Return an array of structures; None if these are something else."""
    rows: list[Value | None] = []
    for each in given:
        row = None
        if each is not None:
            row = structure_of(each)
            if row is None:
                row = _made(each)
            if row is None:
                return None
        rows.append(row)
    if all(row is None for row in rows):
        return None
    return struct_array(path, rows)


def _plain(path: str, given: object) -> Value:
    holder = _ANYTHING.create()
    try:
        holder["value"] = [given]
    except NoConvert as exc:
        raise NoConvert(f"The result of an RPC: no type follows from {path}={given!r}: {exc}") from None
    (found,) = holder["value"]
    if not isinstance(found, Value):
        raise NoConvert(f"The result of an RPC: {path} is None, from which no type follows")
    return found
