"""A process of pvaPy (pvAccessCPP): a server with three PVs, and a client; one command per line as JSON.

``table``, ``image`` and ``scalar`` are served, and may be written. ``["get", NAME]``,
``["put", NAME, DICT]``, ``["monitor", NAME, COUNT]`` and ``["rpc", NAME, {NAME: NUMBER}]`` are done as a
client, of whatever server the EPICS_PVA_* settings name; each is answered by a line.
"""

from __future__ import annotations

import json
import queue
import sys
from typing import Any

import numpy
import pvaccess


def table() -> Any:
    """An NTTable of pvaPy's own."""
    made = pvaccess.NtTable([pvaccess.DOUBLE, pvaccess.STRING])
    made.setLabels(["Position", "Name"])
    made.setColumn(0, [0.5, 1.5])
    made.setColumn(1, ["a", "grün"])
    return made


def image() -> Any:
    """An NTNDArray of pvaPy's own: 2 lines of 3 pixels."""
    made = pvaccess.NtNdArray()
    made["dimension"] = [pvaccess.PvDimension(size, 0, size, 1, False) for size in (3, 2)]
    made["value"] = {"ushortValue": numpy.arange(6, dtype=numpy.uint16)}
    made["compressedSize"] = made["uncompressedSize"] = 12
    made["codec"] = pvaccess.PvCodec("", pvaccess.PvInt(6))
    made["attribute"] = [pvaccess.NtAttribute("ColorMode", pvaccess.PvInt(0))]
    return made


def scalar() -> Any:
    """An NTScalar with a time stamp."""
    made = pvaccess.NtScalar(pvaccess.DOUBLE, 1.5)
    made["timeStamp"] = pvaccess.PvTimeStamp(1_700_000_000, 123_456_789, 7)
    return made


def plain(value: Any) -> Any:
    """What JSON can hold of a value of pvaPy."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value


def updates(channel: Any, count: int) -> list[Any]:
    """The first updates of a monitor."""
    seen: queue.SimpleQueue[Any] = queue.SimpleQueue()
    channel.monitor(lambda value: seen.put(plain(value.toDict())), "field()")
    try:
        return [seen.get(timeout=20.0) for _ in range(count)]
    finally:
        channel.stopMonitor()


def call(name: str, query: dict[str, float]) -> Any:
    """The reply to an RPC with an NTURI."""
    fields = {"scheme": "pva", "path": name, "query": query}
    types = {
        "scheme": pvaccess.STRING,
        "path": pvaccess.STRING,
        "query": dict.fromkeys(query, pvaccess.DOUBLE),
    }
    return pvaccess.RpcClient(name).invoke(pvaccess.PvObject(types, fields, "epics:nt/NTURI:1.0"), 20.0)


def perform(verb: str, name: str, *words: Any) -> Any:
    """Do one command."""
    channel = pvaccess.Channel(name)
    channel.setTimeout(20.0)
    if verb == "get":
        return plain(channel.get("field()").toDict())
    if verb == "put":
        current = channel.get("field()")
        current.set(words[0])
        channel.put(current)
        return None
    if verb == "monitor":
        return updates(channel, words[0])
    if verb == "rpc":
        return plain(call(name, words[0]).toDict())
    raise ValueError(f"no command is called {verb!r}")


def main() -> None:
    """Serve, and obey until end of input."""
    server = pvaccess.PvaServer()
    for name, value in (("table", table()), ("image", image()), ("scalar", scalar())):
        server.addRecord(name, value)
    print(json.dumps({"event": "ready"}), flush=True)
    for line in sys.stdin:
        try:
            outcome = {"event": "done", "value": perform(*json.loads(line))}
        except Exception as error:  # noqa: BLE001 - the outcome of the command
            outcome = {"event": "failed", "error": type(error).__name__, "message": str(error)}
        print(json.dumps(outcome), flush=True)
    server.stop()


if __name__ == "__main__":
    main()
