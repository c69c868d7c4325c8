"""A Handler: a PV whose value is not stored."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from aiopvxs import Context, Server
from aiopvxs.client import RemoteError
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.data import Value
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Handler, Operation

if TYPE_CHECKING:
    pass


@asynccontextmanager
async def serve(handler: Handler) -> AsyncIterator[Context]:
    async with (
        Server({"x": handler}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        yield ctx


async def test_a_get_runs_code() -> None:
    handler = Handler(NTScalar(T.Int32))
    count = 0

    @handler.on_get
    async def _(op: Operation) -> int:
        nonlocal count
        count += 1
        return count

    before = int(time.time())
    async with serve(handler) as ctx:
        for number in (1, 2, 3):
            got = await ctx.get("x")
            assert got.as_int("value") == number
            assert before <= got.as_int("timeStamp.secondsPastEpoch") <= time.time()
            assert "value" in got.changed()
            assert "alarm.severity" not in got.changed()
        assert (await ctx.info("x"))["value"].type() == T.Int32


async def test_what_there_is_no_handler_for_is_refused() -> None:
    handler = Handler(NTScalar(T.Int32))
    async with serve(handler) as ctx:
        with pytest.raises(RemoteError, match='PV "x" has no handler for a get'):
            await ctx.get("x")
        with pytest.raises(RemoteError, match='PV "x" has no handler for a put'):
            await ctx.put("x", 1)
        with pytest.raises(RemoteError, match="RPC is not implemented"):
            await ctx.rpc("x")
        with pytest.raises(RemoteError, match="Monitor is not implemented"):
            await ctx.monitor("x").first(20)


@pytest.mark.parametrize("result", [None, "text", {"nothing": 1}, NTScalar(T.String).create("text")])
async def test_a_get_without_a_value(result: object) -> None:
    handler = Handler(NTScalar(T.Int32))
    handler.on_get(lambda op: result)
    async with serve(handler) as ctx:
        with pytest.raises(RemoteError):
            await ctx.get("x")
        handler.on_get(lambda op: {"value": 5, "timeStamp.secondsPastEpoch": 7})
        got = await ctx.get("x")
        assert (got.as_int("value"), got.as_int("timeStamp.secondsPastEpoch")) == (5, 7)


async def test_a_subclass() -> None:
    class Register(Handler):
        content = 3

        def get(self, op: Operation) -> int:
            return self.content

        async def put(self, op: Operation) -> None:
            self.content = op.value.as_int("value")

        def rpc(self, op: Operation) -> str:
            return op.account

        async def monitor(self, op: Operation) -> AsyncGenerator[int, None]:
            assert op.method == "monitor"
            yield self.content

    async with serve(Register(NTScalar(T.Int32))) as ctx:
        assert (await ctx.get("x")).as_int("value") == 3
        await ctx.put("x", 4)
        assert (await ctx.get("x")).as_int("value") == 4
        assert (await ctx.rpc("x")).as_string("value")
        assert (await ctx.monitor("x").first(20)).as_int("value") == 4


def test_a_loop_of_its_own() -> None:
    from aiopvxs.sync import Context as Blocking

    handler = Handler(NTScalar(T.Int32), poll=0.01)
    handler.on_get(lambda op: 5)
    server = Server({"x": handler}, Config.isolated())
    with server, Blocking(server.client_config(), use_env=False, timeout=20.0) as ctx:
        assert ctx.get("x").as_int("value") == 5
        values: list[Value] = []
        for value in ctx.monitor("x"):
            values.append(value)
            if len(values) == 2:
                break


@pytest.mark.parametrize(
    "options", [{"poll": 0}, {"poll": -1}, {"poll": float("nan")}, {"serial": "no"}, {"on_leave": 5}]
)
def test_options_that_are_none(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        Handler(NTScalar(T.Int32), **options)
