"""From what a user gives to write() to the value that is sent."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from aiopvxs_core.data import TypeCodeEnum, Value

from .._fill import is_enum

__all__ = ["Written"]


class Written:
    """An object to be written to a PV by what the PV is (``aiopvxs.nt.assign``)."""

    __slots__ = ("_given",)

    def __init__(self, given: object) -> None:
        self._given = given

    def fill(self, empty: Value, present: Value | None) -> bool:
        """Assign to an empty value; False where that takes the present value, for its choices."""
        from aiopvxs_nt import assign

        given = self._given
        if present is None and _needs_choices(empty, given):
            return False
        if present is None:
            target = empty
        else:
            # assign() looks at the choices; only what it marks is sent
            target = present.clone()
            target.unmark()
        assign(target, given)
        if target is not empty:
            empty.assign(target)
        if not isinstance(given, (Mapping, Value)) and empty.get("labels") is not None:
            # the labels of a table are the server's
            empty.unmark("labels")
        return True


def _needs_choices(value: Value, given: object) -> bool:
    from aiopvxs_nt.model import is_model

    if is_model(given):
        return _has_enum(value)
    fields = given if isinstance(given, Mapping) else {"value": given}
    for name, content in fields.items():
        named = isinstance(content, (str, Enum)) and isinstance(name, str)
        if named and is_enum(value.get(name)) and f"{name}.choices" not in fields:
            return True
    return False


def _has_enum(value: Value) -> bool:
    fields = [field for field in value.values() if field.type() == TypeCodeEnum.Struct]
    return any(is_enum(field) or _has_enum(field) for field in fields)
