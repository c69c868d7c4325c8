"""NTAttribute: a named value of any type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aiopvxs_core.data import Member, TypeCodeEnum, TypeDef

from ._builder import Builder
from ._shape import COMMON, any_or_union, optional, required
from .alarm import alarm
from .reading import Reading
from .time import time

__all__ = ["AttributeReading", "NTAttribute"]

_T = TypeCodeEnum


class AttributeReading(Reading[Any]):
    """A named value of any type (NTAttribute)."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """Its name."""
        return self._raw.as_string("name")

    @property
    def tags(self) -> list[str]:
        """Its tags; empty where there is no such field."""
        found: list[str] = self._raw.as_py("tags", default=None) or []
        return found


class NTAttribute(Builder):
    """A named value of any type.

    ``epics:nt/NTAttribute:1.0``.
    """

    __slots__ = ("extra",)
    _rules = (
        required("name", _T.String),
        required("value", any_or_union()),
        optional("tags", _T.StringA),
        *COMMON,
    )
    _reading = AttributeReading

    def __init__(self, *, extra: Iterable[Member] = ()) -> None:
        """Choose the options.

        Args:
            extra: further members, after the others.
        """
        self.extra = tuple(extra)

    def build(self) -> TypeDef:
        """Return the type; equal options give equal TypeDefs."""
        members = [
            Member(_T.String, "name"),
            Member(_T.Any, "value"),
            Member(_T.StringA, "tags"),
            Member(_T.String, "descriptor"),
            alarm(),
            time(),
            *self.extra,
        ]
        return TypeDef(_T.Struct, members, id="epics:nt/NTAttribute:1.0")
