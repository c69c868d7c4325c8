"""Our client against a p4p server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import numpy as np
import pytest

from aiopvxs import Context, RemoteError, Timeout
from aiopvxs.client import ConnectionState
from aiopvxs.data import Value

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from peers import P4pServer


@pytest.fixture
async def ctx(p4p_server: P4pServer) -> AsyncIterator[Context]:
    async with Context(p4p_server.config, use_env=False, timeout=20.0) as context:
        yield context


@pytest.mark.parametrize(
    ("name", "initial", "new"),
    [
        ("double", 1.5, 2.25),
        ("int", 7, -8),
        ("string", "grün", "blå"),
        ("array", [0.0, 1.0, 2.0, 3.0, 4.0], [0.5]),
        ("strings", ["a", "grün"], ["", "b"]),
    ],
)
async def test_get_put_get(ctx: Context, name: str, initial: object, new: object) -> None:
    assert (await ctx.get(name)).as_dict()["value"] == initial
    await ctx.put(name, new)
    assert (await ctx.get(name)).as_dict()["value"] == new


async def test_enum(ctx: Context) -> None:
    assert (await ctx.get("enum")).as_dict()["value"] == {"index": 1, "choices": ["off", "on", "fault"]}
    await ctx.put("enum", "fault")
    assert (await ctx.get("enum")).as_dict()["value"]["index"] == 2
    await ctx.put("enum", 0)
    assert (await ctx.get("enum")).as_dict()["value"]["index"] == 0


async def test_handler_changes_or_refuses_a_put(ctx: Context) -> None:
    await ctx.put("clipped", 8)
    assert float((await ctx.get("clipped")).value) == 4.0
    with pytest.raises(RemoteError, match="above 10") as caught:
        await ctx.put("clipped", 11)
    assert caught.value.pv == "clipped"


async def test_pv_that_takes_no_puts(ctx: Context) -> None:
    assert float((await ctx.get("readonly")).value) == 2.5
    with pytest.raises(RemoteError) as caught:
        await ctx.put("readonly", 3)
    assert caught.value.pv == "readonly"
    assert float((await ctx.get("readonly")).value) == 2.5


async def test_table(ctx: Context) -> None:
    got = await ctx.get("table")
    assert got.id() == "epics:nt/NTTable:1.0"
    assert got.as_string_list("labels") == ["pos", "name"]
    assert got.as_dict()["value"] == {"pos": [0.5, 1.5], "name": ["a", "b"]}
    await ctx.put("table", {"value": {"pos": np.arange(3.0), "name": ["x", "y", "z"]}})
    got = await ctx.get("table")
    assert got.as_dict()["value"] == {"pos": [0.0, 1.0, 2.0], "name": ["x", "y", "z"]}
    assert got.as_string_list("labels") == ["pos", "name"]


async def test_image(ctx: Context) -> None:
    got = await ctx.get("image")
    assert got.id() == "epics:nt/NTNDArray:1.0"
    assert got["value"].selected == "ushortValue"
    pixels = got.as_array("value")
    assert pixels.dtype == np.uint16
    assert pixels.tolist() == [0, 1, 2, 3, 4, 5]
    assert [item["size"] for item in got.as_dict()["dimension"]] == [3, 2]
    assert got.as_py("attribute[0].value") == 0


async def test_everything_that_nests(ctx: Context) -> None:
    expected = {
        "value": 5,
        "inner": {"x": 0.5, "names": ["a", "b"]},
        "choice": "chosen",
        "any": 2.5,
        "rows": [{"id": 1, "label": "one"}, {"id": 2, "label": "two"}],
        "flags": [True, False],
    }
    assert (await ctx.get("nested")).as_dict() == expected
    given = {"inner.x": 1.5, "choice": ("number", 7), "any": "text", "rows": [{"id": 3}, None]}
    await ctx.put("nested", given)
    changed = {
        "inner": {"x": 1.5, "names": ["a", "b"]},
        "choice": 7,
        "any": "text",
        "rows": [{"id": 3, "label": ""}, None],
    }
    got = await ctx.get("nested")
    assert got.as_dict() == {**expected, **changed}
    assert got["choice"].selected == "number"


async def test_names_that_are_made_when_asked_for(ctx: Context) -> None:
    got = await asyncio.gather(*(ctx.get(f"dyn:{number}") for number in range(50)))
    assert [value.as_py("value") for value in got] == [str(number) for number in range(50)]


async def test_put_that_takes_long(ctx: Context, p4p_server: P4pServer) -> None:
    moving = ctx.put("held", 4, wait=True)
    while (await ctx.get("held")).as_py("value") != 4.0:  # it has begun
        pass
    assert not moving.done()
    assert p4p_server.release("held") == 1
    await moving
    refused = ctx.put("held", 5)
    while (await ctx.get("held")).as_py("value") != 5.0:
        pass
    p4p_server.release("held", "stalled")
    with pytest.raises(RemoteError, match="stalled"):
        await refused


async def test_put_that_is_given_up_leaves_the_channel_in_order(ctx: Context, p4p_server: P4pServer) -> None:
    with pytest.raises(Timeout) as caught:
        await ctx.put("held", 4, timeout=0.2)
    assert caught.value.phase == "exec"
    again = ctx.put("held", 5)
    while (await ctx.get("held")).as_py("value") != 5.0:
        pass
    p4p_server.release("held")
    await again


async def test_pv_that_opens_later_and_closes(ctx: Context, p4p_server: P4pServer) -> None:
    with pytest.raises(Timeout) as caught:
        await ctx.get("late", timeout=0.3)
    assert (caught.value.pv, caught.value.phase) == ("late", "init")
    waiting = ctx.get("late")
    p4p_server.open_pv("late", 3.5)
    assert (await waiting).as_py("value") == 3.5
    p4p_server.close_pv("late")
    waiting = ctx.get("late")
    p4p_server.open_pv("late", 4.5)
    assert (await waiting).as_py("value") == 4.5


async def test_posts_are_seen_by_the_next_get(ctx: Context, p4p_server: P4pServer) -> None:
    for number in range(10):
        p4p_server.post("double", number)
        assert (await ctx.get("double")).as_py("value") == number


async def test_rpc(ctx: Context) -> None:
    assert (await ctx.rpc("calc:add", a=1.5, b=2)).as_py("value") == 3.5
    assert (await ctx.rpc("calc:add", {"a": "1", "b": np.float32(0.5)})).as_py("value") == 1.5
    sums = await asyncio.gather(*(ctx.rpc("calc:add", a=number, b=1) for number in range(50)))
    assert [value.as_py("value") for value in sums] == [number + 1 for number in range(50)]


async def test_rpc_argument_arrives_as_it_was_meant(ctx: Context) -> None:
    echo = await ctx.rpc("calc:echo", {"timeout": 1}, flag=True, xs=[1, 2], name="grün")
    assert echo.id() == "epics:nt/NTURI:1.0"
    assert echo.as_py("path") == "calc:echo"
    assert echo.as_dict()["query"] == {"timeout": 1, "flag": True, "xs": [1, 2], "name": "grün"}
    given = await ctx.get("nested")
    assert (await ctx.rpc("calc:echo", given)).as_dict() == given.as_dict()


async def test_rpc_without_a_reply(ctx: Context) -> None:
    assert not await ctx.rpc("calc:nothing")


async def test_rpc_that_is_refused(ctx: Context) -> None:
    with pytest.raises(RemoteError, match="the interlock “A” is open") as caught:
        await ctx.rpc("calc:fail")
    assert caught.value.pv == "calc:fail"
    with pytest.raises(RemoteError):
        await ctx.rpc("double", a=1)  # it has no RPC


async def test_info(ctx: Context) -> None:
    info = await ctx.info("nested")
    assert info.id() == "aiopvxs:test/nested:1.0"
    assert info.typedef() == (await ctx.get("nested")).typedef()
    assert info.changed() == set()


async def test_many_at_once(ctx: Context) -> None:
    await ctx.put({"double": 3.5, "int": 9, "enum": "fault"}, wait=True)
    double, number, choice = await ctx.get(["double", "int", "enum"])
    assert (double.as_py("value"), number.as_py("value")) == (3.5, 9)
    assert choice.as_int("value.index") == 2
    outcome = await ctx.put({"double": 4.5, "readonly": 1}, return_exceptions=True)
    assert isinstance(outcome["readonly"], RemoteError)
    assert (await ctx.get("double")).as_py("value") == 4.5


async def test_monitor(ctx: Context, p4p_server: P4pServer) -> None:
    async with ctx.monitor("int", server_queue=100) as updates:
        assert (await anext(updates)).as_py("value") == 7
        for number in range(50):
            p4p_server.post("int", number)
        assert [(await anext(updates)).as_py("value") for _ in range(50)] == list(range(50))
        await ctx.put("int", 99)
        assert (await anext(updates)).as_py("value") == 99


async def test_monitor_of_a_table_and_of_nesting(ctx: Context, p4p_server: P4pServer) -> None:
    async with ctx.monitor("table") as tables, ctx.monitor("nested") as values:
        assert (await anext(tables)).as_dict()["value"]["name"] == ["a", "b"]
        first = await anext(values)
        await ctx.put("table", {"value": {"pos": [1.0], "name": ["x"]}})
        assert (await anext(tables)).as_dict()["value"] == {"pos": [1.0], "name": ["x"]}
        await ctx.put("nested", {"choice": ("number", 7), "rows": [None, {"id": 9}]})
        later = await anext(values)
        assert later.as_dict()["rows"] == [None, {"id": 9, "label": ""}]
        assert (later["choice"].selected, first["choice"].selected) == ("number", "text")
        assert first.as_dict()["rows"][0] == {"id": 1, "label": "one"}  # the earlier one is not touched
        assert later.as_py("any") == 2.5  # what was not sent


async def test_monitor_of_a_pv_that_closes_and_opens(ctx: Context, p4p_server: P4pServer) -> None:
    async with ctx.monitor("late", events=True, fields="value") as events:
        p4p_server.open_pv("late", 1.5)
        state = await anext(events)
        assert isinstance(state, ConnectionState)
        assert state.connected
        shown = await anext(events)
        assert isinstance(shown, Value)
        assert shown.as_py("value") == 1.5
        p4p_server.close_pv("late")
        state = await anext(events)
        assert isinstance(state, ConnectionState)
        assert not state.connected
        p4p_server.open_pv("late", 2.5)
        state = await anext(events)
        assert isinstance(state, ConnectionState)
        assert state.connected
        shown = await anext(events)
        assert isinstance(shown, Value)
        assert shown.as_py("value") == 2.5
