"""NTEnum: one of several choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from aiopvxs_core.data import Member, TypeCodeEnum, TypeDef, Value

from ._builder import Builder, is_structure
from .alarm import alarm
from .enum import enum
from .time import time

__all__ = ["NTEnum"]


class NTEnum(Builder):
    """An index into a list of choices, with alarm and time stamp.

    ``epics:nt/NTEnum:1.0`` (``pvxs::nt::NTEnum``).
    """

    __slots__ = ("extra",)

    def __init__(self, *, extra: Iterable[Member] = ()) -> None:
        """Choose the options.

        Args:
            extra: further members, after the others.
        """
        self.extra = tuple(extra)

    def build(self) -> TypeDef:
        """Return the type; equal options give the same TypeDef."""
        return _build(self.extra)

    def _assign(self, value: Value, initial: object) -> None:
        if is_structure(initial):
            value.assign(initial)
            return
        fields = dict(initial) if isinstance(initial, Mapping) else {"value": initial}
        chosen = fields.get("value")
        if chosen is None or isinstance(chosen, Mapping) or is_structure(chosen):
            value.assign(fields)
            return
        del fields["value"]
        value.assign(fields)
        value["value.index"] = _index_of(chosen, value)

    def __repr__(self) -> str:
        return "NTEnum()"


def _index_of(chosen: object, value: Value) -> object:
    """Return the index of a choice; an index is itself."""
    if not isinstance(chosen, str):
        return chosen
    choices = value.as_string_list("value.choices")
    if chosen not in choices:
        raise ValueError(f"{chosen!r} is not among the choices {choices}")
    return choices.index(chosen)


@lru_cache(maxsize=64)
def _build(extra: tuple[Member, ...]) -> TypeDef:
    display = Member(TypeCodeEnum.Struct, "display", [Member(TypeCodeEnum.String, "description")])
    members = [enum("value"), alarm(), time(), display, *extra]
    return TypeDef(TypeCodeEnum.Struct, members, id="epics:nt/NTEnum:1.0")
