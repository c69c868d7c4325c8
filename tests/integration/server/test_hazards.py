"""What PVXS's own servers stumble over, where no other module has it."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import Any

import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.data import Member, TypeDef
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTNDArray, NTScalar
from aiopvxs.server import Channel, Config, Operation, Source
from aiopvxs.sync import Context as Blocking
from waiting import eventually


def number(value: int = 0) -> SharedPV:
    return SharedPV(NTScalar(T.Int32), value)


def context(server: Server) -> Context:
    return Context(server.client_config(), use_env=False, timeout=20.0)


async def test_a_monitor_with_flow_control_gets_the_last_value() -> None:
    """A PVXS server does not go on sending by itself when a client has room again."""
    pv = number()
    async with (
        Server({"x": pv}, Config.isolated()) as server,
        context(server) as ctx,
        ctx.monitor("x", pipeline=True, server_queue=4) as sub,
    ):
        await sub.first(20)
        for last in (100, 200, 300):
            for value in range(last - 99, last + 1):
                pv.post(value)
            while int((await sub.first(20)).value) != last:
                pass


async def test_monitors_that_pause_under_posts_of_threads() -> None:
    """PVXS calls back with a monitor's mutex held, and a post takes it too: neither waits for the other."""
    pv = number()
    stop = threading.Event()

    def post() -> None:
        while not stop.wait(0.0001):
            pv.post(1)

    threads = [threading.Thread(target=post) for _ in range(3)]
    async with Server({"x": pv}, Config.isolated()) as server, context(server) as ctx:
        lasting = ctx.monitor("x")
        for thread in threads:
            thread.start()
        try:
            for _ in range(100):
                async with ctx.monitor("x") as sub:
                    await sub.first(20)
                    lasting.pause()
                    await asyncio.sleep(0)
                    lasting.resume()
        finally:
            stop.set()
            for thread in threads:
                await asyncio.to_thread(thread.join, 20.0)
        assert not any(thread.is_alive() for thread in threads)
        pv.post(7)
        while int((await lasting.first(20)).value) != 7:
            pass
        lasting.close()


async def test_sources_and_pvs_change_while_a_client_is_let_in() -> None:
    """PVXS waits for itself where a source adds one while it is asked."""

    class More(Source):
        patterns = ("made:*",)

        async def find(self, name: str) -> bool:
            if ("found", 1) not in server.list_sources():
                server.add_source("found", Names(), 1)
            return False

        async def open(self, channel: Channel) -> SharedPV:
            server.add_source("more", Names(), 2)
            server.remove_source("more", 2)
            server.add_pv("added", number(5))
            return number(4)

    class Names(Source):
        names = ("named",)

        async def open(self, channel: Channel) -> SharedPV:
            return number(6)

    async with Server(config=Config.isolated(), sources=[More()]) as server, context(server) as ctx:
        assert (await ctx.get("made:x")).as_int("value") == 4
        assert (await ctx.get("added")).as_int("value") == 5
        assert (await ctx.get("named")).as_int("value") == 6


async def test_pvs_change_in_handlers() -> None:
    pv, first, other = number(), number(1), number(2)

    @pv.on_put
    async def _(op: Operation) -> None:
        server.remove_pv("other")
        server.add_pv("added", number(op.value.as_int("value")))

    first.on_first_connect(lambda pv: server.add_pv("after", number(8)))
    async with (
        Server({"x": pv, "first": first, "other": other}, Config.isolated()) as server,
        context(server) as ctx,
    ):
        sub = ctx.monitor("other")
        await sub.first(20)
        await ctx.put("x", 5)
        assert (await ctx.get("added")).as_int("value") == 5
        await eventually(lambda: not sub.connected)
        sub.close()
        assert (await ctx.get("first")).as_int("value") == 1
        assert (await ctx.get("after")).as_int("value") == 8


def test_a_handler_drops_the_last_reference_to_its_server() -> None:
    """PVXS waits for the thread in which it is."""
    pv = number()
    servers: list[Server] = [Server({"x": pv}, Config.isolated())]
    ended = threading.Event()

    @pv.on_rpc
    async def _(op: Operation) -> None:
        op.reply(5)
        servers.clear()
        gc.collect()
        ended.set()

    servers[0].start()
    with Blocking(servers[0].client_config(), use_env=False, timeout=20.0) as ctx:
        assert ctx.rpc("x").as_int("value") == 5
        assert ended.wait(20.0)
    with Server({"x": pv}, Config.isolated()) as server:
        pv.on_rpc(lambda op: 6)
        with Blocking(server.client_config(), use_env=False, timeout=20.0) as ctx:
            assert ctx.rpc("x").as_int("value") == 6


def _union() -> Any:
    choices = [Member(T.Int32, "number"), Member(T.String, "text")]
    return TypeDef(T.Struct, [Member(T.Union, "value", choices), Member(T.Int32, "other")])


@pytest.mark.parametrize("nt", [NTNDArray(), _union()], ids=["image", "structure"])
async def test_a_union_that_is_marked_and_empty(nt: Any) -> None:
    """PVXS neither copies nor serves it."""
    value = SharedPV(nt, {}).current
    value["value"] = None
    assert value.is_marked("value")
    pv = SharedPV()
    pv.open(value)
    async with (
        Server({"x": pv}, Config.isolated()) as server,
        context(server) as ctx,
        ctx.monitor("x") as sub,
    ):
        for found in (await ctx.get("x"), await sub.first(20)):
            assert found.as_py("value") is None
        pv.post(value)
        found = await sub.first(20)
        assert (found.as_py("value"), found.is_marked("value")) == (None, True)
        await ctx.put("x", value, only="value")
        assert (await sub.first(20)).as_py("value") is None
