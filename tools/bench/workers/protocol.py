"""What the Python workers have in common: a line "VERB COUNT ARGUMENT" in, a JSON line with times out."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

IN_FLIGHT = 1_000


def scalar(number: int) -> str:
    """The name of a scalar PV of the server."""
    return f"bench:scalar:{number}"


def cpu_seconds() -> float:
    """User and system time of this process, all threads."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_bytes() -> int:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def updating(which: str) -> list[str]:
    """The names of the server's PVs "many" or "one" (see posting.h)."""
    return ["bench:one"] if which == "one" else [f"bench:many:{number}" for number in range(100)]


#: So many updates of a PV are counted together.
BATCH = 20


class Counter:
    """Counts updates from the moment on when each PV has given one."""

    def __init__(self, pvs: int, wanted: int) -> None:
        self._first: set[str] = set()
        self._pvs = pvs
        self._wanted = wanted
        self._seen = 0
        self._cpu = self._start = 0.0
        self.complete: asyncio.Future[dict[str, object]] = asyncio.get_running_loop().create_future()

    def first(self, name: str) -> None:
        """This PV has given its first update."""
        self._first.add(name)
        if len(self._first) == self._pvs:
            self._cpu, self._start = cpu_seconds(), time.perf_counter()

    def updates(self, count: int) -> None:
        """Updates came: told in batches, as the C++ client does. The first ones are not counted."""
        if self._start:
            self._seen += count
        if self._seen >= self._wanted and not self.complete.done():
            seconds, cpu = time.perf_counter() - self._start, cpu_seconds() - self._cpu
            self.complete.set_result({"seconds": seconds, "cpu": cpu, "updates": self._seen})


class Worker:
    """Runs the method named by each line; the clock is read inside the event loop."""

    async def end(self) -> None:
        """Close what the worker holds."""
        raise NotImplementedError

    async def measure(self, verb: str, count: int, argument: str) -> dict[str, object]:
        """Time one method."""
        method = getattr(self, verb)
        cpu, start = cpu_seconds(), time.perf_counter()
        own = await method(count, argument)
        reply = {"seconds": time.perf_counter() - start, "cpu": cpu_seconds() - cpu, "peak": peak_bytes()}
        return {"event": "done", **reply, **(own or {})}


async def _call(factory: Callable[[], Worker]) -> Worker:
    return factory()


def obey(loop: asyncio.AbstractEventLoop, factory: Callable[[], Worker]) -> None:
    """Do what standard input says, until it ends. The loop rests between the lines."""
    asyncio.set_event_loop(loop)
    worker = loop.run_until_complete(_call(factory))
    print(json.dumps({"event": "ready"}), flush=True)
    for line in sys.stdin:
        verb, count, argument = line.split()
        try:
            reply = loop.run_until_complete(worker.measure(verb, int(count), argument))
        except Exception as error:  # noqa: BLE001 - told to the harness, which stops
            reply = {"event": "failed", "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)
    loop.run_until_complete(worker.end())
    loop.close()
