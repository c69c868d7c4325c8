"""From what a user gives to put() to the value that is sent."""

from __future__ import annotations

from collections.abc import Callable

from aiopvxs_core.data import Value
from aiopvxs_core.sendable import check_depth

from .._fill import fill, is_structure

__all__ = ["build_put_value", "needs_present"]


class _ChoicesUnknown(Exception):
    """A choice of an enum was given, and the PV's choices are not known."""


def needs_present(given: object) -> bool:
    """Tell whether the present value has to be fetched whatever the PV's type is: for a builder."""
    return callable(given) and not isinstance(given, Value)


def build_put_value(name: str, given: object, prototype: Value, present: bool) -> Value | None:
    """Make the value to send: the leaves that are marked in it are what the server gets.

    Args:
        name: of the PV, for messages.
        given: what the user gave: a plain value, a dict, a Value or a builder.
        prototype: an empty Value of the PV's type, or its present value.
        present: it is the present value.

    Returns:
        The value; None where it can only be made from the present one, which has to be fetched first.

    Raises:
        NoConvert, FieldLookupError: ``given`` does not fit the PV's type.
        ValueError: a string that is none of the PV's enum choices.
    """

    def choices() -> list[str]:
        if not present:
            raise _ChoicesUnknown
        return prototype.as_string_list("value.choices")

    empty = prototype.cloneEmpty() if present else prototype
    if needs_present(given):
        if not present:
            return None
        given = _call_builder(name, given, prototype)  # type: ignore[arg-type]
    subject = f"PV {name!r}"
    if is_structure(given):
        empty.assign(given)
    else:
        try:
            fill(subject, empty, given, choices)
        except _ChoicesUnknown:
            return None
    check_depth(empty, subject)
    return empty


def _call_builder(name: str, builder: Callable[[Value], object], present: Value) -> object:
    present.unmark()
    built = builder(present)
    if built is None:
        raise TypeError(f"put {name!r}: the builder returned None, not the value to put")
    return built
