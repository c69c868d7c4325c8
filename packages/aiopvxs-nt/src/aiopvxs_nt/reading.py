"""Readings: what a value means, with its alarm, time and the rest of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from ._format import format_with_display
from ._html import html_of
from .alarm import Alarm
from .asked import Asked, asked_of, noted
from .control import Control, read_control
from .display import Display, read_display
from .timestamp import Timestamp
from .value_alarm import ValueAlarm, read_value_alarm

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["Reading"]

T_co = TypeVar("T_co", covariant=True)
_NONE: Any = None
_UNREAD: Any = object()
_FORMATTED = (bool, int, float, str)


class Reading(Generic[T_co]):
    """What :func:`unwrap` makes of a value. Nothing of it can be set.

    Parts that the request left out are None, its ``value`` too.

    It belongs to the one Value that it was made from, and reads each of its parts when that is asked for
    first. It compares, and hashes, as its ``value`` does; ``float()``, ``int()`` and numpy take it for its
    ``value``.
    """

    __slots__ = (
        "__weakref__", "_alarm", "_asked", "_control", "_display", "_raw", "_timestamp", "_value",
        "_value_alarm",
    )  # fmt: skip

    _value: Any
    _asked: Asked
    _alarm: Alarm | None
    _timestamp: Timestamp | None
    _display: Display | None
    _control: Control | None
    _value_alarm: ValueAlarm | None

    #: the field without which there is no value
    _value_field: ClassVar[str] = "value"

    def __init__(self, raw: Value, value: Any = _UNREAD) -> None:
        self._raw = raw
        self._value = value
        self._alarm = _UNREAD
        self._timestamp = _UNREAD
        if noted and (asked := asked_of(raw)) is not None:
            self._leave_out(asked)

    def _leave_out(self, asked: Asked) -> None:
        """Note what was asked for: the other parts are None."""
        self._asked = asked
        for part, field in _PARTS.items():
            if not asked.any_of(field):
                setattr(self, part, None)
        if not asked.any_of(self._value_field):
            self._value = None

    def _left_out(self, path: str) -> bool:
        """Tell whether a request asked for nothing of a field."""
        asked = getattr(self, "_asked", None)
        return asked is not None and not asked.any_of(path)

    def _text(self) -> str:
        """Return it as text, whatever of it there is."""
        if self._left_out(self._value_field):
            return "no value"
        try:
            return str(self)
        except ValueError as exc:  # contents that contradict each other
            return f"damaged: {exc}"

    def _field(self, name: str) -> Value | None:
        """Return a structure of which perhaps not all was asked for."""
        field = self._raw.get(name)
        asked = getattr(self, "_asked", None)
        if field is not None and asked is not None and (part := asked.within(name)) is not None:
            part.note_on(field)
        return field

    @property
    def raw(self) -> Value:
        """The Value with all of its fields."""
        return self._raw

    @property
    def value(self) -> T_co:
        """The field ``value`` as a Python object."""
        found = self._value
        if found is _UNREAD:
            found = self._value = self._read_value()
        return cast("T_co", found)

    def _read_value(self) -> Any:
        return self._raw.as_py("value", arrays="numpy", default=None)

    @property
    def alarm(self) -> Alarm | None:
        """Severity, status and message; None where there is no such field."""
        found = self._alarm
        if found is not _UNREAD:
            return found
        raw = self._raw
        severity = raw.as_int("alarm.severity", _NONE)
        if severity is None:
            found = None
        else:
            found = Alarm._of(severity, raw.as_int("alarm.status", 0), raw.as_string("alarm.message", ""))
        self._alarm = found
        return found

    @property
    def timestamp(self) -> Timestamp | None:
        """The time; None where there is no such field."""
        found = self._timestamp
        if found is not _UNREAD:
            return found
        raw = self._raw
        seconds = raw.as_int("timeStamp.secondsPastEpoch", _NONE)
        if seconds is None:
            found = None
        else:
            found = Timestamp._of(
                seconds, raw.as_int("timeStamp.nanoseconds", 0), raw.as_int("timeStamp.userTag", 0)
            )
        self._timestamp = found
        return found

    @property
    def display(self) -> Display | None:
        """Limits, units, precision and so on; None where there is no such field."""
        try:
            return self._display
        except AttributeError:
            field = self._field("display")
            self._display = read_display(field) if field is not None else None
            return self._display

    @property
    def control(self) -> Control | None:
        """Limits of what may be written; None where there is no such field."""
        try:
            return self._control
        except AttributeError:
            field = self._field("control")
            self._control = read_control(field) if field is not None else None
            return self._control

    @property
    def value_alarm(self) -> ValueAlarm | None:
        """Limits beyond which the value is in alarm; None where there is no such field."""
        try:
            return self._value_alarm
        except AttributeError:
            field = self._field("valueAlarm")
            self._value_alarm = read_value_alarm(field) if field is not None else None
            return self._value_alarm

    # as its value

    def __eq__(self, other: object) -> Any:
        return self.value == _plain(other)

    def __ne__(self, other: object) -> Any:
        return self.value != _plain(other)

    def __lt__(self, other: Any) -> Any:
        return self.value < _plain(other)

    def __le__(self, other: Any) -> Any:
        return self.value <= _plain(other)

    def __gt__(self, other: Any) -> Any:
        return self.value > _plain(other)

    def __ge__(self, other: Any) -> Any:
        return self.value >= _plain(other)

    def __hash__(self) -> int:
        return hash(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        import numpy as np

        if copy is None:
            return np.asarray(self.value, dtype)
        if copy:
            return np.array(self.value, dtype)
        found = np.asarray(self.value)
        if not isinstance(self.value, np.ndarray) or (dtype is not None and found.dtype != np.dtype(dtype)):
            raise ValueError(f"{type(self).__name__} as {dtype or 'an array'} needs a copy")
        return found

    def __copy__(self) -> Reading[T_co]:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        asked = getattr(self, "_asked", None)
        return type(self), (self._raw,), (asked,)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        if state[0] is not None:
            self._leave_out(state[0])

    # as text

    def __format__(self, format_spec: str) -> str:
        if not format_spec:
            return str(self)
        return format(self.value if isinstance(self.value, _FORMATTED) else str(self), format_spec)

    def __str__(self) -> str:
        return format_with_display(self.value, self.display)

    def __repr__(self) -> str:
        parts = [self._text()]
        if self.timestamp is not None:
            parts.append(str(self.timestamp) if self.timestamp.is_set else "no time")
        if self.alarm:
            parts.append(str(self.alarm))
        return f"<{type(self).__name__} {', '.join(parts)}>"

    def _repr_html_(self) -> str:
        return html_of(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002 IPython passes it
        printer.text(repr(self))


_PARTS = {
    "_alarm": "alarm",
    "_timestamp": "timeStamp",
    "_display": "display",
    "_control": "control",
    "_value_alarm": "valueAlarm",
}


def _plain(other: object) -> Any:
    return other.value if isinstance(other, Reading) else other
