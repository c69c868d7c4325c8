"""Values as text: the formats of ``-F``."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from textwrap import indent
from typing import Any

from aiopvxs_core.data import Value

from ..client._asked import asked_by
from ..client._request import make_request

__all__ = ["Formatter", "alarm_of", "plain", "time_of"]

_SEVERITIES = ("NO_ALARM", "MINOR", "MAJOR", "INVALID")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_COLUMNS = ("name", "time", "value", "severity", "status", "message")


class Formatter:
    """Makes the text of one value after another, each with its newline.

    Args:
        form: one of ``_parser.FORMATS``.
        limit: so many elements of an array are shown to people; 0 is all. What is for programs, JSON and
            CSV, is never shortened.
        request: the pvRequest that the values answer. A server may send the whole type for it: the fields
            that it did not ask for hold zeros, which only tree shows.
        only_marked: leave fields that are not marked out of JSON, as delta does.

    Raises:
        ValueError: a malformed request.
    """

    def __init__(
        self, form: str, limit: int = 0, *, request: str | None = None, only_marked: bool = False
    ) -> None:
        self._limit = limit
        self._asked = None if request is None else asked_by(make_request(request=request))
        self._only_marked = only_marked
        self._make: Callable[[str, Value], str] = getattr(self, f"_{form}")
        self._head = form == "csv"

    def __call__(self, name: str, value: Value) -> str:
        """Return the text of a PV's value."""
        text = self._make(name, value)
        if self._head:
            self._head = False
            return _row(_COLUMNS) + text
        return text

    def _delta(self, name: str, value: Value) -> str:
        return self._block(name, format(value, f"delta:{self._limit}" if self._limit else "delta"))

    def _tree(self, name: str, value: Value) -> str:
        return self._block(name, format(value, f"tree:{self._limit}" if self._limit else "tree"))

    def _block(self, name: str, text: str) -> str:
        body = indent(text, "    ") + "\n" if text else ""
        return f"{name}\n{body}"

    def _nt(self, name: str, value: Value) -> str:
        text = "  ".join([name, time_of(value) or "-", self._shown(self.plain(value))])
        if units := value.as_string("display.units", default=""):
            text += f" {units}"
        if alarm := alarm_of(value):
            text += f" {alarm}"
        return " ".join(text.splitlines()) + "\n"

    def _shown(self, value: Any) -> str:
        if isinstance(value, list):
            most = self._limit or len(value)
            more = ", ..." if len(value) > most else ""
            return f"[{', '.join(map(self._shown, value[:most]))}{more}]"
        return value if isinstance(value, str) else json.dumps(value, default=str)

    def _jsonl(self, name: str, value: Value) -> str:
        # to_json() is the long part, and not read again
        head = f'"name": {json.dumps(name)}, "time": {json.dumps(time_of(value))}'
        return f'{{{head}, "value": {self._content(value)}}}\n'

    def _content(self, value: Value) -> str:
        if self._asked is None or self._only_marked:
            return value.to_json(only_marked=self._only_marked)
        asked = value.clone()
        asked.unmark()
        for path in self._asked.paths:
            if path in asked:
                asked.mark(path)
        return asked.to_json(only_marked=True)

    def plain(self, value: Value) -> Any:
        """Return the field ``value`` as :func:`plain` does; if it was not asked for, the fields that were."""
        if self._asked is None or self._asked.any_of("value"):
            return plain(value)
        return json.loads(self._content(value))

    def _json(self, name: str, value: Value) -> str:
        return json.dumps(json.loads(self._jsonl(name, value)), indent=2) + "\n"

    def _raw(self, _name: str, value: Value) -> str:
        shown = self.plain(value)
        if isinstance(shown, str):
            return f"{shown}\n"
        # what JSON has no numbers for is told apart, as Python and PVXS write it
        return (repr(shown) if isinstance(shown, float) else self._value_json(value, shown)) + "\n"

    def _csv(self, name: str, value: Value) -> str:
        shown = self.plain(value)
        cell = self._value_json(value, shown) if _compound(shown) else shown
        status = value.as_int("alarm.status", default=0)
        message = value.as_string("alarm.message", default="")
        return _row((name, time_of(value) or "", cell, _severity(value), status, message))

    def _value_json(self, value: Value, shown: object) -> str:
        """Return JSON of the field ``value``, of an enum its index, or of all fields."""
        if not _compound(shown):
            return json.dumps(shown)
        found = json.loads(self._content(value))
        return json.dumps(found.get("value", found), ensure_ascii=False)


def _compound(value: object) -> bool:
    return isinstance(value, (list, dict))


def _row(cells: tuple[object, ...]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _severity(value: Value) -> str:
    number = value.as_int("alarm.severity", default=0)
    return _SEVERITIES[number] if 0 <= number < len(_SEVERITIES) else str(number)


def alarm_of(value: Value) -> str:
    """Return the severity of the alarm and its message; nothing if there is no alarm."""
    if not value.as_int("alarm.severity", default=0):
        return ""
    return " ".join([_severity(value), value.as_string("alarm.message", default="")]).rstrip()


def plain(value: Value) -> Any:
    """Return the field ``value`` as a Python object, of an enum its choice; or all fields."""
    if "value" not in value:
        return value.as_py()
    if "value.choices" in value and "value.index" in value:
        index, choices = value.as_int("value.index"), value.as_string_list("value.choices")
        return choices[index] if 0 <= index < len(choices) else index
    return value.as_py("value")


def time_of(value: Value) -> str | None:
    """Return the time stamp by ISO 8601 with nanoseconds; None where it is missing or not set."""
    seconds = value.as_int("timeStamp.secondsPastEpoch", default=0)
    nanoseconds = value.as_int("timeStamp.nanoseconds", default=0)
    if not seconds:
        return None
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{nanoseconds:09d}Z"
