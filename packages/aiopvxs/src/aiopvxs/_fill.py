"""From what a user gives to put(), open() or post() to a value of the PV's type."""

from __future__ import annotations

import enum
import operator
from collections.abc import Callable, Mapping

from aiopvxs_core.data import TypeCodeEnum, Value
from aiopvxs_core.errors import FieldLookupError, NoConvert

__all__ = ["fill", "is_enum", "is_numpy_bool", "is_structure"]


def is_structure(given: object) -> bool:
    """Tell a Value with fields from a leaf, which stands for its plain value."""
    return isinstance(given, Value) and given.type() == TypeCodeEnum.Struct


def fill(label: str, value: Value, given: object, choices: Callable[[], list[str]]) -> Value:
    """Assign what a user gave to an empty Value.

    Args:
        label: the PV in messages.
        value: the empty value; returned.
        given: a plain value for the field ``value`` (for an enum: an index or a choice), or a dict of
            fields.
        choices: gives the present choices where the PV is an enum; called only if needed.

    Raises:
        NoConvert, FieldLookupError: ``given`` does not fit the PV's type.
        ValueError: a string that is none of the choices.
    """
    if isinstance(given, Mapping):
        fields = dict(given)
        plain = fields.get("value")
        if "value" in fields and not isinstance(plain, Mapping) and is_enum(value.get("value")):
            own = fields.get("value.choices")
            fields["value"] = {"index": _index(label, plain, choices if own is None else lambda: list(own))}
        value.assign(fields)
        return value
    field = value.get("value")
    if field is None:
        raise FieldLookupError(f"{label} has no field 'value' for a plain value; name its fields in a dict")
    if is_enum(field):
        value["value.index"] = _index(label, given, choices)
    else:
        value["value"] = given
    return value


def is_enum(field: Value | None) -> bool:
    """Tell an enum_t (index and choices) by its shape, whatever its id says."""
    if field is None or field.type() != TypeCodeEnum.Struct or field.get("index") is None:
        return False
    choices = field.get("choices")
    return choices is not None and choices.type() == TypeCodeEnum.StringA


def is_numpy_bool(given: object) -> bool:
    """Tell numpy's bool, which is no index as Python's is, without importing numpy."""
    return getattr(getattr(given, "dtype", None), "kind", None) == "b" and getattr(given, "ndim", 1) == 0


def _index(label: str, given: object, choices: Callable[[], list[str]]) -> int:
    if isinstance(given, Value):
        given = given.as_py()
    elif isinstance(given, enum.Enum):
        given = given.value
    elif is_numpy_bool(given):
        given = bool(given)
    if isinstance(given, str):
        known = choices()
        if given not in known:
            raise ValueError(f"{given!r} is no choice of {label}; its choices are {known}")
        return known.index(given)
    try:
        return operator.index(given)  # type: ignore[arg-type]
    except TypeError:
        raise NoConvert(
            f"{label} is an enum, which takes an index or a choice, not a {type(given).__name__}"
        ) from None
