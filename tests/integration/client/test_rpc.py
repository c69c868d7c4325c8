"""Remote procedure calls, to the scripted server, which replies with the argument, and to p4p's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from aiopvxs import Closed, Context, Disconnected, RemoteError, Timeout
from aiopvxs.data import Member, NoConvert, TypeDef, Value
from aiopvxs.data import TypeCodeEnum as T
from peers import P4pServer, ScriptedServer


@pytest.fixture
def server(scripted_server: ScriptedServer) -> ScriptedServer:
    scripted_server.add("f", "int32")
    return scripted_server


@pytest.fixture
async def ctx(server: ScriptedServer) -> AsyncIterator[Context]:
    async with Context(server.config, use_env=False, timeout=20.0) as context:
        yield context


async def test_query_is_an_nturi_with_the_types_of_the_python_values(ctx: Context) -> None:
    echo = await ctx.rpc(
        "f",
        {"timeout": 3, "self": True},
        number=2.5,
        text="grün",
        big=2**63,
        array=np.arange(3, dtype="i2"),
        byte=(T.UInt8, 255),
        names=["a", "b"],
        sub={"x": 1, "y": {"z": "deep"}},
        rows=[{"a": 1}, {"a": 2}],
    )
    assert echo.id() == "epics:nt/NTURI:1.0"
    assert echo.as_string("scheme") == "pva"
    assert echo.as_string("path") == "f"
    types = {name: field.type().name() for name, field in echo["query"].items()}
    assert types == {
        "timeout": "int64_t",
        "self": "bool",
        "number": "double",
        "text": "string",
        "big": "uint64_t",
        "array": "int16_t[]",
        "byte": "uint8_t",
        "names": "string[]",
        "sub": "struct",
        "rows": "struct[]",
    }
    assert echo["query"].as_dict() == {
        "timeout": 3,
        "self": True,
        "number": 2.5,
        "text": "grün",
        "big": 2**63,
        "array": [0, 1, 2],
        "byte": 255,
        "names": ["a", "b"],
        "sub": {"x": 1, "y": {"z": "deep"}},
        "rows": [{"a": 1}, {"a": 2}],
    }


async def test_empty_dict_is_an_empty_query(ctx: Context) -> None:
    echo = await ctx.rpc("f", {})
    assert echo.id() == "epics:nt/NTURI:1.0"
    assert len(echo["query"]) == 0


async def test_value_is_sent_as_it_is_and_may_be_changed_afterwards(
    server: ScriptedServer, ctx: Context
) -> None:
    argument = TypeDef(T.Struct, [Member(T.Int32, "a"), Member(T.String, "b")], id="mine").create()
    argument["a"] = 5
    called = ctx.rpc("f", argument)
    argument["a"] = 6
    echo = await called
    assert echo.id() == "mine"
    assert echo.as_dict() == {"a": 5, "b": ""}


async def test_no_argument_and_no_reply(server: ScriptedServer, ctx: Context) -> None:
    echo = await ctx.rpc("f")
    assert isinstance(echo, Value)
    assert not echo
    assert server.events("exec", pv="f", request_kind="rpc")[0]["value"] is None


async def test_request_is_sent(server: ScriptedServer, ctx: Context) -> None:
    await ctx.rpc("f", request="record[process=true]")
    assert "process" in str(server.events("exec", pv="f", request_kind="rpc")[0]["request"])


@pytest.mark.parametrize(
    ("args", "query", "error", "text"),
    [
        (5, {}, TypeError, "rpc 'f': its argument is a dict, the query, or a Value, not a int"),
        ([1], {}, TypeError, "not a list"),
        (
            TypeDef(T.Struct, [Member(T.Int32, "x")]).create()["x"],
            {},
            TypeError,
            "not a Value of type int32_t",
        ),
        (None, {"a": object()}, NoConvert, "no type follows from the argument a="),
        (None, {"a": None}, NoConvert, "the argument a is None"),
        ({5: 1}, {}, TypeError, "rpc 'f': its arguments are named by str, not by 5"),
    ],
)
async def test_arguments_that_cannot_be_sent(
    ctx: Context, args: object, query: dict[str, Any], error: type[Exception], text: str
) -> None:
    called = ctx.rpc("f", args, **query)
    with pytest.raises(error, match=text):
        await called


async def test_contradicting_arguments_raise_at_the_call(ctx: Context) -> None:
    with pytest.raises(ValueError, match="a is given in the dict and by keyword"):
        ctx.rpc("f", {"a": 1}, a=2)
    with pytest.raises(ValueError, match="a cannot be added"):
        ctx.rpc("f", TypeDef(T.Struct, [Member(T.Int32, "x")]).create(), a=2)
    for name in ("a b", "", "\udcff"):
        with pytest.raises(ValueError, match="rpc 'f': .* is not a field name"):
            ctx.rpc("f", {name: 1})


async def test_refusal_is_the_servers_text(server: ScriptedServer, ctx: Context) -> None:
    server.on("f", "exec", "rpc", "refuse", text="not in the mood", times=1)
    with pytest.raises(RemoteError, match="^not in the mood$") as caught:
        await ctx.rpc("f", a=1)
    assert caught.value.pv == "f"


async def test_call_in_flight_at_a_loss_fails_and_is_not_executed_again(
    server: ScriptedServer, ctx: Context
) -> None:
    server.on("f", "exec", "rpc", "drop", times=1)
    with pytest.raises(Disconnected, match="rpc 'f': the connection.*not repeated"):
        await ctx.rpc("f", n=1)
    assert (await ctx.rpc("f", n=2)).as_int("query.n") == 2
    executed = [event["value"]["query"]["n"] for event in server.events("exec", pv="f", request_kind="rpc")]
    assert executed == [1, 2]


async def test_call_whose_channel_the_server_ends_fails(server: ScriptedServer, ctx: Context) -> None:
    server.on("f", "exec", "rpc", "close", times=1)
    with pytest.raises(Disconnected):
        await ctx.rpc("f", n=1)
    assert server.counts("f")["exec rpc"] == 1


async def test_retry_executes_it_again(server: ScriptedServer, ctx: Context) -> None:
    server.on("f", "exec", "rpc", "drop", times=2)
    assert (await ctx.rpc("f", n=1, retry=True)).as_int("query.n") == 1
    assert server.counts("f")["exec rpc"] == 3


async def test_call_that_never_saw_the_pv_waits_for_it(server: ScriptedServer, ctx: Context) -> None:
    await ctx.rpc("f")
    server.on("f", "exec", "get", "stop", times=1)
    reading = ctx.get("f")
    await server.event("exec", pv="f", request_kind="get")
    waiting = ctx.rpc("f", n=1)
    server.start()
    try:
        echo = await waiting
    except Disconnected:  # the client had not noticed the loss yet
        calls = [event["value"] for event in server.events("exec", pv="f", request_kind="rpc")]
        assert sum(bool(call) for call in calls) <= 1  # it may have been executed, but once
    else:
        assert echo.as_int("query.n") == 1
    await reading


async def test_call_before_the_pv_exists(server: ScriptedServer, ctx: Context) -> None:
    waiting = ctx.rpc("later", n=1)
    await ctx.rpc("f")  # is searched for with it, and found
    server.add("later", "int32")
    assert (await waiting).as_int("query.n") == 1


async def test_cancelled_call_is_told_to_the_server(server: ScriptedServer, ctx: Context) -> None:
    server.on("f", "exec", "rpc", "hold")
    called = ctx.rpc("f", n=1)
    await server.event("exec", pv="f", request_kind="rpc")
    assert called.cancel()
    await server.event("cancel", pv="f", request_kind="rpc")


async def test_timeout_tells_phase_and_peer(server: ScriptedServer, ctx: Context) -> None:
    await ctx.rpc("f")
    server.on("f", "exec", "rpc", "hold")
    with pytest.raises(Timeout, match="rpc 'f': no answer by .* the server has not answered") as caught:
        await ctx.rpc("f", {}, timeout=0.1)
    assert caught.value.phase == "exec"
    assert caught.value.peer == server.address
    await server.event("cancel", pv="f", request_kind="rpc")
    with pytest.raises(Timeout, match="rpc 'nobody': .*the PV was not found") as caught:
        await ctx.rpc("nobody", {}, timeout=0.05)
    assert caught.value.phase == "connect"


async def test_close_ends_a_call_at_once(server: ScriptedServer, ctx: Context) -> None:
    server.on("f", "exec", "rpc", "never")
    called = ctx.rpc("f")
    await server.event("exec", pv="f", request_kind="rpc")
    ctx.close()
    with pytest.raises(Closed, match="rpc 'f'"):
        await called
    with pytest.raises(Closed, match="rpc 'f'"):
        ctx.rpc("f")


async def test_many_calls_at_once(server: ScriptedServer, ctx: Context) -> None:
    echoes = await asyncio.gather(*(ctx.rpc("f", n=number) for number in range(200)))
    assert [echo.as_int("query.n") for echo in echoes] == list(range(200))
    assert server.counts("f")["create"] == 1


async def test_p4p_server(p4p_server: P4pServer) -> None:
    async with Context(p4p_server.config, use_env=False, timeout=20.0) as ctx:
        assert (await ctx.rpc("calc:add", a=1.5, b=2)).as_float("value") == 3.5
        with pytest.raises(RemoteError, match="b"):
            await ctx.rpc("calc:add", a=1.5)
        with pytest.raises(RemoteError, match="^the interlock “A” is open$"):
            await ctx.rpc("calc:fail", {})
        echo = await ctx.rpc("calc:unopened", {"x": "y"})  # an RPC needs no value to be there
        assert echo.as_string("query.x") == "y"
        assert not await ctx.rpc("calc:nothing", {})
        assert not await ctx.rpc("calc:nothing")
