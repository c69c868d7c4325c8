"""A server and a client of it in one process, on the loopback interface and ports of the system's choice."""

import asyncio

from aiopvxs.client import Context
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Server, SharedPV


async def exchange(server: Server) -> tuple[list[int], str]:
    async with Context(server.client_config(), use_env=False, timeout=30) as ctx:
        await ctx.put("smoke:pv", {"value": [1, 2, 3], "alarm.message": "put by the client"})
        got = await ctx.get("smoke:pv")
        return got["value"].as_list(), got.as_string("alarm.message")


def test_put_and_get():
    value = NTScalar(T.Int32A).create()
    value["value"] = [-1, -2]
    pv = SharedPV()
    pv.open(value)
    with Server({"smoke:pv": pv}, Config.isolated()) as server:
        assert asyncio.run(exchange(server)) == ([1, 2, 3], "put by the client")


async def follow(server: Server, pv: SharedPV) -> list[int]:
    async with (
        Context(server.client_config(), use_env=False, timeout=30) as ctx,
        ctx.monitor("smoke:pv") as sub,
    ):
        seen = [int((await sub.first()).value)]
        task = asyncio.create_task(anext(sub))  # cancelled while it waits: the next update is not lost
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        for number in range(1, 4):
            pv.post(number)
            seen.append(int((await asyncio.wait_for(anext(sub), 30)).value))
        pv.post(4)
        async for update in sub:
            seen.append(int(update.value))
            if seen[-1] == 5:
                break
            pv.post(5)
        return seen


def test_monitor():
    value = NTScalar(T.Int32).create()
    value["value"] = 0
    pv = SharedPV()
    pv.open(value)

    with Server({"smoke:pv": pv}, Config.isolated()) as server:
        assert asyncio.run(follow(server, pv)) == [0, 1, 2, 3, 4, 5]
