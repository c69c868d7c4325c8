"""The structures that are measured, in the notation of p4p: pairs of a name and a code."""

from __future__ import annotations

from typing import TypeAlias

Code: TypeAlias = (
    "str | tuple[str, str, Fields]"  # a letter, "a" before it for an array; or (code, id, fields)
)
Fields: TypeAlias = "list[tuple[str, Code]]"

ELEMENTS = 100_000
"""Numbers of the large array."""
TEXTS = 1_000
"""Strings of the string array."""
ROWS = 1_000
"""Elements of the structure array."""

_LIMITS: Fields = [("limitLow", "d"), ("limitHigh", "d")]
_SEVERITIES = ("lowAlarmSeverity", "lowWarningSeverity", "highWarningSeverity", "highAlarmSeverity")

NT_SCALAR: Fields = [
    ("value", "d"),
    ("alarm", ("S", "alarm_t", [("severity", "i"), ("status", "i"), ("message", "s")])),
    ("timeStamp", ("S", "time_t", [("secondsPastEpoch", "l"), ("nanoseconds", "i"), ("userTag", "i")])),
    ("display", ("S", "structure", [*_LIMITS, ("description", "s"), ("format", "s"), ("units", "s")])),
    ("control", ("S", "structure", [*_LIMITS, ("minStep", "d")])),
    (
        "valueAlarm",
        (
            "S",
            "structure",
            [
                ("active", "?"),
                ("lowAlarmLimit", "d"),
                ("lowWarningLimit", "d"),
                ("highWarningLimit", "d"),
                ("highAlarmLimit", "d"),
                *((name, "i") for name in _SEVERITIES),
                ("hysteresis", "d"),
            ],
        ),
    ),
]
"""What p4p's NTScalar.buildType("d", display=True, control=True, valueAlarm=True) makes."""

_CODES = ("d", "i", "s", "?")


def _some(count: int) -> Fields:
    return [(f"field{number}", _CODES[number % len(_CODES)]) for number in range(count)]


WIDE: Fields = [*_some(100), *((f"group{number}", ("S", "", _some(25))) for number in range(4))]
"""200 fields: 100 of them in four structures."""

ARRAYS: Fields = [("numbers", "ad"), ("texts", "as")]
ROW: Fields = [("name", "s"), ("number", "d"), ("count", "i")]
TABLE: Fields = [("rows", ("aS", "", ROW))]

_SCALARS = {"d": 1.5, "i": 3, "l": 1_700_000_000, "s": "a text of usual length", "?": True}


def content(fields: Fields) -> dict[str, object]:
    """Something for every field of these scalars and structures."""
    return {name: _SCALARS[code] if isinstance(code, str) else content(code[2]) for name, code in fields}


def rows() -> list[dict[str, object]]:
    """The elements of the structure array."""
    return [{"name": f"row {number}", "number": number / 2, "count": number} for number in range(ROWS)]


def texts() -> list[str]:
    """The elements of the string array."""
    return [f"string number {number}" for number in range(TEXTS)]
