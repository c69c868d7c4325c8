"""Our client as a process: ``own_client_process.py CONFIG`` obeys JSON lines until its input ends.

``[ID, "monitor", NAME, {…options}]`` begins messages ``update`` with ``value`` and ``state`` with
``connected``. ``[ID, "get", NAME, {…}]``, ``[ID, "put", NAME, VALUE, {…}]``, ``[ID, "cancel"]``: each
operation is a message ``begun`` and one of its end: ``done`` with ``value`` (of a get, as plain Python) or
``failed`` with ``error``, ``text``, ``pv`` and ``phase``; both with the ``seconds`` it took.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from functools import partial
from typing import Any

from aiopvxs import Context
from aiopvxs.client import ConnectionState
from aiopvxs.data import Value


def say(number: int, event: str, **details: object) -> None:
    """Print one message."""
    print(json.dumps({"id": number, "event": event, **details}), flush=True)


def watch(number: int, operation: asyncio.Future[Any]) -> None:
    """Report the end of an operation."""
    begun = time.monotonic()

    def ended(done: asyncio.Future[Any]) -> None:
        seconds = time.monotonic() - begun
        if done.cancelled():
            return say(number, "cancelled", seconds=seconds)
        error = done.exception()
        if error is None:
            value = done.result()
            return say(number, "done", value=value.as_py("value") if value else None, seconds=seconds)
        details = {name: getattr(error, name, None) for name in ("pv", "phase")}
        return say(number, "failed", error=type(error).__name__, text=str(error), seconds=seconds, **details)

    operation.add_done_callback(ended)
    say(number, "begun")


def show(number: int, event: object) -> None:
    """Report what a monitor gives."""
    if isinstance(event, Value):
        say(number, "update", value=event.as_py("value"))
    elif isinstance(event, ConnectionState):
        say(number, "state", connected=event.connected)


async def serve(config: dict[str, str]) -> None:
    """Obey until end of input."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str] = asyncio.Queue()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, "")

    operations: dict[int, Any] = {}
    async with Context(config, use_env=False) as ctx:
        threading.Thread(target=read, daemon=True).start()
        print(json.dumps({"event": "ready"}), flush=True)
        while line := await lines.get():
            number, verb, *words = json.loads(line)
            if verb == "cancel":
                operations[number].cancel()
                continue
            *arguments, options = words
            if verb == "monitor":
                callback = partial(show, number)
                operations[number] = ctx.monitor(arguments[0], callback, events=True, **options)
                continue
            operations[number] = getattr(ctx, verb)(*arguments, **options)
            watch(number, operations[number])


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
