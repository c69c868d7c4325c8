"""What a field is, by its shape and whatever its id says."""

from __future__ import annotations

from aiopvxs_core.data import TypeCodeEnum, Value

__all__ = ["is_enum", "is_numpy_bool", "is_text", "is_time", "is_value"]


def is_enum(field: Value | None) -> bool:
    """Tell an enum_t: index and choices."""
    if field is None or field.type() != TypeCodeEnum.Struct or field.get("index") is None:
        return False
    choices = field.get("choices")
    return choices is not None and choices.type() == TypeCodeEnum.StringA


def is_time(field: Value | None) -> bool:
    """Tell a time_t: secondsPastEpoch and nanoseconds."""
    return (
        field is not None
        and field.type() == TypeCodeEnum.Struct
        and field.get("secondsPastEpoch") is not None
        and field.get("nanoseconds") is not None
    )


def is_numpy_bool(given: object) -> bool:
    """Tell numpy's bool, which is no index as Python's is, without importing numpy."""
    return getattr(getattr(given, "dtype", None), "kind", None) == "b" and getattr(given, "ndim", 1) == 0


def is_value(given: object) -> bool:
    """Tell a Value; what is annotated as one may be anything."""
    return isinstance(given, Value)


def is_text(given: object) -> bool:
    """Tell a str, which is a Sequence too."""
    return isinstance(given, str)
