"""Channels, states, servers found and names listed: of an IOC, of p4p, and through a gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aiopvxs import Context, Timeout
from peers import Gateway

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from peers import Ioc, P4pServer


@pytest.fixture
async def ctx(ioc: Ioc) -> AsyncIterator[Context]:
    async with Context(ioc.config, use_env=False, timeout=20.0) as context:
        yield context


async def test_channel_of_a_record(ctx: Context, ioc: Ioc) -> None:
    channel = await ctx.connect("IOC:ao")
    assert channel.connected
    assert (await channel.info()).id() == "epics:nt/NTScalar:1.0"
    await channel.put(6, wait=True)
    assert (await channel.get()).as_py("value") == 6.0
    assert channel.peer == ioc.address
    async with channel.monitor() as updates:
        assert (await anext(updates)).as_py("value") == 6.0
    report = await ctx.report()
    (connection,) = report.connections
    assert connection.peer == ioc.address
    assert "IOC:ao" in {each.name for each in connection.channels}
    channel.close()


async def test_record_that_does_not_exist(ctx: Context) -> None:
    with pytest.raises(Timeout, match="'IOC:nothing'") as caught:
        await ctx.connect("IOC:nothing", timeout=0.3)
    assert caught.value.phase == "connect"


async def test_states_over_a_restart(own_ioc: Ioc) -> None:
    async with Context(own_ioc.config, use_env=False, timeout=60.0) as ctx:
        channel = ctx.channel("IOC:ai")
        states = channel.states()
        seen = [await anext(states)]
        while not seen[-1].connected:
            seen.append(await anext(states))
        own_ioc.kill()
        seen.append(await anext(states))
        own_ioc.start()
        seen.append(await anext(states))
        assert [state.connected for state in seen][-3:] == [True, False, True]
        assert seen[-1].peer == own_ioc.address
        assert [state.time for state in seen] == sorted(state.time for state in seen)


async def test_names_of_an_ioc(ctx: Context, ioc: Ioc) -> None:
    for names in (await ctx.list(ioc.address), await ctx.list()):
        assert {"IOC:ai", "IOC:text", "IOC:grp", "IOC:tbl"} <= set(names)


async def test_ioc_is_discovered(ctx: Context, ioc: Ioc) -> None:
    found = [each async for each in ctx.discover(timeout=1.0)]
    assert {(each.event, each.server, each.proto) for each in found} == {("online", ioc.address, "tcp")}


async def test_names_of_p4p(p4p_server: P4pServer) -> None:
    async with Context(p4p_server.config, use_env=False, timeout=20.0) as ctx:
        assert {"double", "table", "calc:add", "readonly"} <= set(await ctx.list())


async def test_gateway_tells_its_own_names_only(p4p: None, ioc: Ioc) -> None:
    with Gateway(ioc.config) as gateway:
        async with Context(gateway.config, use_env=False, timeout=40.0) as ctx:
            assert (await ctx.get("IOC:ai")).as_py("value") == 1.5
            names = await ctx.list()
            assert "gw:clients" in names
            assert "IOC:ai" not in names
