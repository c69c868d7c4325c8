"""Access that changes all the time, under clients that come and go."""

from __future__ import annotations

import asyncio
import random
import threading
import time

import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.client import Disconnected, RemoteError
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import AccessSecurity, Config
from waiting import eventually

GROUPS = " ASG(NOTHING) {RULE(1, NONE)} ASG(READING) {RULE(1, READ)}"
RULES = [f"ASG(DEFAULT) {{RULE(1, {right})}}{GROUPS}" for right in ("NONE", "READ", "WRITE")]


def change(access: AccessSecurity, pvs: list[SharedPV], stop: threading.Event) -> None:
    chance = random.Random(1)
    while not stop.is_set():
        pv = chance.choice(pvs)
        kind = chance.randrange(10)
        if kind < 3:
            access.reload(chance.choice(RULES))
        elif kind < 6:
            pv.asg = chance.choice([None, "NOTHING", "READING"])
        elif kind < 9:
            pv.post(chance.random())
        else:
            pv.close()
            pv.open(1.0)
        time.sleep(0.001)  # lets the others run


async def use(server: Server, seed: int, outcomes: set[str]) -> None:
    chance = random.Random(seed)
    for _ in range(4):
        async with Context(server.client_config(), use_env=False, timeout=30.0) as ctx:
            for _ in range(12):
                name = f"pv{chance.randrange(4)}"
                kind = chance.choice(["get", "put", "rpc", "monitor"])
                try:
                    if kind == "get":
                        await ctx.get(name)
                    elif kind == "put":
                        await ctx.put(name, 1.0)
                    elif kind == "rpc":
                        await ctx.rpc(name)
                    else:
                        async with ctx.monitor(name) as sub:
                            await sub.first(timeout=30.0)
                    outcomes.add("done")
                except RemoteError:
                    outcomes.add("denied")
                except Disconnected:
                    outcomes.add("lost")


async def test_every_operation_ends_and_nothing_stays(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "aiopvxs.server.access")
    access = AccessSecurity(RULES[2])
    pvs = [SharedPV(NTScalar(T.Float64), 1.0) for _ in range(4)]
    outcomes: set[str] = set()
    stop = threading.Event()
    async with Server({f"pv{n}": pv for n, pv in enumerate(pvs)}, Config.isolated(), access=access) as server:
        changing = asyncio.create_task(asyncio.to_thread(change, access, pvs, stop))
        try:
            await asyncio.gather(*(use(server, seed, outcomes) for seed in range(4)))
        finally:
            stop.set()
            await changing
        assert {"done", "denied"} <= outcomes

        def unused() -> bool:
            stats = [pv._core.stat() for pv in pvs]
            return not any(each.channels or each.waiting or each.subscribers for each in stats)

        await eventually(unused)
