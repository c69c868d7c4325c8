"""Limits beyond which a value is in alarm: valueAlarm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiopvxs_core.data import Member, TypeCodeEnum, TypeCodeLike

from ._code import scalar
from ._limits import Limits, limits_of
from .severity import AlarmSeverity

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["ValueAlarm", "value_alarm"]


@dataclass(frozen=True)
class ValueAlarm:
    """Limits beyond which a value is in alarm; None where a pair is not set."""

    active: bool = False
    alarm_limits: Limits | None = None
    warning_limits: Limits | None = None
    low_alarm_severity: AlarmSeverity = AlarmSeverity.NO_ALARM
    low_warning_severity: AlarmSeverity = AlarmSeverity.NO_ALARM
    high_warning_severity: AlarmSeverity = AlarmSeverity.NO_ALARM
    high_alarm_severity: AlarmSeverity = AlarmSeverity.NO_ALARM
    hysteresis: float = 0.0


def read_value_alarm(value: Value) -> ValueAlarm:
    """Read a valueAlarm structure."""
    severities = [AlarmSeverity(value.as_int(name, 0)) for name in _SEVERITIES]
    return ValueAlarm(
        value.as_bool("active", False),
        limits_of(value, "lowAlarmLimit", "highAlarmLimit"),
        limits_of(value, "lowWarningLimit", "highWarningLimit"),
        severities[0],
        severities[1],
        severities[2],
        severities[3],
        value.as_float("hysteresis", 0.0),
    )


_LIMITS = ("lowAlarmLimit", "lowWarningLimit", "highWarningLimit", "highAlarmLimit")
_SEVERITIES = ("lowAlarmSeverity", "lowWarningSeverity", "highWarningSeverity", "highAlarmSeverity")


def value_alarm(code: TypeCodeLike, *, name: str = "valueAlarm") -> Member:
    """Define the valueAlarm structure for a numeric value of type ``code``."""
    return Member(
        TypeCodeEnum.Struct,
        name,
        [
            Member(TypeCodeEnum.Bool, "active"),
            *(Member(scalar(code), field) for field in _LIMITS),
            *(Member(TypeCodeEnum.Int32, field) for field in _SEVERITIES),
            Member(TypeCodeEnum.Float64, "hysteresis"),
        ],
    )
