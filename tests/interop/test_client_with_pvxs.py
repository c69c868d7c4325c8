"""Our client against a pvxs server: what is on the wire is what was meant."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import numpy as np
import pytest

from aiopvxs import Context, RemoteError, Timeout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from peers import ScriptedServer


@pytest.fixture
async def ctx(scripted_server: ScriptedServer) -> AsyncIterator[Context]:
    async with Context(scripted_server.config, use_env=False, timeout=20.0) as context:
        yield context


SCALARS = [
    ("bool", True, True),
    ("int8", -128, -128),
    ("uint8", 255, 255),
    ("int16", -32768, -32768),
    ("uint16", 65535, 65535),
    ("int32", -(2**31), -(2**31)),
    ("uint32", 2**32 - 1, 2**32 - 1),
    ("int64", -(2**63), -(2**63)),
    ("uint64", 2**64 - 1, 2**64 - 1),
    ("float", 0.5, 0.5),
    ("double", 0.1, 0.1),
    ("string", 'grün "µ" \\', 'grün "µ" \\'),
]

ARRAYS = [
    ("bool[]", [True, False], [True, False]),
    ("uint8[]", np.array([0, 255], dtype=np.uint8), [0, 255]),
    ("int32[]", [-1, 2, 3], [-1, 2, 3]),
    ("int64[]", np.array([2**62, -(2**62)], dtype=">i8"), [2**62, -(2**62)]),
    ("float[]", np.arange(6, dtype=np.float32)[::2], [0, 2, 4]),
    ("double[]", np.array([0.1, -1e300]), [0.1, -1e300]),
    ("double[]", [], []),
    ("string[]", ["a", "", "grün"], ["a", "", "grün"]),
]


@pytest.mark.parametrize(("code", "value", "stored"), [*SCALARS, *ARRAYS])
async def test_put_and_get_of_every_type(
    scripted_server: ScriptedServer, ctx: Context, code: str, value: object, stored: object
) -> None:
    scripted_server.add("x", code)
    await ctx.put("x", value)
    (put,) = scripted_server.events("exec", pv="x", request_kind="put")
    assert put["value"] == {"value": stored}  # this leaf and no other
    assert scripted_server.value("x")["value"] == stored
    got = await ctx.get("x")
    assert got.as_dict()["value"] == stored


async def test_put_names_several_fields(scripted_server: ScriptedServer, ctx: Context) -> None:
    scripted_server.add("s", "struct", label="before", gain=2)
    await ctx.put("s", {"value": 5, "inner.y": 0.5, "data": [1, 2]})
    (put,) = scripted_server.events("exec", pv="s", request_kind="put")
    assert put["value"] == {"value": 5, "data": [1, 2], "inner": {"y": 0.5}}
    assert (await ctx.get("s")).as_dict() == {
        "value": 5,
        "gain": 2.0,
        "label": "before",
        "data": [1, 2],
        "inner": {"x": 0, "y": 0.5},
    }


async def test_enum_by_index_and_by_choice(scripted_server: ScriptedServer, ctx: Context) -> None:
    scripted_server.add("e", "enum", **{"value.choices": ["off", "on", "fault"]})
    await ctx.put("e", 2)
    assert scripted_server.value("e")["value"]["index"] == 2
    await ctx.put("e", "on")
    assert scripted_server.value("e")["value"] == {"index": 1, "choices": ["off", "on", "fault"]}
    assert (await ctx.get("e")).as_dict()["value"] == {"index": 1, "choices": ["off", "on", "fault"]}
    with pytest.raises(ValueError, match="fault"):  # the choices are listed
        await ctx.put("e", "broken")
    assert scripted_server.counts("e")["exec put"] == 2


async def test_builder_sees_the_present_value(scripted_server: ScriptedServer, ctx: Context) -> None:
    scripted_server.add("x", "int32", value=41)
    await ctx.put("x", lambda present: {"value": int(present.value) + 1})
    (put,) = scripted_server.events("exec", pv="x", request_kind="put")
    assert put["value"] == {"value": 42}


async def test_requests_as_the_server_sees_them(scripted_server: ScriptedServer, ctx: Context) -> None:
    scripted_server.add("x", "int32")
    got = await ctx.get("x", fields="value,alarm.severity")
    (init,) = scripted_server.events("init", pv="x", kind="get")
    assert init["request"]["field"] == {"value": {}, "alarm": {"severity": {}}}
    assert got.changed() <= {"value", "alarm.severity"}
    await ctx.put("x", 1, wait=True, process=True)
    (init,) = scripted_server.events("init", pv="x", kind="put")
    assert init["request"]["record"]["_options"] == {"block": "true", "process": "true"}


async def test_out_of_range_never_reaches_the_server(scripted_server: ScriptedServer, ctx: Context) -> None:
    scripted_server.add("x", "uint8", value=7)
    with pytest.raises(OverflowError, match="256"):
        await ctx.put("x", 256)
    assert scripted_server.counts("x")["exec put"] == 0
    assert scripted_server.value("x")["value"] == 7


async def test_refusals_arrive_word_for_word(scripted_server: ScriptedServer, ctx: Context) -> None:
    scripted_server.add("x")
    scripted_server.on("x", "exec", "put", "refuse", text="interlock “A” is open")
    with pytest.raises(RemoteError) as caught:
        await ctx.put("x", 1)
    assert str(caught.value) == "interlock “A” is open"
    assert caught.value.pv == "x"


async def test_pv_that_nobody_serves(ctx: Context) -> None:
    with pytest.raises(Timeout) as caught:
        await ctx.get("nobody", timeout=0.3)
    assert (caught.value.pv, caught.value.phase) == ("nobody", "connect")


async def test_many_pvs_at_once(scripted_server: ScriptedServer, ctx: Context) -> None:
    names = [f"x{number}" for number in range(100)]
    for number, name in enumerate(names):
        scripted_server.add(name, "int32", value=number)
    got = await asyncio.gather(*(ctx.get(name) for name in names))
    assert [int(value.value) for value in got] == list(range(100))
