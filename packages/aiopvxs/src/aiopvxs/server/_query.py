"""What an RPC is asked with."""

from __future__ import annotations

from aiopvxs_core.data import TypeCodeEnum, Value

__all__ = ["query_of"]


def query_of(argument: Value) -> dict[str, object]:
    """Return the arguments of an RPC by name.

    Args:
        argument: an NTURI, by its shape, whose query is meant; another structure, whose fields are; or Null.
    """
    if argument.type() != TypeCodeEnum.Struct:
        return {}
    query = argument.get("query")
    if argument.get("path") is None or query is None or query.type() != TypeCodeEnum.Struct:
        query = None if argument.get("path") is not None and argument.get("scheme") is not None else argument
    if query is None:
        return {}
    return query.as_dict()
