"""NTContinuum: values over a base, such as a spectrum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from aiopvxs_core.data import Member, TypeCodeEnum, TypeDef

from ._builder import Builder
from ._shape import COMMON, required
from .alarm import alarm
from .readings import ArrayReading
from .time import time

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["ContinuumReading", "NTContinuum"]

_T = TypeCodeEnum


class ContinuumReading(ArrayReading[Any]):
    """Values over a base (NTContinuum): ``value`` is an array with a row for each point of the base."""

    __slots__ = ()

    def _read_value(self) -> Any:
        if wrong := NTContinuum._wrong_contents(self._raw):
            raise ValueError(f"NTContinuum: {wrong}")
        count = len(self.units) - 1
        return self._raw.as_array("value").reshape((-1, count)) if count else self._raw.as_array("value")

    @property
    def base(self) -> Any:
        """The points, as an array."""
        return self._raw.as_array("base")

    @property
    def units(self) -> list[str]:
        """The units of each column of ``value``, and at last those of the base."""
        return self._raw.as_string_list("units")


class NTContinuum(Builder):
    """Values over a base: for each of its points one value of each kind, with units of each.

    ``epics:nt/NTContinuum:1.0``.
    """

    __slots__ = ("extra",)
    _rules = (
        required("base", _T.Float64A),
        required("value", _T.Float64A),
        required("units", _T.StringA),
        *COMMON,
    )
    _reading = ContinuumReading

    def __init__(self, *, extra: Iterable[Member] = ()) -> None:
        """Choose the options.

        Args:
            extra: further members, after the others.
        """
        self.extra = tuple(extra)

    def build(self) -> TypeDef:
        """Return the type; equal options give equal TypeDefs."""
        members = [
            Member(_T.Float64A, "base"),
            Member(_T.Float64A, "value"),
            Member(_T.StringA, "units"),
            Member(_T.String, "descriptor"),
            alarm(),
            time(),
            *self.extra,
        ]
        return TypeDef(_T.Struct, members, id="epics:nt/NTContinuum:1.0")

    @classmethod
    def _wrong_contents(cls, value: Value) -> str | None:
        points, count, units = len(value["base"]), len(value["value"]), len(value["units"])
        if not points and not count:
            return None
        if count != points * (units - 1):
            return (
                f"base has {points} points and there are {units} units, one of them for the base: value has "
                f"to have {points * max(units - 1, 0)} elements, and has {count}"
            )
        return None
