"""Gets and puts of many PVs in one Future."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from aiopvxs import Closed, Context, RemoteError, SharedPV, Timeout, as_coro
from aiopvxs._loop import bridge_of
from aiopvxs.data import NoConvert, Value
from peers import ScriptedServer

PVs = dict[str, SharedPV]


@pytest.fixture
def server(scripted_server: ScriptedServer) -> ScriptedServer:
    for number, name in enumerate("abc"):
        scripted_server.add(name, "int32", value=number)
    return scripted_server


@pytest.fixture
async def ctx(server: ScriptedServer) -> AsyncIterator[Context]:
    async with Context(server.config, use_env=False, timeout=20.0) as context:
        yield context


def pending() -> int:
    return len(bridge_of(asyncio.get_running_loop()))


async def test_list_of_values_in_the_order_of_the_names(own_ctx: Context) -> None:
    for _ in range(2):  # cold, then warm
        values = await own_ctx.get(["spare", "pva://double", "int", "double"])
        assert [value.as_float("value") for value in values] == [0.0, 1.5, 5.0, 1.5]
    assert values[1] == values[3]
    values[1]["value"] = 2.5
    assert values[3].as_float("value") == 1.5
    (only,) = await own_ctx.get(("int",), fields="value")
    assert only.changed() == {"value"}
    assert await own_ctx.get([]) == []
    assert pending() == 0


async def test_a_thousand_names(own_ctx: Context) -> None:
    values = await own_ctx.get(["int", "double"] * 500)
    assert [value.as_float("value") for value in values] == [5.0, 1.5] * 500


async def test_bad_name_raises_at_the_call_and_nothing_begins(own_ctx: Context) -> None:
    for names in (["int", ""], ["int", 5]):
        with pytest.raises(ValueError, match="A PV is named by a str"):
            own_ctx.get(names)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="A PV is named by a str"):
        own_ctx.put({"int": 1, "": 2})
    assert pending() == 0


@pytest.mark.parametrize("verb", ["get", "put"])
async def test_first_failure_ends_the_others(server: ScriptedServer, ctx: Context, verb: str) -> None:
    kind = "get" if verb == "get" else "put"
    server.on("a", "exec", kind, "hold")  # type: ignore[arg-type]
    server.on("b", "exec", kind, "refuse", text="not b")  # type: ignore[arg-type]
    many = ctx.get(["a", "b", "c"]) if verb == "get" else ctx.put({"a": 1, "b": 2, "c": 3})
    with pytest.raises(RemoteError, match="^not b$") as caught:
        await many
    assert caught.value.pv == "b"
    await server.event("cancel", pv="a", request_kind=kind)
    assert pending() == 0


async def test_exceptions_as_results(server: ScriptedServer, ctx: Context) -> None:
    server.on("b", "exec", "get", "refuse", text="not b")
    first, second, third = await ctx.get(["a", "b", "c"], return_exceptions=True)
    assert isinstance(first, Value)
    assert isinstance(second, RemoteError)
    assert isinstance(third, Value)
    results = await ctx.put({"a": 5, "b": "text", "pva://c": 7}, return_exceptions=True)
    assert list(results) == ["a", "b", "pva://c"]
    assert isinstance(results["b"], NoConvert)
    assert isinstance(results["pva://c"], Value)
    assert [server.value(name)["value"] for name in "abc"] == [5, 1, 7]


async def test_timeout_names_those_missing(server: ScriptedServer, ctx: Context) -> None:
    await ctx.get(["a", "b"])
    server.on("b", "exec", "get", "never")
    with pytest.raises(
        Timeout,
        match=r"^get of 4 PVs: no answer from 3 of them within 0.2 s: the PV was not found: 'x', 'y'; "
        r"the server has not answered: 'b'$",
    ) as caught:
        await ctx.get(["a", "x", "b", "y"], timeout=0.2)
    assert caught.value.phase == "connect"
    assert caught.value.pv is None
    with pytest.raises(Timeout, match="get 'b': no answer by .* has not answered") as caught:
        await ctx.get(["a", "b"], timeout=0.2)
    assert caught.value.pv == "b"
    assert pending() == 0


async def test_timeout_of_many_is_short(ctx: Context) -> None:
    with pytest.raises(Timeout, match="from 1000 of them .*'n0', .*'n9' and 990 more$") as caught:
        await ctx.get([f"n{number}" for number in range(1000)], timeout=0.05)
    assert len(str(caught.value)) < 250


async def test_timeouts_as_results(server: ScriptedServer, ctx: Context) -> None:
    value, missing = await ctx.get(["a", "x"], timeout=0.2, return_exceptions=True)
    assert isinstance(value, Value)
    assert isinstance(missing, Timeout)
    assert missing.pv == "x"
    assert "get 'x': no answer within 0.2 s: the PV was not found" in str(missing)
    server.on("b", "exec", "put", "never")
    results = await ctx.put({"a": 1, "b": 2}, timeout=0.2, return_exceptions=True)
    assert isinstance(results["a"], Value)
    assert isinstance(results["b"], Timeout)
    await server.event("cancel", pv="b", request_kind="put")


@pytest.mark.parametrize("verb", ["get", "put"])
async def test_cancelling_one_cancels_all(server: ScriptedServer, ctx: Context, verb: str) -> None:
    for name in "ab":
        server.on(name, "exec", verb, "hold")  # type: ignore[arg-type]
    many = ctx.get(["a", "b"]) if verb == "get" else ctx.put({"a": 1, "b": 2})
    for name in "ab":
        await server.event("exec", pv=name, request_kind=verb)
    assert many.cancel()
    assert many.cancelled()
    for name in "ab":
        await server.event("cancel", pv=name, request_kind=verb)
    assert pending() == 0


async def test_close_ends_all(server: ScriptedServer, ctx: Context) -> None:
    server.on("a", "exec", "get", "never")
    server.on("a", "exec", "put", "never")
    gets, puts = ctx.get(["a", "x"]), ctx.put({"a": 1, "x": 2})
    ctx.close()
    for many in (gets, puts):
        with pytest.raises(Closed):
            await many
    with pytest.raises(Closed):
        ctx.get(["a"])
    with pytest.raises(Closed):
        ctx.put({"a": 1, "b": 2})
    assert pending() == 0


async def test_puts_of_many(own_ctx: Context, pvs: PVs) -> None:
    done = await own_ctx.put({"int": 8, "double": lambda now: float(now.value) + 1, "enum": "on"})
    assert set(done) == {"int", "double", "enum"}
    assert not any(done.values())
    assert pvs["int"].current.as_int("value") == 8
    assert pvs["double"].current.as_float("value") == 2.5
    assert pvs["enum"].current.as_int("value.index") == 1
    back = await own_ctx.put({"int": 9, "double": 0.5}, get_after=True)
    assert {name: value.as_float("value") for name, value in back.items()} == {"int": 9.0, "double": 0.5}
    assert await own_ctx.put({}) == {}
    with pytest.raises(TypeError, match="not both"):
        own_ctx.put({"int": 1}, 2)  # type: ignore[call-overload]


async def test_value_that_is_known_not_to_fit_keeps_all_from_being_sent(own_ctx: Context, pvs: PVs) -> None:
    await own_ctx.put({"int": 1, "spare": 1})  # warm: their types are known
    with pytest.raises(NoConvert, match="'int'"):
        await own_ctx.put({"spare": 2, "int": "text"})
    await own_ctx.get("spare")
    assert pvs["spare"].current.as_int("value") == 1


async def test_as_coro_for_tasks(server: ScriptedServer, ctx: Context) -> None:
    task = asyncio.create_task(as_coro(ctx.get(["a", "b"])))
    assert [int(value.value) for value in await task] == [0, 1]
    server.on("a", "exec", "get", "hold")
    task = asyncio.create_task(as_coro(ctx.get(["a"])))
    await server.event("exec", pv="a", request_kind="get", count=2)
    task.cancel()
    await server.event("cancel", pv="a", request_kind="get")
    with pytest.raises(asyncio.CancelledError):
        await task
