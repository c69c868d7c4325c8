"""What the measured servers in Python have in common: lines in, while the event loop serves."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy

Verb = Callable[[int, str], None]


@cache
def filled(length: int) -> Any:
    """So many doubles, made once: to make them is not what is measured."""
    return numpy.full(length, 1.5)


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def obey(config: Mapping[str, str], verbs: Mapping[str, Verb]) -> None:
    """Say that the server is ready, and time what lines "VERB COUNT ARGUMENT" ask for, until they end."""
    measured = ThreadPoolExecutor(1)  # with others in turns, each would have a part of the heap
    loop = asyncio.get_running_loop()
    print(json.dumps({"event": "ready", "config": dict(config)}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        verb, count, argument = line.split()
        memory, start = _resident_bytes(), time.perf_counter()
        try:
            await loop.run_in_executor(measured, verbs[verb], int(count), argument)
        except Exception as error:  # noqa: BLE001 - told to the harness, which stops
            reply: dict[str, object] = {"event": "failed", "error": f"{type(error).__name__}: {error}"}
        else:
            seconds = time.perf_counter() - start
            reply = {"event": "done", "seconds": seconds, "memory": _resident_bytes() - memory}
        print(json.dumps(reply), flush=True)
