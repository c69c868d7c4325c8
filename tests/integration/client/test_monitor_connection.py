"""Monitors and connections that are lost and come back: order, types, pause, flow control."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from aiopvxs import Context, Disconnected, Error, RemoteError, SharedPV
from aiopvxs.client import ConnectionState
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.data import Value
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Server
from peers import ScriptedServer
from waiting import eventually

BIG = 10_000  # a server that keeps so many squashes none of a test's


@pytest.fixture
async def ctx(scripted_server: ScriptedServer) -> AsyncIterator[Context]:
    context = Context(scripted_server.config, use_env=False, timeout=20.0)
    yield context
    await context.aclose()


@pytest.fixture
def server(scripted_server: ScriptedServer) -> ScriptedServer:
    scripted_server.add("x", "int32", value=0)
    return scripted_server


def shown(item: object) -> object:
    return item.connected if isinstance(item, ConnectionState) else item.as_py("value")  # type: ignore[attr-defined]


async def test_what_came_before_a_loss_stays_in_order(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("x", events=True, server_queue=BIG)
    await eventually(lambda: sub.stats().arrived == 1)
    for number in (1, 2, 3):
        server.post("x", {"value": number})
    await eventually(lambda: sub.stats().arrived == 4)
    server.stop()
    await eventually(lambda: not sub.connected)
    assert sub.peer == server.address
    server.retype("x", "string", {"value": "new"})
    server.start()
    await eventually(lambda: sub.stats().arrived == 5)
    items = [shown(await anext(sub)) for _ in range(8)]
    assert items == [True, 0, 1, 2, 3, False, True, "new"]
    assert sub.connected


async def test_without_events_a_reconnect_is_another_update(server: ScriptedServer, ctx: Context) -> None:
    async with ctx.monitor("x") as sub:
        assert int((await sub.first()).value) == 0
        server.set("x", {"value": 5})
        server.drop()
        assert int((await sub.first()).value) == 5


async def test_stale_raise_interrupts_and_iteration_may_go_on(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("x", stale="raise")
    got: list[int] = []
    with pytest.raises(Disconnected, match="monitor 'x': the connection to 127.* was lost") as caught:  # noqa: PT012
        async for value in sub:
            got.append(int(value.value))
            server.drop()
    assert got == [0]
    assert (caught.value.pv, caught.value.peer) == ("x", server.address)
    assert caught.value.time is not None
    assert not sub.closed
    async for value in sub:
        got.append(int(value.value))
        break
    assert got == [0, 0]


async def test_refused_after_a_reconnect(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("x")
    await sub.first()
    server.on("x", "init", "monitor", "refuse", text="no longer")
    server.drop()
    with pytest.raises(RemoteError, match="^no longer$"):
        await sub.first()


async def test_pause_and_resume(server: ScriptedServer, ctx: Context) -> None:
    async with ctx.monitor("x", server_queue=BIG) as sub:
        await sub.first()
        sub.pause()
        await server.event("start", pv="x", start=False)
        server.post("x", {"value": 1})
        server.post("x", {"value": 2})
        waiting = asyncio.ensure_future(sub.first())
        # an answer to a later request of this connection: nothing was sent before it
        assert int((await ctx.get("x")).value) == 2
        assert not waiting.done()
        assert sub.stats().arrived == 1
        sub.resume()
        assert int((await waiting).value) == 1
        assert int((await sub.first()).value) == 2


async def test_pause_survives_a_reconnect(server: ScriptedServer, ctx: Context) -> None:
    async with ctx.monitor("x") as sub:
        await sub.first()
        sub.pause()
        await server.event("start", pv="x", start=False)
        server.drop()
        await server.event("init", pv="x", kind="monitor", count=2)
        assert int((await ctx.get("x")).value) == 0
        assert len(server.events("start", pv="x", start=True)) == 1  # none on the second connection
        assert sub.stats().arrived == 1
        assert sub.connected
        sub.resume()
        assert int((await sub.first()).value) == 0
        server.drop()
        assert int((await sub.first()).value) == 0


async def test_paused_before_it_is_connected(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("later")
    sub.pause()
    server.add("later", "int32", value=3)
    await server.event("init", pv="later", kind="monitor", timeout=60)
    await ctx.get("later")
    assert server.events("start", pv="later") == []
    sub.resume()
    assert int((await sub.first()).value) == 3
    sub.pause()
    sub.close()
    sub.resume()


async def test_paused_before_its_server_is_looked_up(server: ScriptedServer, ctx: Context) -> None:
    port = server.address.rpartition(":")[2]
    sub = ctx.monitor("x", server=f"localhost:{port}")
    sub.pause()
    await server.event("init", pv="x", kind="monitor", timeout=60)
    await ctx.get("x")
    assert server.events("start", pv="x") == []
    assert sub.stats().arrived == 0
    sub.resume()
    await sub.first()


async def test_request_of_a_monitor_with_flow_control(server: ScriptedServer, ctx: Context) -> None:
    async with ctx.monitor("x", fields="value", pipeline=True, server_queue=10) as sub:
        await sub.first()
    request = server.events("init", pv="x", kind="monitor")[0]["request"]
    assert request["record"]["_options"] == {"pipeline": "true", "queueSize": "10"}
    assert request["field"] == {"value": {}}


@pytest.mark.parametrize("queue", [None, 2, 3, 10])
@pytest.mark.parametrize("overflow", ["squash", "block"])
async def test_burst_with_flow_control_arrives_to_the_last(queue: int | None, overflow: str) -> None:
    """A pvxs server does not go on by itself when an acknowledgement opens the closed window."""
    pv = SharedPV(NTScalar(T.Int32), 0)
    async with (
        Server({"x": pv}, Config.isolated()) as own,
        Context(own.client_config(), use_env=False, timeout=20.0) as ctx,
        ctx.monitor("x", pipeline=True, server_queue=queue, overflow=overflow) as sub,  # type: ignore[call-overload]
    ):
        await sub.first()
        last = 0
        for _ in range(20):
            for number in range(last + 1, last + 101):
                pv.post(number)
            last += 100
            got = [last - 100]
            while got[-1] != last:
                got.append(int((await sub.first()).value))
            assert got == sorted(set(got))


async def test_slow_consumer_that_blocks_the_server_gets_the_last(ctx: Context) -> None:
    pv = SharedPV(NTScalar(T.Int32), 0)
    async with (
        Server({"x": pv}, Config.isolated()) as own,
        Context(own.client_config(), use_env=False, timeout=20.0) as client,
        client.monitor("x", pipeline=True, server_queue=4, overflow="block", max_queue=1) as sub,
    ):
        await sub.first()
        for number in range(1, 101):
            pv.post(number)
        got: list[int] = []
        while not got or got[-1] != 100:
            got.append(int((await sub.first()).value))
            await asyncio.sleep(0.02)
        assert got == sorted(set(got))
        stats = sub.stats()
        assert (stats.squashed, stats.dropped) == (0, 0)


async def test_server_in_another_place(server: ScriptedServer, ctx: Context) -> None:
    nowhere = {"EPICS_PVA_ADDR_LIST": "127.0.0.1:9", "EPICS_PVA_AUTO_ADDR_LIST": "NO"}
    async with (
        Context(nowhere, use_env=False, timeout=20.0) as other,
        other.monitor("x", server=server.address) as sub,
    ):
        assert int((await sub.first()).value) == 0
        server.stop()
        server.start()
        assert isinstance(await sub.first(), Value)


async def test_host_name_of_a_server_is_looked_up(server: ScriptedServer, ctx: Context) -> None:
    at = server.address.replace("127.0.0.1", "localhost")
    sub = ctx.monitor("x", server=at)
    assert (sub.connected, sub.peer, sub.stats().arrived) == (False, None, 0)
    assert int((await sub.first()).value) == 0
    assert sub.peer == server.address
    with pytest.raises(ValueError, match="not the address of a server"):
        ctx.monitor("x", server="a:b:c")
    with pytest.raises(Error, match="monitor 'x': the server 'no.such.invalid' cannot be looked up"):
        await ctx.monitor("x", server="no.such.invalid").first()
    errors: list[Exception] = []
    told = ctx.monitor("x", print, on_error=errors.append, server="no.such.invalid")
    await eventually(lambda: told.closed)
    assert [type(error) for error in errors] == [Error]
    ctx.monitor("x", server=at).close()
