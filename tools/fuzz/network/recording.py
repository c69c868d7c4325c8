"""Honest conversations, recorded between our client and the target: what the mutations begin with."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Awaitable, Callable
from typing import Any

from aiopvxs import Context
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.data import Value

__all__ = ["HEADER", "frames", "record"]

HEADER = 8


def frames(data: bytes) -> list[bytes]:
    """Take a stream apart into its messages."""
    found = []
    while len(data) >= HEADER:
        order = ">" if data[2] & 0x80 else "<"
        body = 0 if data[2] & 1 else struct.unpack_from(f"{order}I", data, 4)[0]
        found.append(data[: HEADER + body])
        data = data[HEADER + body :]
    return found


class _Proxy:
    """Passes bytes on, and keeps those of the client."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.heard = bytearray()
        self.ended = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", self._port)
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(
                self._pass(reader, upstream_writer, self.heard), self._pass(upstream_reader, writer, None)
            )
        self.ended.set()

    async def _pass(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, kept: bytearray | None
    ) -> None:
        while data := await source.read(65536):
            if kept is not None:
                kept += data
            sink.write(data)
            await sink.drain()
        sink.close()


# its operations name their server, and search for nothing
_NOWHERE = {"EPICS_PVA_ADDR_LIST": "127.0.0.1", "EPICS_PVA_AUTO_ADDR_LIST": "NO"}

Step = Callable[[Context, str], Awaitable[object]]


async def _monitor(ctx: Context, at: str, name: str, **options: Any) -> None:
    async with ctx.monitor(name, server=at, **options) as sub:
        await sub.first(20.0)
        await asyncio.sleep(0.02)


_content: dict[str, Any] = {
    "n0": {"number": 1, "text": "grün", "list": [1.5, 2.5]},
    "n1": ("text", "selected"),
    "n2": [{"number": 2}, None, {"text": "x"}],
    "n3": [("number", 3), None, ("list", [0.5])],
}


def _anything(value: Value) -> None:
    """Fill what can be filled of a value with a field of each kind."""
    for member in value.typedef().members:
        code = member.code.code
        if code == T.Any:
            value[member.name] = 5
        elif code == T.AnyA:
            value[member.name] = [5, "x", None]
        elif code == T.StringA:
            value[member.name] = ["a", "", "grün"]
        elif code == T.String:
            value[member.name] = "text"
        elif member.code.is_array and member.name[0] == "f":
            value[member.name] = [0, 1, 1]
        elif member.name[0] == "f":
            value[member.name] = 1


async def _put_everything(ctx: Context, at: str, name: str) -> None:
    value = await ctx.info(name, server=at)
    _anything(value)
    for field, content in _content.items():
        value[field] = content
    await ctx.put(name, value, server=at)


def _steps() -> dict[str, Step]:
    """What a client does, each on a connection of its own."""
    steps: dict[str, Step] = {}
    for kind in ("int", "enum", "table", "image", "all", "handled", "made:a"):
        name = f"fuzz:{kind}"
        steps[f"get {name}"] = lambda ctx, at, name=name: ctx.get(name, server=at)  # type: ignore[misc]
        steps[f"monitor {name}"] = lambda ctx, at, name=name: _monitor(ctx, at, name)  # type: ignore[misc]
    steps["info"] = lambda ctx, at: ctx.info("fuzz:image", server=at)
    steps["pipeline"] = lambda ctx, at: _monitor(ctx, at, "fuzz:int", pipeline=True, server_queue=4)
    steps["fields"] = lambda ctx, at: ctx.get("fuzz:int", fields="value,alarm.severity", server=at)
    steps["put int"] = lambda ctx, at: ctx.put("fuzz:int", 5, server=at, wait=True)
    steps["put enum"] = lambda ctx, at: ctx.put("fuzz:enum", {"value.index": 1}, server=at)
    steps["put table"] = lambda ctx, at: ctx.put("fuzz:table", {"value.x": [2.5, 3.5]}, server=at)
    steps["put all"] = lambda ctx, at: _put_everything(ctx, at, "fuzz:all")
    steps["put handled"] = lambda ctx, at: _put_everything(ctx, at, "fuzz:handled")
    steps["add"] = lambda ctx, at: ctx.rpc("fuzz:add", server=at, a=1.5, b=2.5)
    steps["rpc"] = lambda ctx, at: ctx.rpc("fuzz:handled", server=at, a=[1, 2], b="x", c={"d": 1})
    steps["server"] = lambda ctx, at: ctx.rpc("server", server=at, op="channels")
    return steps


async def _record(port: int, step: Step) -> list[bytes]:
    proxy = _Proxy(port)
    listener = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    async with listener:
        at = f"127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        async with Context(_NOWHERE, use_env=False, timeout=20.0) as ctx:
            await step(ctx, at)
        await proxy.ended.wait()
    return frames(bytes(proxy.heard))


def record(port: int) -> dict[str, list[bytes]]:
    """Return the messages of each conversation, in their order."""

    async def all_() -> dict[str, list[bytes]]:
        return {name: await _record(port, step) for name, step in _steps().items()}

    return asyncio.run(all_())
