"""pvRequests from the options of get() and put()."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from aiopvxs_core.client import Request

__all__ = ["ALL", "make_request"]

Process = bool | str | None


def make_request(
    *,
    fields: str | Iterable[str] | None = None,
    request: str | None = None,
    process: Process = None,
    wait: bool | None = None,
) -> Request:
    """Return the pvRequest for these options; equal options give the same object.

    Args:
        fields: field names, as an iterable or separated by commas; None asks for all.
        request: a whole pvRequest expression, instead of the other options.
        process: ``record._options.process``: True, False or "passive".
        wait: ``record._options.block``.

    Raises:
        ValueError: a malformed expression or field name, contradicting options, an unknown ``process``.
    """
    if request is not None:
        if fields is not None or process is not None or wait is not None:
            raise ValueError(
                "request= is a whole pvRequest: fields, process and wait cannot be given with it"
            )
        return _parsed(request)
    if process not in (None, True, False, "passive"):
        raise ValueError(f"process is {process!r}: it may be True, False or 'passive'")
    if fields is None:
        names: tuple[str, ...] = ()
    elif isinstance(fields, str):
        names = tuple(name.strip() for name in fields.split(","))
    else:
        names = tuple(fields)
    return _built(names, process, wait)


@lru_cache(maxsize=256)
def _parsed(expression: str) -> Request:
    exclusive = "process" in expression  # at worst a get that could be shared is not
    try:
        return Request.parse(expression, exclusive)
    except RuntimeError as exc:
        raise ValueError(f"The request {expression!r} is malformed: {exc}") from None


@lru_cache(maxsize=256)
def _built(names: tuple[str, ...], process: Process, wait: bool | None) -> Request:
    for name in names:
        if not all(part.isidentifier() for part in name.split(".")):
            raise ValueError(f"{name!r} is no field name; a field is named like 'value' or 'alarm.severity'")
    options = []
    if process is not None:
        options.append(("process", process if isinstance(process, str) else str(process).lower()))
    if wait is not None:
        options.append(("block", str(wait).lower()))
    return Request(list(names), options, process is not None)


#: The pvRequest of an operation without options.
ALL = make_request()
