"""The server that is attacked, a process of its own: PVs of each kind, with handlers, services and a source.

``target.py MEGABYTES LOG``: more memory than that it does not get, since PVXS reserves what a client says to
send; 0 for no limit. What it writes to standard error goes to the file LOG. Prints its port; answers each
line of standard input with what it holds, as a line of JSON: ``memory``, ``connections``, ``operations``,
``errors``. Ends with its input.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import resource
import sys
from pathlib import Path
from typing import Any

import numpy as np

from aiopvxs import Server, SharedPV
from aiopvxs import nt as nts
from aiopvxs.data import Member, TypeDef
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.server import Channel, Config, Operation, Source, service
from aiopvxs_core.diagnostics import instance_snapshot

FIXED = 42
LARGEST = 1_000


def _everything() -> TypeDef:
    """A structure with a field of each kind."""
    children = [Member(T.Int32, "number"), Member(T.String, "text"), Member(T.Float64A, "list")]
    leaves = [code for code in T if code not in (T.Null, T.Struct, T.Union, T.StructA, T.UnionA)]
    fields = [Member(code, f"f{index}") for index, code in enumerate(leaves)]
    nested = [
        Member(code, f"n{index}", children)
        for index, code in enumerate((T.Struct, T.Union, T.StructA, T.UnionA))
    ]
    return TypeDef(T.Struct, [*fields, *nested], "fuzz:everything:1.0")


@service("fuzz:add")
async def _add(a: float, b: float = 1.0, names: list[str] | None = None) -> float:
    await asyncio.sleep(0)
    return a + b + len(names or ())


class _Made(Source):
    """PVs that are made for each client that asks, unless their names are odd."""

    patterns = ("fuzz:made:*",)
    deny_ttl = 0.1

    async def open(self, channel: Channel) -> SharedPV | None:
        await asyncio.sleep(0)
        return SharedPV(nts.NTScalar(T.Int32), 1) if channel.name.isascii() else None


def _handled() -> SharedPV:
    """A PV whose handlers look at all there is."""
    pv = SharedPV(_everything(), handler_timeout=5.0, max_waiting=10)
    pv.open()

    @pv.on_put
    async def _(pv: SharedPV, op: Operation) -> None:
        str(op.value), op.value.changed(), op.request.as_dict(), op.block, op.process
        await asyncio.sleep(0)
        pv.post(op.value)

    @pv.on_get
    async def _(op: Operation) -> None:
        op.value.as_dict()
        await asyncio.sleep(0.001)

    @pv.on_rpc
    async def _(op: Operation) -> object:
        str(op.value), op.query, await op.roles()
        op.warn(op.account)
        return op.value

    return pv


def _pvs() -> dict[str, SharedPV]:
    stored = SharedPV(_everything())
    stored.open()
    return {
        "fuzz:fixed": SharedPV.readonly(nts.NTScalar(T.Int32), FIXED),
        "fuzz:int": SharedPV(nts.NTScalar(T.Int32), 1),
        "fuzz:enum": SharedPV(initial=nts.NTEnum(["a", "b"]).create("b")),
        "fuzz:table": SharedPV(initial=nts.NTTable({"x": float, "s": str}).create([[1.5, "grün"]])),
        "fuzz:image": SharedPV(initial=nts.NTNDArray().create(np.zeros((4, 5), np.uint16))),
        "fuzz:all": stored,
        "fuzz:handled": _handled(),
        "fuzz:closed": SharedPV(nts.NTScalar(T.Int32)),
    }


class _Noted(logging.Handler):
    """Keeps what our own loggers and the event loop complain of."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if len(self.texts) < LARGEST:
            self.texts.append(f"{record.name}: {self.format(record)}")


async def _obey(server: Server, pvs: dict[str, SharedPV], noted: _Noted) -> None:
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while await lines.readline():
        pvs["fuzz:int"].post(1)
        report = await server.report()
        gc.collect()
        counts = instance_snapshot()
        state: dict[str, Any] = {
            "memory": _pages(1) * os.sysconf("SC_PAGE_SIZE"),
            "descriptors": len(os.listdir("/proc/self/fd")),
            "connections": len(report.connections),
            "operations": counts.get("ServerGPR", 0) + counts.get("MonitorOp", 0),
            "instances": counts,
            "errors": noted.texts,
        }
        print(json.dumps(state), flush=True)


async def _post(pv: SharedPV) -> None:
    """Updates for those who monitor."""
    for number in range(sys.maxsize):
        pv.post(number & 0xFFFF)
        await asyncio.sleep(0.005)


def _pages(column: int) -> int:
    return int(Path("/proc/self/statm").read_text().split()[column])


def _limit(megabytes: int) -> None:
    """Limit the memory of this process, as an operator may do."""
    if megabytes:
        most = _pages(0) * os.sysconf("SC_PAGE_SIZE") + megabytes * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


async def main() -> None:
    """Serve until end of input."""
    noted = _Noted()
    for name in ("aiopvxs", "asyncio"):
        logging.getLogger(name).addHandler(noted)
    pvs = _pvs()
    _limit(int(sys.argv[1]))
    with open(sys.argv[2], "wb") as log:  # noqa: ASYNC230 - PVXS has much to say of hostile clients
        os.dup2(log.fileno(), 2)
    async with Server(pvs, Config.isolated(), sources=[_Made()], services=[_add]) as server:
        posting = asyncio.ensure_future(_post(pvs["fuzz:int"]))
        print(json.dumps({"event": "ready", "port": server.config.tcp_port}), flush=True)
        await _obey(server, pvs, noted)
        posting.cancel()


if __name__ == "__main__":
    asyncio.run(main())
