"""Options of put: only, fetch, get_after, retry; and what is said of puts that nobody awaits."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from aiopvxs import Context, Disconnected, RemoteError, SharedPV, Timeout
from aiopvxs.data import FieldLookupError
from peers import ScriptedServer

if TYPE_CHECKING:
    from .conftest import LogLines

PVs = dict[str, SharedPV]


@pytest.fixture
def server(scripted_server: ScriptedServer) -> ScriptedServer:
    scripted_server.add("x", "int32", value=1)
    return scripted_server


@pytest.fixture
async def ctx(server: ScriptedServer) -> AsyncIterator[Context]:
    async with Context(server.config, use_env=False, timeout=20.0) as context:
        yield context


def puts(server: ScriptedServer) -> list[object]:
    return [event["value"] for event in server.events("exec", pv="x", request_kind="put")]


# --- only


async def test_only_some_of_the_marked_leaves(server: ScriptedServer, ctx: Context) -> None:
    value = await ctx.get("x")
    value["value"] = 5
    value["alarm.severity"] = 2
    value["alarm.message"] = "bad"
    before = value.changed()
    await ctx.put("x", value, only="value")
    await ctx.put("x", value, only=["value", "alarm.severity"])
    assert value.changed() == before
    value.unmark()
    value["alarm.message"] = "worse"
    value["value"] = 6
    await ctx.put("x", value, only="alarm")
    assert puts(server) == [
        {"value": 5},
        {"value": 5, "alarm": {"severity": 2}},
        {"alarm": {"message": "worse"}},
    ]


async def test_only_of_what_a_builder_returns(server: ScriptedServer, ctx: Context) -> None:
    def build(now: object) -> object:
        now["value"] = 9  # type: ignore[index]
        now["alarm.severity"] = 1  # type: ignore[index]
        return now

    await ctx.put("x", build, only="value")
    assert puts(server) == [{"value": 9}]
    with pytest.raises(ValueError, match="only= selects from a Value, and the builder returned 5"):
        await ctx.put("x", lambda now: 5, only="value")


async def test_only_without_a_value_raises_at_the_call(ctx: Context) -> None:
    for given in (5, {"value": 5}):
        with pytest.raises(ValueError, match="only= selects from the marked fields of a Value"):
            ctx.put("x", given, only="value")


async def test_only_that_selects_nothing(ctx: Context) -> None:
    value = await ctx.get("x")
    value.unmark()
    value["value"] = 3
    with pytest.raises(FieldLookupError, match="only= names 'velue'"):
        await ctx.put("x", value, only="velue")
    with pytest.raises(ValueError, match="of alarm nothing is marked"):
        await ctx.put("x", value, only="alarm")


# --- fetch


async def test_fetch_decides_itself(server: ScriptedServer, ctx: Context) -> None:
    server.add("e", "enum")
    server.set("e", {"value.choices": ["off", "on"]})
    await ctx.put("x", 5)
    await ctx.put("e", 1)
    assert server.counts("x")["exec fetch"] == 0
    await ctx.put("e", "off")
    assert server.counts("e")["exec fetch"] == 1


@pytest.mark.parametrize("warm", [False, True])
async def test_fetch_always_or_never(server: ScriptedServer, ctx: Context, warm: bool) -> None:
    server.add("e", "enum")
    server.set("e", {"value.choices": ["off", "on"]})
    if warm:
        await ctx.put("x", 1)
        await ctx.put("e", 0)
    await ctx.put("x", 7, fetch=True)
    assert server.counts("x")["exec fetch"] == 1
    seen = []
    await ctx.put("x", lambda now: seen.append(int(now.value)) or 8, fetch=False)
    assert seen == [0]
    assert server.counts("x")["exec fetch"] == 1
    with pytest.raises(ValueError, match="PV 'e' is an enum: with fetch=False its choices are not known"):
        await ctx.put("e", "on", fetch=False)
    await ctx.put("e", 1, fetch=False)
    assert server.counts("e")["exec fetch"] == 0


# --- get_after


async def test_value_read_back(server: ScriptedServer, ctx: Context) -> None:
    for number in (4, 5):
        back = await ctx.put("x", number, get_after=True)
        assert int(back.value) == number
    assert not await ctx.put("x", 6)
    assert server.counts("x")["exec get"] == 2


async def test_reading_back_may_fail_time_out_or_be_cancelled(server: ScriptedServer, ctx: Context) -> None:
    server.on("x", "exec", "get", "refuse", text="write only", times=1)
    with pytest.raises(RemoteError, match="^write only$"):
        await ctx.put("x", 4, get_after=True)
    server.on("x", "exec", "get", "hold")
    with pytest.raises(Timeout, match="put 'x': .*: the value was put, but not read back: "):
        await ctx.put("x", 4, get_after=True, timeout=0.2)
    operation = ctx.put("x", 4, get_after=True)
    await server.event("exec", pv="x", request_kind="get", count=3)
    assert operation.cancel()
    await server.event("cancel", pv="x", request_kind="get", count=2)


# --- retry


async def test_retry_puts_again_after_a_loss(server: ScriptedServer, ctx: Context) -> None:
    await ctx.put("x", 1)
    server.on("x", "exec", "put", "drop", times=2)
    with pytest.raises(Disconnected):
        await ctx.put("x", 2)
    await ctx.put("x", 3, retry=True)
    assert puts(server) == [{"value": 1}, {"value": 2}, {"value": 3}, {"value": 3}]


async def test_retry_converts_and_fetches_anew(server: ScriptedServer, ctx: Context) -> None:
    server.on("x", "exec", "put", "drop", times=1)
    server.set("x", {"value": 10})
    operation = ctx.put("x", lambda now: int(now.value) + 1, retry=True)
    await server.event("exec", pv="x", request_kind="put")
    await operation
    assert server.counts("x")["exec fetch"] == 2
    server.on("x", "exec", "put", "stop", times=1)
    operation = ctx.put("x", 5, retry=True)
    await server.event("exec", pv="x", request_kind="put", count=3)
    server.retype("x", "double", {"value": 0.5})
    server.start()
    await operation
    assert server.value("x")["value"] == 5.0


async def test_order_of_puts_that_are_repeated(server: ScriptedServer, ctx: Context) -> None:
    await ctx.put("x", 0)
    server.on("x", "exec", "put", "never", times=2)
    repeated = [ctx.put("x", number, retry=True) for number in (1, 2)]
    await server.event("exec", pv="x", request_kind="put", count=3)
    last = ctx.put("x", 3, retry=True)
    server.drop()
    await asyncio.gather(*repeated, last)
    assert puts(server)[-3:] == [{"value": 1}, {"value": 2}, {"value": 3}]
    assert server.value("x")["value"] == 3


# --- nobody awaits it


async def test_failure_that_nobody_awaits_is_logged_with_the_name(
    server: ScriptedServer, ctx: Context, client_log: LogLines
) -> None:
    loop = asyncio.get_running_loop()
    told: list[dict[str, object]] = []
    loop.set_exception_handler(lambda _, context: told.append(context))
    server.on("x", "exec", "put", "refuse", text="no")
    server.on("x", "exec", "rpc", "refuse", text="no")
    ctx.put("x", 5)
    await client_log.first(1)
    ctx.put({"x": 6})
    await client_log.first(2)
    ctx.rpc("x", {})
    await client_log.first(3)
    ctx.put("x", "text")
    why = "PV 'x': field 'value' (int32_t) cannot take str 'text': this text is not an integer"
    assert await client_log.first(4) == [
        "put 'x' failed, and nobody awaited it: no",
        "put of 1 PVs failed, and nobody awaited it: no",
        "rpc 'x' failed, and nobody awaited it: no",
        f"put 'x' failed, and nobody awaited it: {why}",
    ]
    assert told == []


async def test_failure_that_is_seen_is_not_logged(
    server: ScriptedServer, ctx: Context, client_log: LogLines
) -> None:
    server.on("x", "exec", "put", "refuse", text="no")
    with pytest.raises(RemoteError):
        await ctx.put("x", 5)
    with pytest.raises(RemoteError):
        await ctx.put({"x": 5})
    await ctx.put({"x": 5}, return_exceptions=True)
    cancelled = ctx.put("x", 5)
    cancelled.cancel()
    del cancelled
    gc.collect()
    assert not client_log.lines
