"""The alarm of a value: alarm_t."""

from __future__ import annotations

from dataclasses import dataclass

from aiopvxs_core.data import Member, TypeCodeEnum

from .severity import AlarmSeverity, AlarmStatus

__all__ = ["Alarm", "alarm"]


@dataclass(frozen=True)
class Alarm:
    """An alarm: its severity, message and status; false where the severity is NO_ALARM."""

    severity: AlarmSeverity = AlarmSeverity.NO_ALARM
    message: str = ""
    status: AlarmStatus = AlarmStatus.NONE

    def __post_init__(self) -> None:
        object.__setattr__(self, "severity", AlarmSeverity(self.severity))
        object.__setattr__(self, "status", AlarmStatus(self.status))

    @classmethod
    def _of(cls, severity: int, status: int, message: str) -> Alarm:
        """Make one of what an alarm_t holds: often, so without what a constructor checks."""
        if not severity and not status and not message:
            return _NO_ALARM
        made = object.__new__(cls)
        fields = made.__dict__
        fields["severity"] = _SEVERITIES[severity] if 0 <= severity <= 4 else AlarmSeverity(severity)
        fields["message"] = message
        fields["status"] = _STATUSES[status] if 0 <= status <= 7 else AlarmStatus(status)
        return made

    def __bool__(self) -> bool:
        return self.severity != AlarmSeverity.NO_ALARM

    def __str__(self) -> str:
        parts = [self.severity.name]
        if self.status != AlarmStatus.NONE:
            parts.append(self.status.name)
        if self.message:
            parts.append(self.message)
        return " ".join(parts)

    def _fields(self) -> dict[str, object]:
        """Return what the fields of an alarm_t become."""
        return {"severity": int(self.severity), "status": int(self.status), "message": self.message}


_NO_ALARM = Alarm()
_SEVERITIES = tuple(AlarmSeverity)
_STATUSES = tuple(AlarmStatus)


def alarm(name: str = "alarm") -> Member:
    """Define an alarm_t: severity (0 to 3, 4 undefined), status and message."""
    return Member(
        TypeCodeEnum.Struct,
        name,
        [
            Member(TypeCodeEnum.Int32, "severity"),
            Member(TypeCodeEnum.Int32, "status"),
            Member(TypeCodeEnum.String, "message"),
        ],
        id="alarm_t",
    )
