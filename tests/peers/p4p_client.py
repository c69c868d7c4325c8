"""A p4p client process: one command per line as JSON, one JSON line of outcome.

``["get", NAME]`` or ``["get", NAME, SECONDS]``, ``["put", NAME, VALUE]``, ``["rpc", NAME, {…}]``,
``["monitor", NAME, COUNT]``, which gives a list. The configuration comes from EPICS_PVA_*.
"""

from __future__ import annotations

import json
import queue
import sys
from typing import Any

from p4p.client.thread import Context
from p4p.nt import NTURI


def plain(value: Any) -> Any:
    """What JSON can hold of a p4p value."""
    if value is None:
        return None
    if hasattr(value, "todict"):
        value = value.todict()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return value.tolist()
    return value


def updates(context: Any, name: str, count: int) -> list[Any]:
    """The first updates of a monitor."""
    seen: queue.SimpleQueue[Any] = queue.SimpleQueue()
    subscription = context.monitor(name, lambda value: seen.put(plain(value)))
    try:
        return [seen.get(timeout=20.0) for _ in range(count)]
    finally:
        subscription.close()


def perform(context: Any, verb: str, name: str, *words: Any) -> Any:
    """Do one command."""
    if verb == "get":
        timeout = words[0] if words else 10.0
        return plain(context.get(name, timeout=timeout))
    if verb == "put":
        return plain(context.put(name, words[0], timeout=10.0))
    if verb == "rpc":
        call = NTURI([(key, "d") for key in words[0]]).wrap(name, kws=words[0])
        return plain(context.rpc(name, call, timeout=10.0))
    if verb == "monitor":
        return updates(context, name, words[0])
    raise ValueError(f"no command is called {verb!r}")


def main() -> None:
    """Obey until end of input."""
    with Context("pva", nt=False) as context:
        print(json.dumps({"event": "ready"}), flush=True)
        for line in sys.stdin:
            try:
                outcome = {"event": "done", "value": perform(context, *json.loads(line))}
            except Exception as error:  # noqa: BLE001 - the outcome of the command
                outcome = {"event": "failed", "error": type(error).__name__, "message": str(error)}
            print(json.dumps(outcome), flush=True)


if __name__ == "__main__":
    main()
