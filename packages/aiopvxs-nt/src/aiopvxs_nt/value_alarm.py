"""Limits beyond which a value is in alarm: valueAlarm."""

from __future__ import annotations

from aiopvxs_core.data import Member, TypeCodeEnum, TypeCodeLike

from ._code import scalar

__all__ = ["value_alarm"]

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
