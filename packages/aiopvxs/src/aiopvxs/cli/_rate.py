"""How often PVs change: the lines of ``aiopvxs monitor --rate``."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone

from aiopvxs_core.data import Value

from ..client import ConnectionState, Finished, Subscription
from ._run import write
from ._told import tell_event

__all__ = ["Rates"]

_PERIOD = 1.0  # seconds


@dataclass
class _Row:
    name: str
    updates: Subscription[Value | ConnectionState | Finished]
    state: str = "is searched for"
    arrived: int = 0
    squashed: int = 0


@dataclass(frozen=True)
class _Rate:
    """What came of one PV between two lines."""

    name: str
    state: str
    updates: int
    squashed: int


class Rates:
    """Writes a line a second: of each PV, how many updates came in it and how many of them were lost.

    Args:
        as_json: whether each line is JSON.
    """

    def __init__(self, *, as_json: bool) -> None:
        self._line: Callable[[float, list[_Rate]], str] = _json if as_json else _text
        self._rows: list[_Row] = []

    async def follow(self, name: str, updates: Subscription[Value | ConnectionState | Finished]) -> None:
        """Take all that comes of a PV."""
        row = _Row(name, updates)
        self._rows.append(row)
        async for batch in updates.batches():
            for each in batch:
                if not isinstance(each, Value):
                    row.state = _state(each)
                    tell_event(name, each)

    async def lines(self, count: int | None) -> None:
        """Write so many lines; None: without end."""
        loop = asyncio.get_running_loop()
        before = loop.time()
        while count is None or count > 0:
            await asyncio.sleep(_PERIOD - (loop.time() - before))
            before, seconds = loop.time(), loop.time() - before
            write(self._line(seconds, [_since(row) for row in self._rows]))
            sys.stdout.flush()
            count = None if count is None else count - 1


def _since(row: _Row) -> _Rate:
    stats = row.updates.stats()
    rate = _Rate(row.name, row.state, stats.arrived - row.arrived, stats.squashed - row.squashed)
    row.arrived, row.squashed = stats.arrived, stats.squashed
    return rate


def _state(event: ConnectionState | Finished) -> str:
    if isinstance(event, Finished):
        return "has finished"
    return "" if event.connected else "is disconnected"


def _text(seconds: float, rates: list[_Rate]) -> str:
    when = datetime.now().astimezone().isoformat(timespec="milliseconds")
    return "  ".join([when, *(_told(seconds, rate) for rate in rates)]) + "\n"


def _told(seconds: float, rate: _Rate) -> str:
    if rate.state and not rate.updates:
        return f"{rate.name} {rate.state}"
    lost = f" ({rate.squashed} became one with the next)" if rate.squashed else ""
    return f"{rate.name} {rate.updates / seconds:.1f}/s{lost}"


def _json(seconds: float, rates: list[_Rate]) -> str:
    when = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    pvs = {
        rate.name: {
            "updates": rate.updates,
            "squashed": rate.squashed,
            "rate": round(rate.updates / seconds, 3),
            "connected": not rate.state,
        }
        for rate in rates
    }
    return json.dumps({"time": when, "seconds": round(seconds, 6), "pvs": pvs}) + "\n"
