"""Servers are found, each once, and the search ends whichever way it is left."""

from __future__ import annotations

import asyncio
import gc
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from aiopvxs import Closed, Context, Server, SharedPV
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config
from aiopvxs_core.diagnostics import instance_snapshot
from aiopvxs_core.queue import wait_for_closed
from peers.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiopvxs.client import Discovered
    from peers import P4pServer, ScriptedServer


def of_servers(*configs: Mapping[str, str]) -> dict[str, str]:
    """A client's configuration for servers on loopback, each with a search port of its own."""
    addresses = [f"127.0.0.1:{config['EPICS_PVA_BROADCAST_PORT']}" for config in configs]
    return {**configs[0], "EPICS_PVA_ADDR_LIST": " ".join(addresses)}


def contexts() -> int:
    """How many pvxs Contexts live."""
    assert wait_for_closed(20.0)
    return instance_snapshot()["ClientContextImpl"]


async def all_found(ctx: Context, timeout: float = 0.5) -> list[Discovered]:
    return [found async for found in ctx.discover(timeout=timeout)]


async def test_own_server_is_found_at_once(own_server: Server, own_ctx: Context) -> None:
    found = await asyncio.wait_for(anext(own_ctx.discover()), 20)
    port = own_server.client_config()["EPICS_PVA_SERVER_PORT"]
    assert (found.event, found.server, found.proto) == ("online", f"127.0.0.1:{port}", "tcp")
    assert found.peer is not None
    assert len(found.guid) == 12
    assert abs(found.time - datetime.now(timezone.utc)) < timedelta(seconds=20)
    assert found.peer_version >= 1


async def test_each_server_is_found_once_by_each_search(
    own_server: Server, scripted_server: ScriptedServer
) -> None:
    with Server({"other": SharedPV(NTScalar(T.Int32), 1)}, Config.isolated()) as other:
        configs = [own_server.client_config(), other.client_config(), scripted_server.config]
        servers = {f"127.0.0.1:{config['EPICS_PVA_SERVER_PORT']}" for config in configs}
        async with Context(of_servers(*configs), use_env=False) as ctx:
            for _ in range(2):  # the second search has a pvxs Context of its own, which knows nothing yet
                found = await all_found(ctx)
                assert {each.server for each in found} == servers
                assert len({each.guid for each in found}) == len(found) == 3
            results = await asyncio.gather(*(all_found(ctx) for _ in range(3)))
            assert [{each.server for each in found} for found in results] == [servers] * 3


async def test_p4p_server_is_found(p4p_server: P4pServer) -> None:
    async with Context(p4p_server.config, use_env=False) as ctx:
        found = await asyncio.wait_for(anext(ctx.discover()), 20)
        channel = await ctx.connect("int", timeout=20)
        assert (found.event, found.server) == ("online", channel.peer)


async def test_server_that_tells_of_itself_is_found_without_ping() -> None:
    server = Server({"x": SharedPV(NTScalar(T.Int32), 1)}, Config.isolated())
    async with Context(server.client_config(), use_env=False) as ctx:
        search = ctx.discover(ping=False)
        found = asyncio.ensure_future(anext(search))
        # a server tells of itself when it starts, and again 15 s later
        while not found.done():
            with server:
                await asyncio.wait([found], timeout=1.0)
        assert found.result().event == "online"
        await search.aclose()


async def test_server_that_began_anew_is_told_of_and_one_whose_pvs_change_is_not() -> None:
    settings = {
        "EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1",
        "EPICS_PVAS_BEACON_ADDR_LIST": "127.0.0.1",
        "EPICS_PVAS_AUTO_BEACON_ADDR_LIST": "NO",
        "EPICS_PVAS_SERVER_PORT": str(free_port()),
        "EPICS_PVAS_BROADCAST_PORT": str(free_port()),
    }
    pv = SharedPV(NTScalar(T.Int32), 1)
    with Server({"x": pv}, settings, use_env=False) as server:
        ctx = Context(server.client_config(), use_env=False)
        search = ctx.discover()
        first = await asyncio.wait_for(anext(search), 20)
        server.add_pv("y", pv)
    del server  # its port is free when it has ended
    gc.collect()
    assert await asyncio.to_thread(wait_for_closed, 20.0)
    with Server({"x": pv}, settings, use_env=False):
        lost = await asyncio.wait_for(anext(search), 40)
        found = await asyncio.wait_for(anext(search), 40)
    assert (first.event, lost.event, found.event) == ("online", "timeout", "online")
    assert first.server == lost.server == found.server
    assert first.guid == lost.guid != found.guid
    await ctx.aclose()


async def test_search_ends_after_its_timeout(own_ctx: Context) -> None:
    begun = asyncio.get_running_loop().time()
    assert len(await all_found(own_ctx, timeout=0.2)) == 1
    assert asyncio.get_running_loop().time() - begun >= 0.2


async def test_search_ends_with_break_with_aclose_and_when_dropped(own_ctx: Context) -> None:
    before = contexts()
    async for found in own_ctx.discover():
        assert found.event == "online"
        break
    gc.collect()
    await asyncio.sleep(0)
    search = own_ctx.discover()
    await anext(search)
    await search.aclose()
    with pytest.raises(StopAsyncIteration):
        await anext(search)
    dropped = own_ctx.discover(timeout=100.0)
    await anext(dropped)
    assert contexts() == before + 1
    del dropped
    gc.collect()
    assert await asyncio.to_thread(contexts) == before


async def test_search_that_is_cancelled_goes_on_with_the_next_step(own_ctx: Context) -> None:
    search = own_ctx.discover()
    step = asyncio.ensure_future(anext(search))
    await asyncio.sleep(0)
    step.cancel()
    with pytest.raises(asyncio.CancelledError):
        await step
    assert (await asyncio.wait_for(anext(search), 20)).event == "online"
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(anext(search), 0.05)
    await search.aclose()


async def test_closed_context_ends_a_search(own_ctx: Context) -> None:
    before = contexts()
    search = own_ctx.discover()
    await anext(search)
    step = asyncio.ensure_future(anext(search))
    await asyncio.sleep(0)
    own_ctx.close()
    with pytest.raises(Closed, match="discover: the Context was closed"):
        await step
    assert await asyncio.to_thread(contexts) <= before


@pytest.mark.timeout(120)
async def test_searches_that_end_while_servers_come_and_go(own_server: Server) -> None:
    config = own_server.client_config()
    async with Context(config, use_env=False) as ctx:
        for number in range(30):
            searches = [ctx.discover() for _ in range(4)]
            steps = [asyncio.ensure_future(anext(search)) for search in searches]
            own_server.add_pv(f"new:{number}", SharedPV(NTScalar(T.Int32), 1))
            own_server.stop()
            own_server.start()
            found = await asyncio.gather(*steps)
            assert {each.event for each in found} == {"online"}
            for search in searches:
                await search.aclose()
