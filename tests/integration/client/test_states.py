"""The states of a channel: the present one first, then each change, none lost and none twice."""

from __future__ import annotations

import asyncio
import gc
import threading
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from aiopvxs import Closed, Context
from aiopvxs._loop import running_bridge

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiopvxs.client import Channel, ConnectionState
    from peers import ScriptedServer


@pytest.fixture
def server(scripted_server: ScriptedServer) -> ScriptedServer:
    scripted_server.add("x", "int32", value=1)
    return scripted_server


@pytest.fixture
async def ctx(server: ScriptedServer) -> AsyncIterator[Context]:
    async with Context(server.config, use_env=False, timeout=20.0) as context:
        yield context


async def take(states: AsyncIterator[ConnectionState], count: int) -> list[ConnectionState]:
    return [await asyncio.wait_for(anext(states), 40) for _ in range(count)]


async def test_first_the_present_state_then_each_change(server: ScriptedServer, ctx: Context) -> None:
    channel = ctx.channel("x")
    begun = datetime.now(timezone.utc)
    states = channel.states()
    first = await anext(states)
    if not first.connected:  # usually: the handle is older than the connection
        assert first.peer is None
        first = await anext(states)
    assert first.connected
    assert first.peer == server.address == channel.peer
    assert abs(first.time - begun) < timedelta(seconds=20)
    server.stop()
    lost = await anext(states)
    assert (lost.connected, lost.peer) == (False, server.address)
    assert lost.time > first.time
    assert not channel.connected
    assert channel.peer is None
    server.start()
    assert [(state.connected, state.peer) for state in await take(states, 1)] == [(True, server.address)]
    await states.aclose()


async def test_state_of_a_channel_that_was_connected_by_operations(
    server: ScriptedServer, ctx: Context
) -> None:
    await ctx.get("x")
    state = await anext(ctx.channel("x").states())
    assert (state.connected, state.peer) == (True, server.address)


async def test_slow_consumer_misses_nothing(server: ScriptedServer, ctx: Context) -> None:
    channel = await ctx.connect("x")
    states = channel.states()
    seen = channel.states()
    assert (await anext(seen)).connected
    for _ in range(3):
        server.drop()
        assert [state.connected for state in await take(seen, 2)] == [False, True]
    assert [state.connected for state in await take(states, 7)] == [True] + [False, True] * 3
    times = [state.time for state in await take(channel.states(), 1)]
    assert times[0] <= datetime.now(timezone.utc)


async def test_several_iterators_each_see_all(server: ScriptedServer, ctx: Context) -> None:
    channel = await ctx.connect("x")
    several = [channel.states() for _ in range(5)]
    server.stop()
    for states in several:
        assert [state.connected for state in await take(states, 2)] == [True, False]


async def test_iterators_on_loops_of_several_threads(server: ScriptedServer, ctx: Context) -> None:
    channel = await ctx.connect("x")
    barrier = threading.Barrier(4, timeout=20)
    results: list[list[bool]] = []

    async def watch() -> None:
        states = channel.states()
        found = [(await anext(states)).connected]
        await asyncio.to_thread(barrier.wait)
        found.append((await asyncio.wait_for(anext(states), 20)).connected)
        results.append(found)

    threads = [threading.Thread(target=lambda: asyncio.run(watch())) for _ in range(3)]
    for thread in threads:
        thread.start()
    await asyncio.to_thread(barrier.wait)
    server.stop()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    assert results == [[True, False]] * 3


async def test_closed_handle_ends_the_loop(ctx: Context) -> None:
    channel = await ctx.connect("x")
    found = []
    async for state in channel.states():
        found.append(state.connected)
        channel.close()
    assert found == [True]
    with pytest.raises(Closed, match="handle of 'x' is closed"):
        channel.states()


async def test_closed_context_raises_closed_after_what_was_told(ctx: Context) -> None:
    channel = await ctx.connect("x")
    states, waiting = channel.states(), channel.states()
    assert (await anext(waiting)).connected
    task = asyncio.ensure_future(anext(waiting))
    await asyncio.sleep(0)
    ctx.close()
    with pytest.raises(Closed, match="states of 'x': the Context was closed"):
        await task
    assert (await anext(states)).connected
    with pytest.raises(Closed):
        await anext(states)
    with pytest.raises(StopAsyncIteration):
        await anext(states)
    with pytest.raises(Closed):
        await anext(channel.states())


async def test_server_that_crashes(server: ScriptedServer, ctx: Context) -> None:
    channel = await ctx.connect("x")
    states = channel.states()
    server.kill()
    assert [(state.connected, state.peer) for state in await take(states, 2)] == [
        (True, server.address),
        (False, server.address),
    ]


async def test_cancelled_step_loses_nothing(server: ScriptedServer, ctx: Context) -> None:
    states = (await ctx.connect("x")).states()
    assert (await anext(states)).connected
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(anext(states), 0.01)
    server.stop()
    assert not (await take(states, 1))[0].connected


async def test_one_iterator_serves_one_consumer(ctx: Context) -> None:
    states = ctx.channel("nowhere").states()
    assert not (await anext(states)).connected
    task = asyncio.ensure_future(anext(states))
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="serves one consumer"):
        await anext(states)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_dropped_iterator_is_forgotten(server: ScriptedServer, ctx: Context) -> None:
    channel = await ctx.connect("x")
    _, bridge = running_bridge()
    before = len(bridge)

    async def first(of: Channel) -> bool:
        async for state in of.states():
            return state.connected
        return False

    assert await first(channel)
    gc.collect()
    await asyncio.sleep(0)
    assert len(bridge) == before
    states = channel.states()
    await states.aclose()
    assert len(bridge) == before
    with pytest.raises(StopAsyncIteration):
        await anext(states)


def test_states_need_an_event_loop(server: ScriptedServer) -> None:
    context = Context(server.config, use_env=False)
    channel = context.channel("x")
    with pytest.raises(RuntimeError, match="event loop"):
        channel.states()
    with pytest.raises(RuntimeError, match="event loop"):
        context.connect("x")
    context.close()
