"""What an RPC is given: a Value, or a query built of Python values."""

from __future__ import annotations

from collections.abc import Mapping

from aiopvxs_core.data import Member, TypeCodeEnum, TypeDef, Value
from aiopvxs_core.errors import NoConvert
from aiopvxs_core.sendable import check_depth

__all__ = ["make_argument"]

# An element takes the type of the Python object, and tells it.
_ANYTHING = TypeDef(TypeCodeEnum.Struct, [Member(TypeCodeEnum.AnyA, "value")])
_URI = tuple(Member(TypeCodeEnum.String, name) for name in ("scheme", "authority", "path"))


def make_argument(name: str, args: object, query: Mapping[str, object]) -> Value | None:
    """Return the argument of an RPC.

    Args:
        name: of the PV, the path of an NTURI.
        args: a Value that is sent as it is; a dict, the query of an NTURI; or None.
        query: more of the query, by keyword.

    Raises:
        TypeError: ``args`` is something else, or a Value that is no structure, or has a key that is no str.
        ValueError: a query argument is given twice, or beside a Value, or named as no field can be.
        NoConvert: an argument of the query is no PVA data.
    """
    what = f"rpc {name!r}"
    if isinstance(args, Value):
        if query:
            raise ValueError(
                f"{what}: its argument is a Value, which is sent as it is; {', '.join(query)} cannot be added"
            )
        if args.type() != TypeCodeEnum.Struct:
            raise TypeError(f"{what}: its argument is a structure, not a Value of type {args.type().name()}")
        check_depth(args, f"The argument of {what}")
        return args
    if args is None:
        if not query:
            return None
        args = {}
    if not isinstance(args, Mapping):
        raise TypeError(f"{what}: its argument is a dict, the query, or a Value, not a {type(args).__name__}")
    if twice := [key for key in query if key in args]:
        raise ValueError(f"{what}: {', '.join(twice)} is given in the dict and by keyword")
    return _uri(name, what, {**args, **query})


def _uri(name: str, what: str, query: Mapping[str, object]) -> Value:
    """Return an NTURI of the arguments, each of the type that its Python value has by itself."""
    typed = {_key(what, key): _typed(what, key, given) for key, given in query.items()}
    try:
        members = [TypeDef.from_value(value).member(key) for key, value in typed.items()]
    except ValueError as exc:
        raise ValueError(f"{what}: {exc}") from None
    uri = TypeDef(
        TypeCodeEnum.Struct,
        [*_URI, Member(TypeCodeEnum.Struct, "query", members)],
        id="epics:nt/NTURI:1.0",
    ).create()
    uri.assign({"scheme": "pva", "path": name, "query": typed})
    check_depth(uri, f"The argument of {what}")
    return uri


def _key(what: str, key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"{what}: its arguments are named by str, not by {key!r}")
    return key


def _typed(what: str, key: str, given: object) -> Value:
    holder = _ANYTHING.create()
    try:
        holder["value"] = [given]
    except NoConvert as exc:
        raise NoConvert(f"{what}: no type follows from the argument {key}={given!r}: {exc}") from None
    (value,) = holder["value"]
    if not isinstance(value, Value):
        raise NoConvert(f"{what}: the argument {key} is None, from which no type follows: leave it out")
    value.mark()
    return value
