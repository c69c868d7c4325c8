"""From what a user gives to put() to the value that is sent."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from aiopvxs_core.data import TypeCodeEnum, Value
from aiopvxs_core.errors import FieldLookupError, NoConvert

__all__ = ["build_put_value", "needs_present"]


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
    empty = prototype.cloneEmpty() if present else prototype
    if needs_present(given):
        if not present:
            return None
        given = _call_builder(name, given, prototype)  # type: ignore[arg-type]
    if isinstance(given, Value):
        empty.assign(given)
    elif isinstance(given, Mapping):
        if _is_choice(empty, given.get("value")):
            if not present:
                return None
            given = dict(given) | {"value": {"index": _index_of(name, given["value"], prototype)}}
        empty.assign(given)
    else:
        field = empty.get("value")
        if field is None:
            raise FieldLookupError(f"put {name!r}: the PV has no field 'value'; name its fields in a dict")
        if _is_enum(field):
            if isinstance(given, str) and not present:
                return None
            empty["value.index"] = _index_of(name, given, prototype)
        else:
            empty["value"] = given
    return empty


def _call_builder(name: str, builder: Callable[[Value], object], present: Value) -> object:
    present.unmark()
    built = builder(present)
    if built is None:
        raise TypeError(f"put {name!r}: the builder returned None, not the value to put")
    return built


def _is_enum(field: Value) -> bool:
    """Tell an enum_t (index and choices) by its shape, whatever its id says."""
    if field.type() != TypeCodeEnum.Struct:
        return False
    choices = field.get("choices")
    return field.get("index") is not None and choices is not None and choices.type() == TypeCodeEnum.StringA


def _is_choice(value: Value, given: object) -> bool:
    field = value.get("value")
    return isinstance(given, str) and field is not None and _is_enum(field)


def _index_of(name: str, given: object, present: Value) -> int:
    if isinstance(given, str):
        choices = present.as_string_list("value.choices")
        if given not in choices:
            raise ValueError(f"put {name!r}: {given!r} is no choice of this PV; its choices are {choices}")
        return choices.index(given)
    try:
        return operator.index(given)  # type: ignore[arg-type]
    except TypeError:
        raise NoConvert(
            f"put {name!r}: an enum takes an index or a choice, not {type(given).__name__}"
        ) from None
