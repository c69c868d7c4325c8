"""Units, limits and alarms of NTScalar: what they put into a new value."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ._code import is_numeric, scalar
from .form import Form
from .severity import AlarmSeverity

if TYPE_CHECKING:
    from aiopvxs_core.data import TypeCode, Value

__all__ = ["Extras", "initialise_extras"]

_SIDES = ("lowAlarm", "lowWarning", "highWarning", "highAlarm")
_SEVERITIES = (AlarmSeverity.MAJOR, AlarmSeverity.MINOR, AlarmSeverity.MINOR, AlarmSeverity.MAJOR)


class Extras(NamedTuple):
    """What the user gave."""

    units: str | None = None
    precision: int | None = None
    description: str | None = None
    limits: tuple[float, float] | None = None
    alarms: tuple[float | None, float | None, float | None, float | None] | None = None
    hysteresis: float | None = None

    def check(self, code: TypeCode) -> None:
        """Raise ValueError for what makes no sense."""
        for name in ("precision", "limits", "alarms", "hysteresis"):
            if getattr(self, name) is not None and not is_numeric(code):
                raise ValueError(f"{name}= is for numbers, and {code.name()} is none")
        if self.precision is not None and self.precision < 0:
            raise ValueError(f"precision={self.precision}: it has to be 0 or more decimals")
        if self.limits is not None:
            try:
                low, high = self.limits
            except (TypeError, ValueError):
                raise ValueError(f"limits={self.limits}: there are two, (low, high)") from None
            if not low < high:
                raise ValueError(f"limits={self.limits}: the low limit has to be below the high one")
        if self.alarms is not None:
            if len(self.alarms) != 4:
                raise ValueError(f"alarms={self.alarms}: there are four limits, (lolo, low, high, hihi)")
            given = [limit for limit in self.alarms if limit is not None]
            if any(not a <= b for a, b in pairwise(given)):
                raise ValueError(f"alarms={self.alarms}: the limits have to rise, (lolo, low, high, hihi)")
        if self.hysteresis is not None and not 0 <= self.hysteresis < math.inf:
            raise ValueError(f"hysteresis={self.hysteresis}: it has to be 0 or more")

    def fields(self, code: TypeCode) -> dict[str, object]:
        """Return the fields of a new value."""
        fields: dict[str, object] = {}
        if self.units:
            fields["display.units"] = self.units
        if self.description:
            fields["display.description"] = self.description
        if self.precision is not None:
            fields["display.precision"] = self.precision
            fields["display.form.choices"] = [form.choice for form in Form]
        if self.limits is not None:
            for part in ("display", "control"):
                fields[f"{part}.limitLow"], fields[f"{part}.limitHigh"] = self.limits
        if self.alarms is not None:
            self._alarm_fields(code, fields)
        if self.hysteresis is not None:
            fields["valueAlarm.hysteresis"] = self.hysteresis
        return fields

    def _alarm_fields(self, code: TypeCode, fields: dict[str, object]) -> None:
        assert self.alarms is not None
        fields["valueAlarm.active"] = True
        is_float = scalar(code).name() in ("float", "double")
        for side, limit, severity in zip(_SIDES, self.alarms, _SEVERITIES, strict=True):
            fields[f"valueAlarm.{side}Severity"] = 0 if limit is None else int(severity)
            if limit is not None:
                fields[f"valueAlarm.{side}Limit"] = limit
            elif is_float:
                fields[f"valueAlarm.{side}Limit"] = math.nan


def initialise_extras(value: Value, fields: dict[str, object]) -> None:
    """Assign them to a new value."""
    if fields:
        value.assign(fields)
