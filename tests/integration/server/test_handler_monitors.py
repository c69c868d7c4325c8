"""Monitors of a Handler: every one is answered, whatever becomes of what makes the updates."""

from __future__ import annotations

import asyncio
import gc
import logging
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aiopvxs import Context, Server
from aiopvxs.client import RemoteError
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Handler, Operation
from waiting import eventually

if TYPE_CHECKING:
    from peers import CommandClient


def context(server: Server) -> Context:
    return Context(server.client_config(), use_env=False, timeout=20.0)


@asynccontextmanager
async def serve(handler: Handler) -> AsyncIterator[Context]:
    async with Server({"x": handler}, Config.isolated()) as server, context(server) as ctx:
        yield ctx


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


@pytest.mark.parametrize("way", ["generator", "poll", "before it begins"])
async def test_updates_that_are_cancelled(way: str) -> None:
    """By themselves, or by who cancels whatever runs."""
    handler = Handler(NTScalar(T.Int32), poll=0.01)
    works = False

    async def one() -> int:
        if not works:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await asyncio.sleep(3600)
        return 5

    async def updates() -> AsyncGenerator[int, None]:
        yield await one()

    async with Server({"x": handler}, Config.isolated()) as server, context(server) as ctx:
        if way == "generator":
            handler.on_monitor(updates)
        else:
            handler.on_get(lambda op: one())
        if way == "before it begins":
            spawn = server._runner.spawn

            def cancelled(coroutine: Awaitable[object]) -> asyncio.Task[object]:
                task = spawn(coroutine)
                if not works:
                    task.cancel()
                return task

            server._runner.spawn = cancelled  # type: ignore[method-assign]
        with pytest.raises(RemoteError, match='^The monitor of PV "x" was cancelled by the server$'):
            await ctx.monitor("x").first(20)
        works = True
        await eventually(lambda: handler._watching is None)
        assert (await ctx.monitor("x").first(20)).as_int("value") == 5


async def test_cancelled_updates_begin_anew_for_who_had_one() -> None:
    handler = Handler(NTScalar(T.Int32))
    begun = 0

    @handler.on_monitor
    async def _() -> AsyncGenerator[int, None]:
        nonlocal begun
        begun += 1
        yield begun
        task = asyncio.current_task()
        assert task is not None
        if begun == 1:
            task.cancel()
        await asyncio.sleep(3600)

    async with serve(handler) as ctx, ctx.monitor("x") as sub:
        for number in (1, 2):
            assert (await sub.first(20)).as_int("value") == number


async def test_a_time_that_is_up_is_not_that_of_a_later_subscriber() -> None:
    handler = Handler(NTScalar(T.Int32), handler_timeout=30.0)
    begun: list[asyncio.Task[object]] = []
    loop = asyncio.get_running_loop()

    @handler.on_monitor
    async def _() -> AsyncGenerator[int, None]:
        task = asyncio.current_task()
        assert task is not None
        begun.append(task)
        await asyncio.sleep(3600)
        yield 5

    async with Server({"x": handler}, Config.isolated()) as server:
        # PVXS's clients do not tell of a monitor's end before it has begun, only of their own
        async with context(server) as ctx, ctx.monitor("x"):
            await eventually(lambda: begun)
        await eventually(lambda: handler._watching is None)
        async with context(server) as ctx, ctx.monitor("x") as sub:
            await eventually(lambda: len(begun) == 2)
            handler._expire(loop, 30.0, begun[0])  # what was left of the first one's time is up now
            assert handler._core.stat().waiting == 1
            handler._expire(loop, 30.0, begun[1])
            with pytest.raises(RemoteError, match='PV "x" has sent no update within 30 s'):
                await sub.first(20)


async def test_each_who_subscribes_while_no_update_comes_is_answered() -> None:
    handler = Handler(NTScalar(T.Int32), handler_timeout=0.2)

    @handler.on_monitor
    async def _() -> AsyncGenerator[int, None]:
        await asyncio.sleep(3600)
        yield 5

    async def subscribe(ctx: Context, delay: float) -> str:
        await asyncio.sleep(delay)
        with pytest.raises(RemoteError) as refused:
            await ctx.monitor("x").first(20)
        return str(refused.value)

    async with serve(handler) as ctx:
        texts = await asyncio.gather(*(subscribe(ctx, 0.05 * number) for number in range(20)))
    assert set(texts) == {'PV "x" has sent no update within 0.2 s'}


@pytest.mark.parametrize("dropped", [False, True])
async def test_the_pv_is_removed_meanwhile(dropped: bool) -> None:
    """Its updates end, and the client waits until there is such a PV again."""
    ended: list[int] = []

    def make(number: int) -> Handler:
        handler = Handler(NTScalar(T.Int32))

        @handler.on_monitor
        async def _() -> AsyncGenerator[int, None]:
            try:
                if number == 1 and not ended:
                    await asyncio.sleep(3600)
                yield number
                await asyncio.sleep(3600)
            finally:
                ended.append(number)

        return handler

    handler = make(1)
    async with (
        Server({"x": handler}, Config.isolated()) as server,
        context(server) as ctx,
        ctx.monitor("x") as sub,
    ):
        await eventually(lambda: handler._core.stat().waiting == 1)
        server.remove_pv("x")
        await eventually(lambda: ended == [1] and not sub.connected)
        assert handler._core.stat().waiting == 0
        if dropped:
            gone = weakref.ref(handler)
            handler = make(2)
            await eventually(lambda: gc.collect() is not None and gone() is None)
        server.add_pv("x", handler)
        await ctx.hurry_up()
        assert (await sub.first(60)).as_int("value") == (2 if dropped else 1)


async def test_the_server_stops_before_the_first_update() -> None:
    handler = Handler(NTScalar(T.Int32))
    ended: list[str] = []

    @handler.on_monitor
    async def _() -> AsyncGenerator[int, None]:
        try:
            if not ended:
                await asyncio.sleep(3600)
            yield 5
            await asyncio.sleep(3600)
        finally:
            ended.append("ended")

    server = Server({"x": handler}, Config.isolated())
    async with context(server) as ctx, server, ctx.monitor("x") as sub:
        await eventually(lambda: handler._core.stat().waiting == 1)
        await server.astop(grace=0.1)
        await eventually(lambda: ended == ["ended"])
        async with server:
            await ctx.hurry_up()
            assert (await sub.first(60)).as_int("value") == 5
