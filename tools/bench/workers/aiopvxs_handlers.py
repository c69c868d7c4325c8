"""The server of ``bench_handlers.cpp`` with aiopvxs: handlers are coroutine functions."""

from __future__ import annotations

import asyncio

from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Operation, Server, SharedPV

from .serving import filled, obey

PVS = 100


def _handled() -> SharedPV:
    pv = SharedPV(NTScalar(T.Float64), 0.0)

    @pv.on_put
    async def _(pv: SharedPV, op: Operation) -> None:
        pv.post(op.value)

    @pv.on_rpc
    async def _(op: Operation) -> object:
        return op.query["a"]

    return pv


async def main() -> None:
    """Serve until end of input."""
    pvs = {f"bench:scalar:{number}": _handled() for number in range(PVS)}
    for name in ("bench:alone", "bench:watched"):
        pvs[name] = SharedPV.readonly(NTScalar(T.Float64), 0.0)
    array = pvs["bench:array"] = SharedPV.readonly(NTScalar(T.Float64A), [])

    def post(count: int, name: str) -> None:
        pv = pvs[name]
        for number in range(count):
            pv.post(float(number))

    def post_array(count: int, length: str) -> None:
        items = filled(int(length))
        for _ in range(count):
            array.post(items)

    async with Server(pvs, Config.isolated()) as server:

        def open_(count: int, _: str) -> None:
            for number in range(count):
                server.add_pv(f"bench:opened:{number}", SharedPV(NTScalar(T.Float64), float(number)))

        verbs = {"post": post, "post_array": post_array, "open": open_}
        await obey(server.client_config(), verbs)


if __name__ == "__main__":
    asyncio.run(main())
