"""How bad an alarm is, and where it comes from."""

from __future__ import annotations

from enum import IntEnum
from typing import TypeVar

__all__ = [
    "INVALID",
    "MAJOR",
    "MINOR",
    "NO_ALARM",
    "UNDEFINED",
    "AlarmSeverity",
    "AlarmStatus",
]

_E = TypeVar("_E", bound=IntEnum)


class AlarmSeverity(IntEnum):
    """Severity of an alarm (alarm_t); a number that none has becomes a member without a name."""

    NO_ALARM = 0
    MINOR = 1
    MAJOR = 2
    INVALID = 3
    UNDEFINED = 4

    @classmethod
    def _missing_(cls, value: object) -> AlarmSeverity | None:
        return _unnamed(cls, value)


class AlarmStatus(IntEnum):
    """Where an alarm comes from (alarm_t); a number that none has becomes a member without a name."""

    NONE = 0
    DEVICE = 1
    DRIVER = 2
    RECORD = 3
    DB = 4
    CONF = 5
    UNDEFINED = 6
    CLIENT = 7

    @classmethod
    def _missing_(cls, value: object) -> AlarmStatus | None:
        return _unnamed(cls, value)


NO_ALARM = AlarmSeverity.NO_ALARM
MINOR = AlarmSeverity.MINOR
MAJOR = AlarmSeverity.MAJOR
INVALID = AlarmSeverity.INVALID
UNDEFINED = AlarmSeverity.UNDEFINED


def _unnamed(cls: type[_E], value: object) -> _E | None:
    """Make a member for a number that a server sent and nobody knows: nothing of it is lost."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    made = int.__new__(cls, value)
    made._name_ = f"UNKNOWN_{value}"
    made._value_ = value
    return made
