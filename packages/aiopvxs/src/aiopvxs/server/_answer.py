"""From what a handler returns to what its client gets."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiopvxs_core.data import Member, TypeCodeEnum, TypeDef, Value
from aiopvxs_core.errors import NoConvert

from .._fill import fill, is_structure

if TYPE_CHECKING:
    from ._served import Served

__all__ = ["get_value", "rpc_value"]

# An element takes the type of the Python object, and tells it.
_ANYTHING = TypeDef(TypeCodeEnum.Struct, [Member(TypeCodeEnum.AnyA, "value")])


def get_value(pv: Served, given: object) -> Value:
    """Return the answer to a get.

    Args:
        pv: the PV.
        given: None for the present value; a Value of the PV's structure; or a plain value or dict, as for a
            post, laid over the present value.

    Raises:
        NoConvert, FieldLookupError, ValueError: it does not fit the PV.
        Closed: the PV is not open.
    """
    if given is None:
        return pv._core.fetch()
    if is_structure(given):
        assert isinstance(given, Value)
        return given
    present = pv._core.fetch()
    return fill(pv._core.label, present, given, lambda: present.as_string_list("value.choices"))


def rpc_value(given: object) -> Value:
    """Return the answer to an RPC.

    Args:
        given: a structure Value; a dict or dataclass, whose types follow from the Python objects; or anything
            else that has a type by itself, which becomes the field ``value``.

    Raises:
        NoConvert: no type follows from it.
    """
    if is_structure(given):
        assert isinstance(given, Value)
        return given
    if dataclasses.is_dataclass(given) and not isinstance(given, type):
        given = {field.name: getattr(given, field.name) for field in dataclasses.fields(given)}
    if isinstance(given, Mapping):
        return _structure("", given)
    return _structure("", {"value": given})


def _structure(path: str, fields: Mapping[str, object]) -> Value:
    typed: dict[str, Value] = {}
    members = []
    for name, each in fields.items():
        if not isinstance(name, str):
            raise NoConvert(f"The result of an RPC has fields named by str, not by {name!r}")
        typed[name] = _typed(f"{path}{name}", each)
        members.append(TypeDef.from_value(typed[name]).member(name))
    value = TypeDef(TypeCodeEnum.Struct, members).create()
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
