"""What a Context tells of its connections, and that all of it ends with the Context."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from aiopvxs import Closed, Context, Timeout

if TYPE_CHECKING:
    from aiopvxs import Server
    from aiopvxs.client import Report
    from peers import ScriptedServer


def names(report: Report) -> dict[str, set[str]]:
    return {
        connection.peer: {channel.name for channel in connection.channels}
        for connection in report.connections
    }


async def test_report_lists_connections_and_channels(scripted_server: ScriptedServer) -> None:
    scripted_server.add("x", "int32", value=1)
    scripted_server.add("y", "int32", value=1)
    async with Context(scripted_server.config, use_env=False, timeout=20.0) as ctx:
        assert (await ctx.report()).connections == ()
        await asyncio.gather(ctx.get("x"), ctx.connect("y"))
        searching = ctx.channel("nowhere")
        first = await ctx.report()
        assert names(first) == {scripted_server.address: {"x", "y"}}
        assert not searching.connected
        (connection,) = first.connections
        for traffic in (connection, *connection.channels):
            assert traffic.tx > 0
            assert traffic.rx > 0
        await ctx.get("x")
        (later,) = (await ctx.report()).connections
        assert later.tx > connection.tx  # a report does not set the counts back
        assert later.rx > connection.rx


async def test_report_of_several_servers(scripted_server: ScriptedServer, own_server: Server) -> None:
    scripted_server.add("x", "int32", value=1)
    own = own_server.client_config()
    addresses = [
        f"127.0.0.1:{config['EPICS_PVA_BROADCAST_PORT']}" for config in (scripted_server.config, own)
    ]
    config = {**own, "EPICS_PVA_ADDR_LIST": " ".join(addresses)}
    async with Context(config, use_env=False, timeout=20.0) as ctx:
        x, other = await asyncio.gather(ctx.connect("x"), ctx.connect("int"))
        assert x.peer == scripted_server.address
        assert x.peer != other.peer
        assert other.peer is not None
        assert names(await ctx.report()) == {x.peer: {"x"}, other.peer: {"int"}}


async def test_closed_context_refuses_each(own_ctx: Context) -> None:
    await own_ctx.aclose()
    with pytest.raises(Closed, match="report: the Context is closed"):
        await own_ctx.report()
    with pytest.raises(Closed, match="hurry_up: the Context is closed"):
        await own_ctx.hurry_up()
    with pytest.raises(Closed, match="cache_clear: the Context is closed"):
        await own_ctx.cache_clear()
    with pytest.raises(Closed, match="ignore_server_guids: the Context is closed"):
        await own_ctx.ignore_server_guids([])
    with pytest.raises(Closed, match="discover: the Context is closed"):
        await anext(own_ctx.discover())


async def test_all_of_them_while_the_context_closes(own_server: Server) -> None:
    for _ in range(10):
        ctx = Context(own_server.client_config(), use_env=False, timeout=20.0)
        channels = [ctx.channel(name) for name in ("int", "double", "nowhere")]
        calls = [
            asyncio.ensure_future(call)
            for _ in range(3)
            for call in (ctx.report(), ctx.hurry_up(), ctx.cache_clear(), ctx.ignore_server_guids([]))
        ]
        await asyncio.sleep(0)
        closing = threading.Thread(target=ctx.close)
        closing.start()
        for result in await asyncio.gather(*calls, return_exceptions=True):
            assert not isinstance(result, Exception) or isinstance(result, Closed), result
        await asyncio.to_thread(closing.join)
        assert not any(channel.connected for channel in channels)


async def test_loop_is_free_while_a_worker_is_waited_for(own_ctx: Context) -> None:
    turns = 0
    report = asyncio.ensure_future(own_ctx.report())
    while not report.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 1


async def test_ignored_servers_are_not_found(own_server: Server, own_ctx: Context) -> None:
    found = await anext(own_ctx.discover())
    await own_ctx.ignore_server_guids([found.guid.hex()])
    with pytest.raises(Timeout):
        await own_ctx.connect("int", timeout=0.3)
    await own_ctx.ignore_server_guids([])
    await own_ctx.connect("int")
    await own_ctx.ignore_server_guids([found.guid, b"\0" * 12])
    assert int((await own_ctx.get("int")).value) == 5  # connected already


@pytest.mark.parametrize("guids", [["xyz"], [b"short"], ["00" * 13], [5], "00" * 12, b"0" * 12])
async def test_what_is_no_guid_is_refused(own_ctx: Context, guids: object) -> None:
    with pytest.raises(ValueError, match="GUID"):
        await own_ctx.ignore_server_guids(guids)  # type: ignore[arg-type]


async def test_ignoring_servers_while_answers_come_in(own_server: Server) -> None:
    async with Context(own_server.client_config(), use_env=False, timeout=20.0) as ctx:
        for number in range(50):
            searches = [ctx.get(f"nowhere:{number}:{each}") for each in range(20)]
            sound = ctx.connect("int")
            await asyncio.gather(*(ctx.ignore_server_guids([bytes([each] * 12)] * 50) for each in range(4)))
            (await sound).close()
            for search in searches:
                search.cancel()
            await ctx.cache_clear("int")
