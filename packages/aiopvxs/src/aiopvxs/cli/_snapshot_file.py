"""The file of a snapshot: JSON, for people and programs too."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from aiopvxs_core.data import Value

from ._format import time_of
from ._setting import chosen_types

__all__ = ["Saved", "Skew", "dump", "load"]

_VERSION = 1


@dataclass(frozen=True)
class Saved:
    """What the file has of a PV."""

    value: Mapping[str, Any]
    chosen: Mapping[str, Any]


@dataclass(frozen=True)
class Skew:
    """How far the time stamps of several PVs are apart."""

    first: tuple[str, str] | None
    """The PV with the earliest time, and this."""
    last: tuple[str, str] | None
    """The PV with the latest."""
    nanoseconds: int
    without: tuple[str, ...]
    """The PVs without a time stamp."""

    @staticmethod
    def of(values: Mapping[str, Value]) -> Skew:
        """Compare the time stamps."""
        times: dict[str, int] = {}
        for name, value in values.items():
            if time_of(value) is not None:
                seconds = value.as_int("timeStamp.secondsPastEpoch")
                times[name] = seconds * 1_000_000_000 + value.as_int("timeStamp.nanoseconds", default=0)
        without = tuple(name for name in values if name not in times)
        if not times:
            return Skew(None, None, 0, without)
        first, last = min(times, key=times.__getitem__), max(times, key=times.__getitem__)
        earliest, latest = ((name, str(time_of(values[name]))) for name in (first, last))
        return Skew(earliest, latest, times[last] - times[first], without)

    def lines(self) -> Iterable[str]:
        """Tell it to people."""
        if self.first is not None and self.last is not None:
            seconds, rest = divmod(self.nanoseconds, 1_000_000_000)
            yield f"time stamps {seconds}.{rest:09d} s apart: {_moment(self.first)} to {_moment(self.last)}"
        if self.without:
            yield f"without a time stamp: {' '.join(self.without)}"

    def as_json(self) -> dict[str, Any]:
        """Tell it to programs."""
        ends = {"first": self.first and self.first[1], "last": self.last and self.last[1]}
        return {**ends, "nanoseconds": self.nanoseconds}


def _moment(end: tuple[str, str]) -> str:
    return f"{end[1]} ({end[0]})"


def dump(values: Mapping[str, Value], failures: Mapping[str, str], skew: Skew) -> str:
    """Return the text of the file."""
    pvs = {}
    for name, value in values.items():
        entry: dict[str, Any] = {
            "id": value.id(),
            "time": time_of(value),
            "value": json.loads(value.to_json()),
        }
        if chosen := chosen_types(value):
            entry["types"] = chosen
        pvs[name] = entry
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    head = {"aiopvxs-snapshot": _VERSION, "time": now, "skew": skew.as_json(), "errors": dict(failures)}
    return json.dumps({**head, "pvs": pvs}, indent=1) + "\n"


def load(text: str, where: str) -> tuple[dict[str, Saved], dict[str, str]]:
    """Read the text of a file: the PVs, and those that could not be read when it was made.

    Raises:
        ValueError: it is none; the text says why.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise ValueError(f"{where} is no JSON: {exc}") from None
    if not isinstance(found, dict) or "aiopvxs-snapshot" not in found:
        raise ValueError(f"{where} is no snapshot: it has to be a JSON object with aiopvxs-snapshot in it")
    if found["aiopvxs-snapshot"] != _VERSION:
        version = found["aiopvxs-snapshot"]
        raise ValueError(
            f"{where} is a snapshot of version {version!r}, and only version {_VERSION} is known"
        )
    pvs, errors = found.get("pvs"), found.get("errors", {})
    if not isinstance(pvs, dict) or not isinstance(errors, dict):
        raise ValueError(f"{where} is no snapshot: its pvs and errors have to be JSON objects")
    return {name: _saved(where, name, entry) for name, entry in pvs.items()}, errors


def _saved(where: str, name: str, entry: Any) -> Saved:
    if isinstance(entry, dict) and isinstance(entry.get("value"), dict):
        chosen = entry.get("types", {})
        if isinstance(chosen, dict):
            return Saved(entry["value"], chosen)
    raise ValueError(f"{where}: what it has for {name!r} is no JSON object with a value")
