"""pvRequests from the options of get() and put()."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from aiopvxs_core.client import Request

from .._fill import is_numpy_bool

__all__ = ["ALL", "field_names", "make_request", "switch"]

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
        ValueError: a malformed expression or field name, contradicting options, or what is none at all.
    """
    if request is not None:
        if fields is not None or process is not None or wait is not None:
            raise ValueError(
                "request= is a whole pvRequest: fields, process and wait cannot be given with it"
            )
        if not isinstance(request, str):
            raise ValueError(f"request is {request!r}: it has to be a pvRequest expression, a str")
        return _parsed(request)
    passive = isinstance(process, str) and process == "passive"
    return _built(
        field_names(fields),
        "passive" if passive else switch("process", process, "True, False or 'passive'"),
        switch("wait", wait, "True or False"),
    )


def field_names(fields: str | Iterable[str] | None) -> tuple[str, ...]:
    """Return the names of fields that a user gave; () for None, which means all.

    Raises:
        ValueError: they are no field names, or there are none.
    """
    if fields is None:
        return ()
    if isinstance(fields, str):
        return _split(fields)
    given: object = fields
    names = [*given] if isinstance(given, Iterable) and not isinstance(given, bytes) else []
    if not names:
        raise ValueError(
            f"fields is {fields!r}: give field names, separated by commas or as an iterable, or None for all"
        )
    return tuple(map(_field_name, names))


@lru_cache(maxsize=256)
def _split(fields: str) -> tuple[str, ...]:
    return tuple(map(_field_name, fields.split(",")))


def _field_name(given: object) -> str:
    name = given.strip() if isinstance(given, str) else ""
    if not all(part.isidentifier() for part in name.split(".")):
        raise ValueError(f"{given!r} is no field name; a field is named like 'value' or 'alarm.severity'")
    return name


def switch(option: str, given: object, choices: str) -> bool | None:
    """Return an option that is on, off or not given; numpy's bools are bools too.

    Raises:
        ValueError: it is something else.
    """
    if given is None or isinstance(given, bool):
        return given
    if is_numpy_bool(given):
        return bool(given)
    raise ValueError(f"{option} is {given!r}: it may be {choices}")


@lru_cache(maxsize=256)
def _parsed(expression: str) -> Request:
    exclusive = "process" in expression  # at worst a get that could be shared is not
    try:
        expression.encode()
        return Request.parse(expression, exclusive)
    except (RuntimeError, UnicodeEncodeError) as exc:
        raise ValueError(f"The request {expression!r} is malformed: {exc}") from None


@lru_cache(maxsize=256)
def _built(names: tuple[str, ...], process: Process, wait: bool | None) -> Request:
    options = []
    if process is not None:
        options.append(("process", process if isinstance(process, str) else str(process).lower()))
    if wait is not None:
        options.append(("block", str(wait).lower()))
    return Request(list(names), options, process is not None)


#: The pvRequest of an operation without options.
ALL = make_request()
