"""NTAggregate: what became of many values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from aiopvxs_core.data import Member, TypeCodeEnum, TypeDef

from ._builder import Builder
from ._shape import COMMON, TIME, optional, required
from .alarm import alarm
from .readings import ScalarReading
from .time import time
from .timestamp import Timestamp

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["AggregateReading", "NTAggregate"]

_T = TypeCodeEnum


class AggregateReading(ScalarReading[float]):
    """The mean of many values, and more of them (NTAggregate). What has no field is None."""

    __slots__ = ()

    @property
    def n(self) -> int:
        """How many values there were: the field N."""
        return self._raw.as_int("N")

    @property
    def dispersion(self) -> float | None:
        """How far they were from each other; which measure it is, the server knows."""
        return self._number("dispersion")

    @property
    def first(self) -> float | None:
        """The first value."""
        return self._number("first")

    @property
    def first_timestamp(self) -> Timestamp | None:
        """The time of the first value."""
        return self._time("firstTimeStamp")

    @property
    def last(self) -> float | None:
        """The last value."""
        return self._number("last")

    @property
    def last_timestamp(self) -> Timestamp | None:
        """The time of the last value."""
        return self._time("lastTimeStamp")

    @property
    def max(self) -> float | None:
        """The greatest value."""
        return self._number("max")

    @property
    def min(self) -> float | None:
        """The smallest value."""
        return self._number("min")

    def _number(self, field: str) -> float | None:
        found: float | None = self._raw.as_py(field, default=None)
        return found

    def _time(self, field: str) -> Timestamp | None:
        seconds: Any = self._raw.as_py(f"{field}.secondsPastEpoch", default=None)
        if seconds is None:
            return None
        return Timestamp._of(seconds, self._raw.as_int(f"{field}.nanoseconds", 0), 0)


class NTAggregate(Builder):
    """What became of many values: their mean, number, dispersion and so on.

    ``epics:nt/NTAggregate:1.0``.
    """

    __slots__ = ("extra",)
    _rules = (
        required("value", _T.Float64),
        required("N", _T.Int64),
        *(optional(field, _T.Float64) for field in ("dispersion", "first", "last", "max", "min")),
        *(optional(field, TIME) for field in ("firstTimeStamp", "lastTimeStamp")),
        *COMMON,
    )
    _reading = AggregateReading

    def __init__(self, *, extra: Iterable[Member] = ()) -> None:
        """Choose the options.

        Args:
            extra: further members, after the others.
        """
        self.extra = tuple(extra)

    def build(self) -> TypeDef:
        """Return the type; equal options give equal TypeDefs."""
        members = [
            Member(_T.Float64, "value"),
            Member(_T.Int64, "N"),
            Member(_T.Float64, "dispersion"),
            Member(_T.Float64, "first"),
            time("firstTimeStamp"),
            Member(_T.Float64, "last"),
            time("lastTimeStamp"),
            Member(_T.Float64, "max"),
            Member(_T.Float64, "min"),
            Member(_T.String, "descriptor"),
            alarm(),
            time(),
            *self.extra,
        ]
        return TypeDef(_T.Struct, members, id="epics:nt/NTAggregate:1.0")

    @classmethod
    def _wrong_contents(cls, value: Value) -> str | None:
        count = value.as_int("N")
        return f"N is {count}, and cannot be negative" if count < 0 else None
