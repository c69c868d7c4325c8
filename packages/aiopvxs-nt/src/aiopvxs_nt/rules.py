"""What the limits of a value mean: pure functions, for servers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal

from ._limits import limits_of
from .alarm import Alarm
from .severity import AlarmSeverity, AlarmStatus
from .timestamp import Timestamp, assign_timestamp

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["AlarmLevel", "Rules", "RulesError", "alarm_level", "apply_rules"]


class AlarmLevel(Enum):
    """Which limit of a valueAlarm a value is beyond; the names are those of an IOC."""

    HIHI = "highAlarm"
    LOLO = "lowAlarm"
    HIGH = "highWarning"
    LOW = "lowWarning"
    UDF = "undefined"
    """It is no number."""

    @property
    def is_high(self) -> bool:
        """Whether the limit is an upper one."""
        return self in (AlarmLevel.HIHI, AlarmLevel.HIGH)


_LEVELS = (AlarmLevel.HIHI, AlarmLevel.LOLO, AlarmLevel.HIGH, AlarmLevel.LOW)
_OWN_MESSAGES = frozenset(level.name for level in AlarmLevel)


class RulesError(ValueError):
    """A put is refused by the limits of its PV; the text says the value and the limits."""


@dataclass(frozen=True)
class Rules:
    """Which of the rules hold."""

    alarm: bool = True
    """valueAlarm makes severity, status and message."""
    control: Literal["refuse", "clamp", "ignore"] = "refuse"
    """What becomes of a put outside the limits of control, or by less than minStep.

    It is refused with :class:`RulesError`; "clamp" takes the nearest value that is allowed, and the present
    one for a step that is too small.
    """
    timestamp: bool = True
    """timeStamp is the present moment, unless it was given."""
    read_only: tuple[str, ...] = ()
    """Fields, and structures with all that is in them, of which a put may change nothing.

    Such as ``("alarm", "timeStamp", "display", "control", "valueAlarm")``.
    """

    def __post_init__(self) -> None:
        if self.control not in ("refuse", "clamp", "ignore"):
            raise ValueError(f"control is {self.control!r}: it may be 'refuse', 'clamp' or 'ignore'")
        names: object = self.read_only
        if isinstance(names, str):
            raise ValueError(f"read_only is a tuple of names, not the text {self.read_only!r}")
        object.__setattr__(self, "read_only", tuple(self.read_only))


def alarm_level(number: float, value_alarm: Value, previous: AlarmLevel | None = None) -> AlarmLevel | None:
    """Return the limit that a number is at or beyond; None where it is in no alarm.

    Looked at are, in this order, highAlarm, lowAlarm, highWarning, lowWarning. A severity of 0, or a limit
    that is NaN, is none. A limit that the value was beyond already (``previous``) is left only when the value
    has come back by more than ``hysteresis``.

    Args:
        number: the value.
        value_alarm: the valueAlarm structure; nothing holds unless it is ``active``.
        previous: the level of the value before.
    """
    if not value_alarm.as_bool("active", False):
        return None
    if math.isnan(number):
        return AlarmLevel.UDF
    band = value_alarm.as_float("hysteresis", 0.0)
    band = band if band > 0 else 0.0
    for level in _LEVELS:
        if not value_alarm.as_int(f"{level.value}Severity", 0):
            continue
        limit = value_alarm.as_py(f"{level.value}Limit", default=math.nan)
        margin = band if previous is level else 0.0
        if number >= limit - margin if level.is_high else number <= limit + margin:
            return level
    return None


def level_alarm(level: AlarmLevel | None, value_alarm: Value) -> Alarm:
    """Return the alarm of a level, with the status and message that an IOC gives it."""
    if level is None:
        return Alarm()
    if level is AlarmLevel.UDF:
        return Alarm(AlarmSeverity.INVALID, level.name, AlarmStatus.DRIVER)
    severity = AlarmSeverity(value_alarm.as_int(f"{level.value}Severity"))
    return Alarm(severity, level.name, AlarmStatus.DEVICE)


def apply_rules(
    value: Value,
    present: Value | None,
    rules: Rules = Rules(),
    *,
    put: bool,
    now: Timestamp | None = None,
) -> None:
    """Make of a value what the rules of its limits say.

    Args:
        value: what the PV would become, with the leaves that were sent marked; it is changed, all of it or,
            on an error, nothing.
        present: what the PV is; None before it has a value.
        rules: those that hold.
        put: a client's put, which may be refused; a server's own post is not.
        now: the time stamp where none was sent; the present moment if not given.

    Raises:
        RulesError: a put outside the limits of control, by less than minStep, or to what is read-only.
    """
    if put and rules.read_only:
        _check_read_only(value, present, rules.read_only)
    number = value.as_py("value", arrays="numpy", default=None)
    changes: dict[str, Any] = {}
    if put and rules.control != "ignore" and value.is_marked("value") and _is_number(number):
        allowed = _controlled(number, value, present, clamp=rules.control == "clamp")
        if allowed is not number:
            changes["value"] = number = allowed
    sent_alarm = value.get("alarm") is not None and value.is_marked("alarm")
    if rules.alarm and not sent_alarm and isinstance(number, (int, float)):
        alarm = _alarm(number, value, present)
        if alarm is not None:
            changes["alarm"] = alarm._fields()
    if changes:
        value.assign(changes)
    if rules.timestamp and value.get("timeStamp") is not None and not value.is_marked("timeStamp"):
        assign_timestamp(value["timeStamp"], Timestamp.now() if now is None else now)


def _check_read_only(value: Value, present: Value | None, names: tuple[str, ...]) -> None:
    for leaf in sorted(value.changed()):
        fixed = any(leaf == name or leaf.startswith(f"{name}.") for name in names)
        # clients that know no marks send everything as they found it
        if fixed and (present is None or value.get(leaf) != present.get(leaf)):
            raise RulesError(f"{leaf} is read-only")


def _is_number(number: Any) -> bool:
    kind = getattr(getattr(number, "dtype", None), "kind", None)
    return (
        kind in ("i", "u", "f") if kind else isinstance(number, (int, float)) and number is not bool(number)
    )


def _controlled(number: Any, value: Value, present: Value | None, *, clamp: bool) -> Any:
    """Return what may be written of a number or array; the same object where nothing is in its way."""
    control = value.get("control")
    if control is None:
        return number
    # what is in force are the limits of the PV, not those that came with the put
    control = control if present is None else present["control"]
    limits = limits_of(control, "limitLow", "limitHigh")
    if limits is not None:
        number = _within(number, limits, clamp)
    before = None if present is None else present.as_py("value", arrays="numpy", default=None)
    step = control.as_py("minStep", default=0)
    if isinstance(before, (int, float)) and isinstance(number, (int, float)) and step > 0:
        change = abs(number - before)
        if 0 < change < step:
            if clamp:
                return before
            raise RulesError(f"{number} is {change:g} from {before}: the smallest step (minStep) is {step:g}")
    return number


def _within(number: Any, limits: tuple[float, float], clamp: bool) -> Any:
    low, high = limits
    if isinstance(number, (int, float)):
        if low <= number <= high:
            return number
        if clamp and not math.isnan(number):
            return low if number < low else high
        raise RulesError(f"{number} is outside the control limits {low} to {high}")
    outside = ~((number >= low) & (number <= high))
    if not outside.any():
        return number
    wrong = number[outside]
    if clamp and (wrong == wrong).all():
        return number.clip(low, high).astype(number.dtype)
    raise RulesError(f"{wrong[0]} is outside the control limits {low} to {high}")


def _alarm(number: float, value: Value, present: Value | None) -> Alarm | None:
    """Return the alarm that a number is in; None where nothing is said about it."""
    limits = value.get("valueAlarm")
    if limits is None or value.get("alarm") is None:
        return None
    previous = _own_level(present)
    level = alarm_level(number, limits, previous)
    # an alarm of another origin is left alone where no limit holds
    if level is None and previous is None and not limits.as_bool("active", False):
        return None
    return level_alarm(level, limits)


def _own_level(present: Value | None) -> AlarmLevel | None:
    """Return the level that these rules found last; None where the alarm has another origin."""
    if present is None or present.as_int("alarm.severity", 0) == 0:
        return None
    message = present.as_string("alarm.message", "")
    return AlarmLevel[message] if message in _OWN_MESSAGES else None
