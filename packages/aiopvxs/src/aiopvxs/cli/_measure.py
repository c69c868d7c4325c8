"""How often, and how soon: what ``aiopvxs bench`` measures."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..client import Context
from ._together import together

__all__ = ["Measured", "follow", "repeat"]


@dataclass(frozen=True)
class Measured:
    """What one measurement gave."""

    what: str
    count: int
    seconds: float
    latencies: Sequence[float] = ()
    """Seconds of each, in order of size; of updates there are none."""
    lost: int = 0
    """Updates that became one with the next."""

    def latency(self, share: float) -> float:
        """Return the latency, in seconds, that this share of all did not exceed."""
        return self.latencies[min(int(share * len(self.latencies)), len(self.latencies) - 1)]

    def as_json(self) -> dict[str, Any]:
        """Tell it to programs."""
        found: dict[str, Any] = {"what": self.what, "count": self.count, "seconds": self.seconds}
        found["rate"] = self.count / self.seconds
        if self.latencies:
            shares = {"median": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
            found["latency"] = {name: self.latency(share) for name, share in shares.items()}
        else:
            found["lost"] = self.lost
        return found


async def repeat(
    what: str,
    names: Sequence[str],
    operation: Callable[[str], Awaitable[object]],
    seconds: float,
    at_once: int,
) -> Measured:
    """Do it again and again, on one PV after another, so many at once.

    What the first of each PV has to do besides, a search and so on, is not measured.
    """
    for name in names:
        await operation(name)
    latencies: list[float] = []
    turn = itertools.cycle(names)
    started = time.perf_counter()
    end = started + seconds

    async def work() -> None:
        before = time.perf_counter()
        while before < end:
            await operation(next(turn))
            now = time.perf_counter()
            latencies.append(now - before)
            before = now

    await together(work() for _ in range(at_once))
    took = time.perf_counter() - started
    return Measured(what, len(latencies), took, sorted(latencies))


async def follow(
    what: str, context: Context, names: Sequence[str], seconds: float, timeout: float
) -> Measured:
    """Count the updates of PVs after the first of each.

    Raises:
        Timeout: one of the PVs is not found in time.
    """
    updates = [context.monitor(name) for name in names]
    counting: list[asyncio.Future[None]] = []
    try:
        for each in updates:
            await each.first(timeout)
        before = [each.stats() for each in updates]
        started = time.perf_counter()
        counting = [asyncio.ensure_future(_drain(each)) for each in updates]
        ended, _ = await asyncio.wait(counting, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        after = [each.stats() for each in updates]
        took = time.perf_counter() - started
        for task in ended:
            task.result()
    finally:
        for task in counting:
            task.cancel()
        for each in updates:
            each.close()
    pairs = list(zip(before, after, strict=True))
    count = sum(last.received - first.received for first, last in pairs)
    return Measured(what, count, took, lost=sum(last.squashed - first.squashed for first, last in pairs))


async def _drain(updates: Any) -> None:
    async for _ in updates.batches():
        pass
