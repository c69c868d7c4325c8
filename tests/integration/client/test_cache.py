"""What a Context forgets: channels that nobody uses, and PVs that were not found."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from aiopvxs import Closed, Context
from aiopvxs_core.diagnostics import instance_snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiopvxs import Server
    from peers import ScriptedServer


@pytest.fixture
async def ctx(scripted_server: ScriptedServer) -> AsyncIterator[Context]:
    for name in ("x", "y"):
        scripted_server.add(name, "int32", value=1)
    async with Context(scripted_server.config, use_env=False, timeout=20.0) as context:
        yield context


def channels() -> int:
    """How many channels of pvxs clients live."""
    return instance_snapshot().get("Channel", 0)


async def until_channels(count: int, seconds: float) -> None:
    """Wait until no more than so many live."""
    begun = time.monotonic()
    while channels() > count:
        assert time.monotonic() < begun + seconds, f"{channels()} channels live, not {count}"
        await asyncio.sleep(0.05)


async def test_unused_channels_are_closed_at_once(scripted_server: ScriptedServer, ctx: Context) -> None:
    await asyncio.gather(ctx.get("x"), ctx.put("y", 2))
    assert channels() == 2
    await ctx.cache_clear("x")
    await scripted_server.event("close", pv="x", timeout=5.0)
    assert channels() == 1
    assert scripted_server.channels("y") == 1
    await ctx.cache_clear()
    await scripted_server.event("close", pv="y", timeout=5.0)
    assert channels() == 0
    assert int((await ctx.get("y")).value) == 2


async def test_used_channels_stay(scripted_server: ScriptedServer, ctx: Context) -> None:
    handle = await ctx.connect("x")
    scripted_server.on("y", "exec", "get", "hold", times=1)
    pending = ctx.get("y")
    await scripted_server.event("exec", pv="y")
    await ctx.cache_clear()
    assert handle.connected
    scripted_server.release("y", "exec", "get")
    assert int((await pending).value) == 1
    assert scripted_server.counts("x")["close"] == scripted_server.counts("y")["close"] == 0


async def test_name_must_be_text(ctx: Context) -> None:
    with pytest.raises(ValueError, match="A PV is named by a str"):
        await ctx.cache_clear("")


@pytest.mark.timeout(300)
async def test_a_hundred_thousand_gets_of_unknown_pvs_leave_nothing(own_server: Server) -> None:
    async with Context(own_server.client_config(), use_env=False) as ctx:
        await ctx.get("int")
        most = 0
        for batch in range(100):
            gets = [ctx.get(f"nowhere:{batch}:{number}", timeout=0.01) for number in range(1000)]
            results = await asyncio.gather(*gets, return_exceptions=True)
            assert all(isinstance(result, TimeoutError) for result in results)
            most = max(most, channels())
            assert ctx._core.channel_count == 1
        assert most < 20_000  # PVXS by itself keeps each of them for 20 to 30 s
        await until_channels(1, 15.0)
        assert int((await ctx.get("int")).value) == 5


async def test_new_pvs_are_found_while_thousands_of_unknown_ones_are_forgotten(own_server: Server) -> None:
    async with Context(own_server.client_config(), use_env=False) as ctx:
        unknown = [ctx.get(f"nowhere:{number}") for number in range(5000)]
        await ctx.report()  # after it PVXS knows them all
        for get in unknown:
            get.cancel()
        # these begin when PVXS has forgotten the others
        found = [ctx.get("int"), ctx.put("double", 2.5), ctx.info("string")]
        handle = ctx.channel("enum")
        given_up = ctx.get("array")
        given_up.cancel()
        values = await asyncio.wait_for(asyncio.gather(*found), 20.0)
        assert int(values[0].value) == 5
        await asyncio.wait_for(handle.wait_connected(), 20.0)
        assert ctx._core.channel_count == 3
        await until_channels(4, 15.0)


async def test_a_closed_context_ends_what_waits_for_unknown_pvs_to_be_forgotten(own_server: Server) -> None:
    ctx = Context(own_server.client_config(), use_env=False)
    unknown = [ctx.get(f"nowhere:{number}") for number in range(5000)]
    await ctx.report()
    for get in unknown:
        get.cancel()
    late = ctx.get("int")
    await ctx.aclose()
    assert late.done()
    with pytest.raises(Closed):
        await late


async def test_monitors_of_unknown_pvs_leave_nothing(own_server: Server) -> None:
    async with Context(own_server.client_config(), use_env=False) as ctx:
        subscriptions = [ctx.monitor(f"nowhere:{number}") for number in range(1000)]
        await ctx.report()
        assert channels() == 1000
        for subscription in subscriptions:
            subscription.close()
        await until_channels(0, 10.0)


async def test_unknown_pvs_of_handles_are_forgotten_when_these_end(own_server: Server) -> None:
    async with Context(own_server.client_config(), use_env=False) as ctx:
        handles = [ctx.channel(f"nowhere:{number}") for number in range(1000)]
        await ctx.report()  # after it all of them have been made
        assert channels() == 1000
        for handle in handles:
            handle.close()
        await until_channels(0, 10.0)
        assert ctx._core.channel_count == 0
