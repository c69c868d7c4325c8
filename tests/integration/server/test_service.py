"""RPC services of annotated functions."""

from __future__ import annotations

import asyncio
import enum
import gc
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.client import RemoteError
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Operation, service


class Mode(enum.Enum):
    fast = 1
    slow = 2


@dataclass
class Point:
    x: float
    y: float = 0.0


@dataclass
class Line:
    name: str
    length: float
    begin: Point


@service("calc:add")
async def add(a: float, b: float = 1.0) -> float:
    await asyncio.sleep(0)
    return a + b


@service("calc:kinds")
def kinds(
    number: int = 0,
    flag: bool = False,
    text: str = "",
    mode: Mode = Mode.fast,
    how: Literal["up", "down"] = "up",
    items: list[int] = [],  # noqa: B006 - nobody changes it
    either: int | str | None = None,
    point: Point | None = None,
) -> dict[str, Any]:
    return {"all": repr((number, flag, text, mode.name, how, items, either, point))}


@service("calc:line")
def line(point: Point) -> Line:
    return Line("it", abs(point.x), point)


@service("calc:who")
def who(op: Operation, **rest: object) -> str:
    return f"{op.name} {sorted(rest)}"


@service("calc:nothing")
def nothing() -> None:
    return None


@service("calc:wrong")
def wrong() -> int:
    return "text"  # type: ignore[return-value]


@service("calc:array")
def array(values: np.ndarray[Any, Any], factor: float) -> np.ndarray[Any, Any]:
    return values * factor


@service("machine:")
class Machine:
    def __init__(self) -> None:
        self.moved: list[float] = []

    async def move(self, to: float) -> None:
        self.moved.append(to)

    @service("where")
    def position(self) -> float:
        return self.moved[-1]

    def _private(self) -> None:
        raise AssertionError


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
async def ctx(machine: Machine) -> AsyncIterator[Context]:
    services = [add, kinds, line, who, nothing, wrong, array, machine]
    async with (
        Server({"sum": add, "pv": SharedPV(NTScalar(), 1.0)}, Config.isolated(), services=services) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as context,
    ):
        yield context


async def test_a_call(ctx: Context) -> None:
    result = await ctx.rpc("calc:add", a=2, b=3.5)
    assert result.as_float("value") == 5.5
    assert result.id() == "epics:nt/NTScalar:1.0"
    assert (await ctx.rpc("calc:add", a=2)).as_float("value") == 3.0
    assert (await ctx.rpc("sum", a="2", b="0.5")).as_float("value") == 2.5  # text, as commands send it
    assert (await ctx.get("pv")).as_float("value") == 1.0


async def test_a_call_that_is_cancelled_before_it_begins() -> None:
    """Its client has gone meanwhile: no coroutine is left that nobody awaits."""
    begun: list[Operation] = []

    @service("slow")
    async def slow(op: Operation) -> None:
        begun.append(op)

    server = Server(config=Config.isolated(), services=[slow])
    start = server._runner.start

    def cancel_at_once(op: Operation) -> bool:
        running = start(op)
        op._stop()
        return running

    server._runner.start = cancel_at_once  # type: ignore[method-assign]
    async with server, Context(server.client_config(), use_env=False, timeout=20.0) as context:
        with pytest.raises(RemoteError, match='The rpc of PV "slow" was cancelled by the server'):
            await context.rpc("slow")
    gc.collect()
    assert not begun


