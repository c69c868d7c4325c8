"""Moments, to the nanosecond."""

from __future__ import annotations

import operator
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from aiopvxs_core.data import Value

__all__ = ["Timestamp"]

_NS = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# secondsPastEpoch is an int64
_MOST_SECONDS = 2**63 - 1
# the zero of EPICS, 1990-01-01, which an IOC sends for a record that was never processed
_EPICS_ZERO = 631_152_000 * _NS
_MOST_DATETIME64 = 2**63 - 1


class Timestamp:
    """A moment as whole nanoseconds since 1970 (POSIX: leap seconds are not counted), with a tag.

    Immutable; ordered and hashable by the moment.

    Args:
        moment: int nanoseconds, a datetime that knows its zone, a ``numpy.datetime64``, a tuple
            ``(seconds, nanoseconds)``, float seconds, or a Timestamp.
        user_tag: the field ``userTag``, whose meaning is the server's.

    Raises:
        TypeError: ``moment`` is something else.
        ValueError: a datetime without zone, NaT, a float that is no number, nanoseconds that are not within
            one second.
    """

    __slots__ = ("_ns", "_user_tag")

    def __init__(self, moment: object, *, user_tag: int = 0) -> None:
        self._ns = _nanoseconds(moment)
        if not -_MOST_SECONDS - 1 <= self._ns // _NS <= _MOST_SECONDS:
            raise ValueError(f"a time stamp of {self._ns} ns is out of the range of secondsPastEpoch")
        self._user_tag = operator.index(user_tag)

    @classmethod
    def now(cls) -> Timestamp:
        """Return the present moment, from the system's clock."""
        from time import time_ns

        return cls(time_ns())

    @classmethod
    def _of(cls, seconds: int, nanoseconds: int, user_tag: int) -> Timestamp:
        """Make one of what a time_t holds, whatever that is."""
        made = cls.__new__(cls)
        made._ns = seconds * _NS + nanoseconds
        made._user_tag = user_tag
        return made

    @property
    def ns(self) -> int:
        """Nanoseconds since 1970-01-01 00:00 UTC."""
        return self._ns

    @property
    def seconds(self) -> int:
        """Whole seconds since 1970: secondsPastEpoch."""
        return self._ns // _NS

    @property
    def nanoseconds(self) -> int:
        """Nanoseconds within the second."""
        return self._ns % _NS

    @property
    def user_tag(self) -> int:
        """The field userTag."""
        return self._user_tag

    @property
    def is_set(self) -> bool:
        """False for 0 and for 1990-01-01 00:00 UTC, which an IOC sends for what was never processed."""
        return self._ns not in (0, _EPICS_ZERO)

    @property
    def datetime(self) -> datetime:
        """A datetime with the zone UTC; what is below a microsecond is cut off.

        Raises:
            OverflowError: it is not within the years 1 to 9999.
        """
        try:
            return _EPOCH + timedelta(microseconds=self._ns // 1000)
        except OverflowError:
            raise OverflowError(f"{self._ns} ns since 1970 is not within the years 1 to 9999") from None

    @property
    def datetime64(self) -> np.datetime64:
        """A ``numpy.datetime64`` in ns, UTC.

        Raises:
            OverflowError: it is not within the years 1678 to 2262.
        """
        import numpy as np

        if abs(self._ns) > _MOST_DATETIME64:
            raise OverflowError(f"{self._ns} ns since 1970 is not within the years 1678 to 2262")
        return np.datetime64(self._ns, "ns")

    @property
    def posix(self) -> float:
        """Seconds since 1970 as a float, which is good for about 200 ns."""
        return self._ns / _NS

    def isoformat(self) -> str:
        """Return the moment as ISO 8601 text, in UTC and with all nanoseconds."""
        return f"{self.datetime:%Y-%m-%dT%H:%M:%S}.{self._ns % _NS:09d}Z"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Timestamp):
            return self._ns == other._ns
        return NotImplemented

    def __lt__(self, other: object) -> bool:
        return self._ns < other._ns if isinstance(other, Timestamp) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self._ns <= other._ns if isinstance(other, Timestamp) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self._ns > other._ns if isinstance(other, Timestamp) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self._ns >= other._ns if isinstance(other, Timestamp) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._ns)

    def __reduce__(self) -> tuple[Any, ...]:
        return Timestamp._of, (self._ns // _NS, self._ns % _NS, self._user_tag)

    def __format__(self, format_spec: str) -> str:
        return format(self.datetime, format_spec) if format_spec else str(self)

    def __str__(self) -> str:
        try:
            return self.isoformat()
        except OverflowError:
            return f"{self._ns} ns"

    def __repr__(self) -> str:
        return f"Timestamp({self})" if self.is_set else f"Timestamp({self}, not set)"


def assign_timestamp(value: Value, moment: object) -> None:
    """Write a moment to a time_t; a userTag only if it says one."""
    stamp = moment if isinstance(moment, Timestamp) else Timestamp(moment)
    fields = {"secondsPastEpoch": stamp.seconds, "nanoseconds": stamp.nanoseconds}
    if stamp.user_tag:
        fields["userTag"] = stamp.user_tag
    value.assign(fields)


def _nanoseconds(moment: object) -> int:
    if isinstance(moment, Timestamp):
        return moment._ns
    if isinstance(moment, datetime):
        return _of_datetime(moment)
    if type(moment).__name__ == "datetime64":
        return _of_datetime64(moment)
    if isinstance(moment, tuple):
        return _of_pair(moment)
    if isinstance(moment, bool):
        raise TypeError("a time stamp is int nanoseconds, not a bool")
    if isinstance(moment, float):
        return _of_float(moment)
    try:
        return operator.index(moment)  # type: ignore[arg-type]
    except TypeError:
        pass
    if getattr(getattr(moment, "dtype", None), "kind", None) == "f" and hasattr(moment, "item"):
        return _of_float(float(moment.item()))
    raise TypeError(
        "a time stamp is int nanoseconds, a datetime with zone, a datetime64, (seconds, nanoseconds) or "
        f"float seconds, not a {type(moment).__name__}"
    )


def _of_datetime(moment: datetime) -> int:
    if moment.utcoffset() is None:
        raise ValueError(
            f"the datetime {moment} has no zone, so it says no moment: "
            "use datetime.now(timezone.utc), or moment.astimezone()"
        )
    # pandas has a datetime of its own, with nanoseconds
    own = getattr(moment, "value", None)
    if isinstance(own, int) and getattr(moment, "unit", "ns") == "ns" and hasattr(moment, "nanosecond"):
        return own
    elapsed = moment - _EPOCH
    below = getattr(moment, "nanosecond", 0)
    return ((elapsed.days * 86400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds) * 1000 + int(below)


def _of_datetime64(moment: Any) -> int:
    import numpy as np

    if np.isnat(moment):
        raise ValueError("the datetime64 is NaT, which is no moment")
    unit, count = np.datetime_data(moment.dtype)
    number = int(moment.astype("int64"))
    per_unit = {"s": _NS, "ms": 10**6, "us": 10**3, "ns": 1, "m": 60 * _NS, "h": 3600 * _NS, "D": 86400 * _NS}
    if unit in per_unit:
        return number * count * per_unit[unit]
    if unit in ("Y", "M", "W"):
        return int(moment.astype("datetime64[D]").astype("int64")) * 86400 * _NS
    raise ValueError(f"a datetime64 in {unit} is finer than the nanoseconds of a time stamp")


def _of_pair(moment: tuple[object, ...]) -> int:
    if len(moment) != 2:
        raise ValueError(f"a time stamp as a tuple is (seconds, nanoseconds), not {moment!r}")
    try:
        seconds, nanoseconds = (operator.index(part) for part in moment)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"(seconds, nanoseconds) are two int, not {moment!r}") from None
    if not 0 <= nanoseconds < _NS:
        raise ValueError(f"nanoseconds are within one second, 0 to 999999999, not {nanoseconds}")
    return seconds * _NS + nanoseconds


def _of_float(moment: float) -> int:
    try:
        seconds, over = moment.as_integer_ratio()
    except (OverflowError, ValueError):
        raise ValueError(f"{moment} seconds are no moment") from None
    return (2 * seconds * _NS + over) // (2 * over)
