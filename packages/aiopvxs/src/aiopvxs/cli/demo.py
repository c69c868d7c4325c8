"""``aiopvxs demo``: a server and a client at work."""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import Sequence

from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_nt import NTEnum, NTScalar

from ..client import Context
from ..server import Config, Server, SharedPV
from ._format import Formatter
from ._parser import Parser
from ._run import say, write

__all__ = ["main", "make_parser"]

_UPDATES = 5
_SECONDS = 20.0


def make_parser() -> Parser:
    """Return what reads the words after the command."""
    parser = Parser("demo", "Serve some PVs on this host only, read, write and follow them, and end.")
    parser.add_argument("--serve", action="store_true", help="only serve, where the environment says")
    return parser


def main(words: Sequence[str]) -> int:
    """Run the command."""
    options = make_parser().read(list(words))
    pvs = _make()
    if not options.serve:
        return asyncio.run(_show(pvs))
    server = Server(pvs)

    async def beside() -> None:
        write(f"Serving {' '.join(pvs)} on TCP port {server.config.tcp_port}. In another terminal try\n")
        write("  aiopvxs monitor -F nt demo:sine\n  aiopvxs put demo:mode manual\n")
        sys.stdout.flush()
        await _move(pvs["demo:sine"])

    server.run(beside)
    say("Stopped")
    return 0


def _make() -> dict[str, SharedPV]:
    wave = [math.sin(step / 8) for step in range(50)]
    return {
        "demo:sine": SharedPV.readonly(initial=NTScalar(T.Float64, units="V").create(0.0)),
        "demo:setpoint": SharedPV(initial=NTScalar(T.Float64, units="mm", limits=(0, 90)).create(1.5)),
        "demo:mode": SharedPV(initial=NTEnum(["off", "manual", "auto"]).create("off")),
        "demo:wave": SharedPV(initial=NTScalar(T.Float64A).create(wave)),
    }


async def _move(pv: SharedPV) -> None:
    step = 0
    while True:
        await asyncio.sleep(0.1)
        step += 1
        pv.post(math.sin(step / 10))


async def _show(pvs: dict[str, SharedPV]) -> int:
    line = Formatter("nt", 8)
    async with (
        Server(pvs, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=_SECONDS) as context,
    ):
        moving = asyncio.ensure_future(_move(pvs["demo:sine"]))
        try:
            write("Reading all PVs:\n")
            for name, value in zip(pvs, await context.get(list(pvs)), strict=True):
                write(line(name, value))
            write("Writing two of them:\n")
            await context.put({"demo:setpoint": 42, "demo:mode": "auto"})
            for name in ("demo:setpoint", "demo:mode"):
                write(line(name, await context.get(name)))
            write(f"Following one for {_UPDATES} updates:\n")
            await _follow(context, line)
        finally:
            moving.cancel()  # before the client leaves: PVXS logs who breaks off with something unread
    write("It works. Next: aiopvxs demo --serve\n")
    return 0


async def _follow(context: Context, line: Formatter) -> None:
    left = _UPDATES
    async with context.monitor("demo:sine") as updates:
        async for value in updates:
            write(line("demo:sine", value))
            left -= 1
            if not left:
                return