async def test_a_number_has_the_type_of_the_annotation(ctx: Context) -> None:
    assert (await ctx.rpc("calc:add", a=1, b=1))["value"].type() == T.Float64


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({}, "calc:add: the argument a is missing; its arguments are (a: float, b: float = 1.0)"),
        ({"a": 1, "c": 2}, "calc:add: there is no argument c; its arguments are (a: float, b: float = 1.0)"),
        (
            {"a": "x"},
            "calc:add: the argument a is no float: 'x'; its arguments are (a: float",
        ),
        ({"a": [1.0]}, "calc:add: the argument a is no float: [1.0]; its"),
        ({"a": True}, "calc:add: the argument a is no float: True; its"),
    ],
)
async def test_a_call_that_does_not_fit(
    ctx: Context, caplog: pytest.LogCaptureFixture, query: dict[str, object], text: str
) -> None:
    with pytest.raises(RemoteError) as refused:
        await ctx.rpc("calc:add", query)
    assert str(refused.value).startswith(text)
    assert not [record for record in caplog.records if record.name == "aiopvxs.server"]  # the client's fault
    assert (await ctx.rpc("calc:add", a=2)).as_float("value") == 3.0


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"number": 5}, "(5, False, '', 'fast', 'up', [], None, None)"),
        ({"number": "0x10"}, "(16, False, '', 'fast', 'up', [], None, None)"),
        ({"number": 5.0}, "(5, False, '', 'fast', 'up', [], None, None)"),
        ({"flag": True}, "(0, True, '', 'fast', 'up', [], None, None)"),
        ({"flag": "true"}, "(0, True, '', 'fast', 'up', [], None, None)"),
        ({"flag": 1}, "(0, True, '', 'fast', 'up', [], None, None)"),
        ({"text": "it"}, "(0, False, 'it', 'fast', 'up', [], None, None)"),
        ({"mode": "slow"}, "(0, False, '', 'slow', 'up', [], None, None)"),
        ({"mode": 2}, "(0, False, '', 'slow', 'up', [], None, None)"),
        ({"how": "down"}, "(0, False, '', 'fast', 'down', [], None, None)"),
        ({"items": [1, 2]}, "(0, False, '', 'fast', 'up', [1, 2], None, None)"),
        ({"either": 5}, "(0, False, '', 'fast', 'up', [], 5, None)"),
        ({"either": "5"}, "(0, False, '', 'fast', 'up', [], '5', None)"),
    ],
)
async def test_arguments(ctx: Context, query: dict[str, object], expected: str) -> None:
    assert (await ctx.rpc("calc:kinds", query)).as_string("all") == expected


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"number": 5.5}, "no int: 5.5"),
        ({"number": "five"}, "no int: 'five'"),
        ({"flag": 2}, "no bool: 2"),
        ({"text": 5}, "no str: 5"),
        ({"mode": "medium"}, "none of 'fast' | 'slow': 'medium'"),
        ({"how": "left"}, "none of 'up', 'down': 'left'"),
        ({"items": 5}, "no list: 5"),
        ({"items": [1.5]}, "no int: 1.5"),
        ({"either": 1.5}, "no int | str | None: 1.5"),
    ],
)
async def test_arguments_that_do_not_fit(ctx: Context, query: dict[str, object], text: str) -> None:
    with pytest.raises(RemoteError) as refused:
        await ctx.rpc("calc:kinds", query)
    (name,) = query
    assert f"the argument {name} is {text}; its arguments are" in str(refused.value)


async def test_structures(ctx: Context) -> None:
    from aiopvxs.data import Member, TypeDef

    query = TypeDef(T.Struct, [Member(T.Struct, "point", [Member(T.Float64, "x")])]).create()
    query["point.x"] = -3.0
    result = await ctx.rpc("calc:line", query)
    assert result.as_dict() == {"name": "it", "length": 3.0, "begin": {"x": -3.0, "y": 0.0}}


async def test_the_operation_and_the_rest(ctx: Context) -> None:
    assert (await ctx.rpc("calc:who", a=1, b=2)).as_string("value") == "calc:who ['a', 'b']"
    assert (await ctx.rpc("calc:who", op=1)).as_string("value") == "calc:who []"


async def test_nothing(ctx: Context) -> None:
    assert not await ctx.rpc("calc:nothing")
    with pytest.raises(RemoteError, match="there is no argument a; it has no arguments"):
        await ctx.rpc("calc:nothing", a=1)


async def test_a_result_that_is_not_what_was_promised(ctx: Context, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(RemoteError, match="The service returned 'text', which is no int"):
        await ctx.rpc("calc:wrong")
    assert "calc:wrong" in caplog.text


async def test_arrays(ctx: Context) -> None:
    result = await ctx.rpc("calc:array", values=[1.0, 2.0], factor=2)
    assert result.as_float_list("value") == [2.0, 4.0]
    assert result.id() == "epics:nt/NTScalarArray:1.0"


async def test_a_class(ctx: Context, machine: Machine) -> None:
    await ctx.rpc("machine:move", to=5)
    assert (await ctx.rpc("machine:where")).as_float("value") == 5.0
    assert machine.moved == [5.0]


@pytest.mark.parametrize("ask", ["get", "put", "monitor", "info"])
async def test_it_takes_rpcs_alone(ctx: Context, ask: str) -> None:
    asking = {
        "get": lambda: ctx.get("calc:add"),
        "put": lambda: ctx.put("calc:add", 1),
        "monitor": lambda: ctx.monitor("calc:add").first(20),
        "info": lambda: ctx.info("calc:add"),
    }
    with pytest.raises(RemoteError, match="service|not implemented"):
        await asking[ask]()
    assert (await ctx.rpc("calc:add", a=2)).as_float("value") == 3.0


@pytest.mark.parametrize("given", [5, lambda: None, Machine, object()])
def test_what_is_no_service(given: object) -> None:
    with pytest.raises(TypeError, match="no service"):
        Server(config=Config.isolated(), services=[given])


def test_arguments_have_names() -> None:
    with pytest.raises(TypeError, match="RPCs name their arguments"):
        Server({"x": lambda *args: None}, Config.isolated())
    with pytest.raises(ValueError, match="not empty"):
        service("")
