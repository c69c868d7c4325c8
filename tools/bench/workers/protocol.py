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


class Worker:
    """Runs the method named by each line; the clock is read inside the event loop."""

    async def end(self) -> None:
        """Close what the worker holds."""
        raise NotImplementedError

    async def measure(self, verb: str, count: int, argument: str) -> dict[str, object]:
        """Time one method."""
        method = getattr(self, verb)
        cpu, start = cpu_seconds(), time.perf_counter()
        await method(count, argument)
        return {"event": "done", "seconds": time.perf_counter() - start, "cpu": cpu_seconds() - cpu}


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
