"""A Handler: a PV whose value is not stored."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aiopvxs import Context, Server
from aiopvxs.client import RemoteError
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.data import Value
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Handler, Operation
from waiting import eventually

if TYPE_CHECKING:
    from peers import CommandClient

Serve = Callable[[Handler], AbstractAsyncContextManager[Context]]


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


async def test_polling_lasts_as_long_as_somebody_has_subscribed() -> None:
    handler = Handler(NTScalar(T.Int32), poll=0.01)
    count = 0
    methods: list[str] = []

    @handler.on_get
    async def _(pv: Handler, op: Operation) -> int:
        nonlocal count
        count += 1
        methods.append(op.method)
        return count

    async with serve(handler) as ctx:
        for _ in range(3):
            seen: list[int] = []
            async with ctx.monitor("x") as one, ctx.monitor("x") as two:
                async for value in one:
                    seen.append(value.as_int("value"))
                    if len(seen) == 3:
                        break
                assert await two.first(20)
            assert 0 < seen[0] < seen[1] < seen[2]
            await eventually(lambda: handler._watching is None)
        assert set(methods) == {"monitor"}
        before = count
        assert (await ctx.get("x")).as_int("value") == before + 1  # nobody polls any more


async def test_a_poll_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    handler = Handler(NTScalar(T.Int32), poll=0.01)

    @handler.on_get
    def _(op: Operation) -> int:
        raise ValueError("no hardware")

    async with serve(handler) as ctx:
        with pytest.raises(RemoteError, match="^no hardware$"):
            await ctx.monitor("x").first(20)
        await eventually(lambda: handler._watching is None)
        handler.on_get(lambda op: 5)
        assert (await ctx.monitor("x").first(20)).as_int("value") == 5
    assert [record.levelno for record in caplog.records if "no hardware" in record.getMessage()] == [
        logging.ERROR
    ]


async def test_updates_of_a_generator_go_to_all() -> None:
    handler = Handler(NTScalar(T.Int32))
    queue: asyncio.Queue[int] = asyncio.Queue()
    told: list[str] = []

    @handler.on_monitor
    async def _() -> AsyncGenerator[object, None]:
        told.append("begun")
        try:
            while True:
                yield {"value": await queue.get(), "alarm.severity": 1}
        finally:
            told.append("ended")

    async with serve(handler) as ctx:
        for _ in range(2):
            told.clear()
            async with ctx.monitor("x") as one:
                await eventually(lambda: told == ["begun"])
                queue.put_nowait(1)
                first = await one.first(20)
                assert (first.as_int("value"), first.as_int("alarm.severity")) == (1, 1)
                async with ctx.monitor("x") as two:
                    assert (await two.first(20)).as_int("value") == 1
                    queue.put_nowait(2)
                    for each in (one, two):
                        assert (await each.first(20)).as_int("value") == 2
            await eventually(lambda: told == ["begun", "ended"])


@pytest.mark.parametrize("way", ["raises", "raises later", "yields nonsense", "yields nothing", "is none"])
async def test_monitors_that_cannot_start(way: str) -> None:
    handler = Handler(NTScalar(T.Int32))
    works = False

    async def updates() -> AsyncGenerator[object, None]:
        if not works and way == "raises":
            raise RemoteError("not today")
        await asyncio.sleep(0)
        if not works and way == "raises later":
            raise RemoteError("not today")
        if not works and way == "yields nothing":
            return
        yield "nonsense" if not works and way == "yields nonsense" else 5

    def monitor() -> Any:
        return 7 if not works and way == "is none" else updates()

    handler.on_monitor(monitor)
    async with serve(handler) as ctx:
        with pytest.raises(RemoteError) as refused:
            await ctx.monitor("x").first(20)
        assert str(refused.value)
        if way.startswith("raises"):
            assert str(refused.value) == "not today"
        works = True
        await eventually(lambda: handler._watching is None)
        assert (await ctx.monitor("x").first(20)).as_int("value") == 5


async def test_a_monitor_while_the_server_stops() -> None:
    handler = Handler(NTScalar(T.Int32), poll=0.01)
    handler.on_get(lambda op: 5)
    server = Server({"x": handler}, Config.isolated())
    async with Context(server.client_config(), use_env=False, timeout=20.0) as ctx:
        sub = ctx.monitor("x")
        for _ in range(2):
            async with server:
                await ctx.hurry_up()
                assert (await sub.first(20)).as_int("value") == 5
            await eventually(lambda: handler._watching is None)
        sub.close()


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


@pytest.mark.parametrize("way", ["generator", "poll"])
async def test_a_monitor_whose_first_update_never_comes(way: str) -> None:
    handler = Handler(NTScalar(T.Int32), poll=0.01, handler_timeout=0.3)
    ended: list[str] = []
    never = True

    async def wait() -> int:
        try:
            await asyncio.sleep(3600 if never else 0)
        finally:
            ended.append("ended")
        return 5

    async def updates() -> AsyncGenerator[int, None]:
        yield await wait()
        await asyncio.sleep(3600)

    if way == "generator":
        handler.on_monitor(updates)
    else:
        handler.on_get(lambda op: wait())
    async with serve(handler) as ctx:
        with pytest.raises(RemoteError, match='PV "x" has sent no update within 0.3 s'):
            await ctx.monitor("x").first(20)
        await eventually(lambda: ended == ["ended"])
        never = False
        assert (await ctx.monitor("x").first(20)).as_int("value") == 5


async def test_a_subscriber_that_is_killed(command_client: type[CommandClient], tmp_path: Path) -> None:
    handler = Handler(NTScalar(T.Int32), poll=0.01)
    handler.on_get(lambda op: 5)
    async with Server({"x": handler}, Config.isolated()) as server:
        client = command_client(server.client_config())
        with (tmp_path / "lines").open("w") as lines:
            process = client.start("monitor", "x", 1000000, stdout=lines, timeout=60.0)
            await eventually(lambda: handler._watching is not None)
            process.kill()
            process.wait()
        await eventually(lambda: handler._watching is None)
        assert (await client("get", "x")).value["value"] == 5
