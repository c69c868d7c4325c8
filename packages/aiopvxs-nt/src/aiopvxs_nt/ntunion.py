"""NTUnion: a value of one of several types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aiopvxs_core.data import Member, TypeCodeEnum, TypeDef

from ._builder import Builder
from ._shape import COMMON, any_or_union, required
from .alarm import alarm
from .reading import Reading
from .time import time

__all__ = ["NTUnion", "UnionReading"]

_T = TypeCodeEnum


class UnionReading(Reading[Any]):
    """A value of one of several types (NTUnion); ``value`` is None where none is selected."""

    __slots__ = ()

    @property
    def selected(self) -> str | None:
        """The name of the member that is selected; None where none is, and of an Any."""
        field = self._raw["value"]
        return field.selected if field.type() == _T.Union else None


class NTUnion(Builder):
    """A value of one of several types, or of any; of the appendix of the specification.

    ``epics:nt/NTUnion:1.0``.
    """

    __slots__ = ("extra", "members")
    _rules = (required("value", any_or_union()), *COMMON)
    _reading = UnionReading

    def __init__(self, members: Iterable[Member] | None = None, *, extra: Iterable[Member] = ()) -> None:
        """Choose the types.

        Args:
            members: of the union; None: the value is an Any.
            extra: further members, after the others.
        """
        self.members = None if members is None else tuple(members)
        self.extra = tuple(extra)

    def build(self) -> TypeDef:
        """Return the type; equal options give equal TypeDefs."""
        value = Member(_T.Any, "value") if self.members is None else Member(_T.Union, "value", self.members)
        return TypeDef(
            _T.Struct,
            [value, Member(_T.String, "descriptor"), alarm(), time(), *self.extra],
            id="epics:nt/NTUnion:1.0",
        )
