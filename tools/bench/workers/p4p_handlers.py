"""The server of ``bench_handlers.cpp`` with p4p: handlers are coroutine functions."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from p4p.nt import NTScalar
from p4p.server import Server, StaticProvider
from p4p.server.asyncio import SharedPV

from .serving import filled, obey

PVS = 100


class _Handler:
    async def put(self, pv: Any, op: Any) -> None:
        """Store what was sent."""
        pv.post(op.value())
        op.done()

    async def rpc(self, _: Any, op: Any) -> None:
        """Give it back."""
        op.done(NTScalar("d").wrap(float(op.value().query.a)))


async def main() -> None:
    """Serve until end of input."""
    provider = StaticProvider("bench")
    pvs = {}

    def serve(name: str, pv: Any) -> None:
        provider.add(name, pv)
        pvs[name] = pv

    for number in range(PVS):
        serve(f"bench:scalar:{number}", SharedPV(_Handler(), nt=NTScalar("d"), initial=0.0))
    for name in ("bench:alone", "bench:watched"):
        serve(name, SharedPV(nt=NTScalar("d"), initial=0.0))
    serve("bench:array", SharedPV(nt=NTScalar("ad"), initial=[]))

    def post(count: int, name: str) -> None:
        pv = pvs[name]
        for number in range(count):
            pv.post(float(number), timestamp=time.time())

    def post_array(count: int, length: str) -> None:
        items = filled(int(length))
        for _ in range(count):
            pvs["bench:array"].post(items, timestamp=time.time())

    async def open_all(count: int) -> None:
        for number in range(count):
            serve(f"bench:opened:{number}", SharedPV(nt=NTScalar("d"), initial=float(number)))

    loop = asyncio.get_running_loop()

    def open_(count: int, _: str) -> None:
        asyncio.run_coroutine_threadsafe(open_all(count), loop).result()

    with Server(providers=[provider], isolate=True) as server:
        verbs = {"post": post, "post_array": post_array, "open": open_}
        await obey(server.conf(), verbs)


if __name__ == "__main__":
    asyncio.run(main())
