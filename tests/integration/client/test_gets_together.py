"""Gets that begin in one turn of the event loop are sent together, one request for each PV."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from aiopvxs import Closed, Context

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from peers import ScriptedServer

NAMES = [f"x{number}" for number in range(10)]


@pytest.fixture
def server(scripted_server: ScriptedServer) -> ScriptedServer:
    for number, name in enumerate(NAMES):
        scripted_server.add(name, "int32", value=number)
    return scripted_server


@pytest.fixture
async def ctx(server: ScriptedServer) -> AsyncIterator[Context]:
    async with Context(server.config, use_env=False, timeout=20.0) as context:
        await asyncio.gather(*map(context.get, NAMES))  # their channels are warm from here on
        yield context


def execs(server: ScriptedServer) -> int:
    """EXECs since the channels are warm."""
    return sum(server.counts(name)["exec get"] for name in NAMES) - len(NAMES)


async def test_gets_of_one_turn_share_a_request_for_each_pv(server: ScriptedServer, ctx: Context) -> None:
    values = await asyncio.gather(*(ctx.get(name) for _ in range(20) for name in NAMES))
    assert [int(value.value) for value in values] == list(range(10)) * 20
    # one for each PV but the first, whose first get did not wait for the others
    assert [server.counts(name)["exec get"] - 1 for name in NAMES[1:]] == [1] * 9
    values[0].value = 99
    assert int(values[10].value) == 0  # each has a Value of its own


async def test_gets_that_follow_one_another_are_sent_each(server: ScriptedServer, ctx: Context) -> None:
    for expected in range(1, 21):
        await ctx.get("x0")
        assert execs(server) == expected


async def test_a_get_sees_a_value_read_after_it_began(server: ScriptedServer, ctx: Context) -> None:
    server.on("x0", "exec", "get", "hold", times=1)
    first = ctx.get("x0")
    await server.event("exec", pv="x0", count=2)
    server.set("x0", {"value": 7})
    second = ctx.get("x0")
    server.release("x0", "exec", "get")
    assert int((await first).value) == 0
    assert int((await second).value) == 7


async def test_gets_with_process_are_not_shared(server: ScriptedServer, ctx: Context) -> None:
    await asyncio.gather(*(ctx.get("x0", process=True) for _ in range(5)))
    assert execs(server) == 5


async def test_cancelled_before_it_is_sent(server: ScriptedServer, ctx: Context) -> None:
    kept, *others = [ctx.get(name) for name in ("x0", "x1", "x1", "x2")]
    others[0].cancel()
    others[2].cancel()
    await asyncio.gather(kept, others[1])
    assert server.counts("x1")["exec get"] == 2
    assert server.counts("x2")["exec get"] == 1  # only that which warmed it


async def test_closed_before_it_is_sent(server: ScriptedServer, ctx: Context) -> None:
    first, *others = [ctx.get(name) for name in ("x0", "x1", "x1")]
    ctx.close()
    for outcome in await asyncio.gather(*others, return_exceptions=True):
        assert isinstance(outcome, Closed)
    await asyncio.wait([first])  # sent at once, it was answered or not


async def test_connection_lost_before_it_is_sent(server: ScriptedServer, ctx: Context) -> None:
    gets = [ctx.get(name) for name in ("x0", "x1", "x1")]
    server.drop()  # blocks this loop until the connection is gone
    assert [int((await get).value) for get in gets] == [0, 1, 1]


async def test_loop_of_another_thread_uses_the_same_context(server: ScriptedServer, ctx: Context) -> None:
    async def several() -> list[int]:
        return [int(value.value) for value in await asyncio.gather(*map(ctx.get, NAMES))]

    here, there = await asyncio.gather(several(), asyncio.to_thread(asyncio.run, several()))
    assert here == there == list(range(10))
