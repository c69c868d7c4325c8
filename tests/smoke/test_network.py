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
