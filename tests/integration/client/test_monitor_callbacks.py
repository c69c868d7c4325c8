"""Monitors with callbacks, sync and async."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import AsyncIterator

import pytest

from aiopvxs import Context, Disconnected, Overflow, RemoteError, Timeout
from aiopvxs._loop import bridge_of
from aiopvxs.client import ConnectionState, Finished
from aiopvxs.data import Value
from peers import ScriptedServer
from waiting import eventually

BIG = 10_000  # a server that keeps so many squashes none of a test's


@pytest.fixture
async def ctx(scripted_server: ScriptedServer) -> AsyncIterator[Context]:
    context = Context(scripted_server.config, use_env=False, timeout=20.0)
    yield context
    await context.aclose()


@pytest.fixture
def server(scripted_server: ScriptedServer) -> ScriptedServer:
    scripted_server.add("x", "int32", value=0)
    return scripted_server


def post(server: ScriptedServer, first: int, last: int) -> None:
    for number in range(first, last + 1):
        server.post("x", {"value": number})


async def test_plain_callback_gets_each_update_and_lives_with_the_context(
    server: ScriptedServer, ctx: Context
) -> None:
    got: list[int] = []
    ctx.monitor("x", lambda value: got.append(int(value.value)), server_queue=BIG)
    gc.collect()
    await eventually(lambda: got == [0])
    post(server, 1, 300)
    await eventually(lambda: len(got) == 301)
    assert got == list(range(301))
    await ctx.aclose()
    await server.event("end", pv="x", kind="monitor")
    assert ctx._subscriptions == set()
    assert len(bridge_of(asyncio.get_running_loop())) == 0


async def test_async_callback_is_awaited_before_the_next(server: ScriptedServer, ctx: Context) -> None:
    got: list[str] = []

    async def callback(value: Value) -> None:
        got.append(f"+{int(value.value)}")
        await asyncio.sleep(0.001)
        got.append(f"-{int(value.value)}")

    sub = ctx.monitor("x", callback, server_queue=BIG)
    await sub.first()
    post(server, 1, 50)
    await eventually(lambda: len(got) == 102)
    assert got == [f"{sign}{number}" for number in range(51) for sign in "+-"]
    mine = asyncio.current_task()
    await eventually(lambda: asyncio.all_tasks() == {mine})  # none is pending while no callback runs
    post(server, 51, 51)
    await eventually(lambda: got[-1] == "-51")


async def test_close_in_a_callback_is_the_last(server: ScriptedServer, ctx: Context) -> None:
    got: list[int] = []

    def callback(value: Value) -> None:
        got.append(int(value.value))
        if got[-1] == 3:
            sub.close()

    sub = ctx.monitor("x", callback, server_queue=BIG)
    await sub.first()
    post(server, 1, 10)
    await server.event("end", pv="x", kind="monitor")
    assert got == [0, 1, 2, 3]
    assert sub not in ctx._subscriptions


async def test_context_that_closes_in_a_callback(server: ScriptedServer, ctx: Context) -> None:
    got: list[int] = []
    errors: list[Exception] = []

    async def callback(value: Value) -> None:
        got.append(int(value.value))
        if got[-1] == 3:
            ctx.close()

    sub = ctx.monitor("x", callback, on_error=errors.append, server_queue=BIG)
    await sub.first()
    post(server, 1, 10)
    await server.event("end", pv="x", kind="monitor")
    await eventually(lambda: sub.closed)
    assert got == [0, 1, 2, 3]
    assert errors == []  # whoever closes the Context knows


async def test_raising_callback_is_logged_and_lives_on(
    server: ScriptedServer, ctx: Context, caplog: pytest.LogCaptureFixture
) -> None:
    got: list[int] = []

    def callback(value: Value) -> None:
        got.append(int(value.value))
        raise ZeroDivisionError("mine")

    ctx.monitor("x", callback, server_queue=BIG)
    await eventually(lambda: got == [0])
    post(server, 1, 1)
    await eventually(lambda: got == [0, 1])
    assert [record.getMessage() for record in caplog.records] == ["monitor 'x': the callback raised"] * 2
    assert caplog.records[0].name == "aiopvxs.client"
    assert caplog.records[0].levelno == logging.ERROR
    assert "ZeroDivisionError: mine" in caplog.text


@pytest.mark.parametrize("kind", ["plain", "async"])
async def test_raising_callback_goes_to_on_error(server: ScriptedServer, ctx: Context, kind: str) -> None:
    errors: list[str] = []

    def plain(value: Value) -> None:
        raise ValueError(str(int(value.value)))

    async def later(value: Value) -> None:
        await asyncio.sleep(0)
        plain(value)

    async def on_error(exc: Exception) -> None:
        await asyncio.sleep(0)
        errors.append(str(exc))

    if kind == "plain":
        ctx.monitor("x", plain, on_error=lambda exc: errors.append(str(exc)), server_queue=BIG)
    else:
        ctx.monitor("x", later, on_error=on_error, server_queue=BIG)
    await eventually(lambda: errors == ["0"])
    post(server, 1, 5)
    await eventually(lambda: errors == ["0", "1", "2", "3", "4", "5"])


async def test_on_error_that_raises_is_logged(
    server: ScriptedServer, ctx: Context, caplog: pytest.LogCaptureFixture
) -> None:
    def on_error(exc: Exception) -> None:
        raise RuntimeError("worse") from exc

    sub = ctx.monitor("x", lambda value: 1 // 0, on_error=on_error)
    await sub.first()
    await eventually(lambda: "on_error raised" in caplog.text)
    assert "worse" in caplog.text


async def test_refusal_goes_to_on_error_else_to_the_log(
    server: ScriptedServer, ctx: Context, caplog: pytest.LogCaptureFixture
) -> None:
    server.on("x", "init", "monitor", "refuse", text="not you", times=2)
    errors: list[Exception] = []
    told = ctx.monitor("x", print, on_error=errors.append)
    logged = ctx.monitor("x", print)
    await eventually(lambda: told.closed and logged.closed)
    assert isinstance(errors[0], RemoteError)
    assert [record.getMessage() for record in caplog.records] == ["monitor 'x' ended: not you"]
    assert ctx._subscriptions == set()
    with pytest.raises(RemoteError, match="^not you$"):
        await told.first()


async def test_events_stale_and_the_end(server: ScriptedServer, ctx: Context) -> None:
    items: list[object] = []
    errors: list[Exception] = []
    events = ctx.monitor("x", items.append, events=True)
    stale = ctx.monitor("x", lambda value: None, stale="raise", on_error=errors.append)
    await events.first()
    await stale.first()
    server.drop()
    await eventually(lambda: len(items) == 5)
    assert [item.connected if isinstance(item, ConnectionState) else None for item in items] == [
        True, None, False, True, None,
    ]  # fmt: skip
    assert [type(error) for error in errors] == [Disconnected]
    await eventually(lambda: stale.stats().arrived == 2)
    server.finish("x")
    await eventually(lambda: stale.closed and events.closed)
    assert isinstance(items[-1], Finished)
    assert len(errors) == 1


async def test_overflow_error_of_a_callback_that_is_slow(server: ScriptedServer, ctx: Context) -> None:
    errors: list[Exception] = []
    go = asyncio.Event()
    got: list[int] = []

    async def callback(value: Value) -> None:
        await go.wait()
        got.append(int(value.value))

    sub = ctx.monitor("x", callback, on_error=errors.append, max_queue=2, overflow="error", server_queue=BIG)
    await eventually(lambda: sub.stats().received == 1)
    post(server, 1, 5)
    await server.event("end", pv="x", kind="monitor")
    go.set()
    await eventually(lambda: errors)
    assert isinstance(errors[0], Overflow)
    assert got == [0, 1, 2]


async def test_it_cannot_be_iterated_over(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("x", lambda value: None)
    with pytest.raises(RuntimeError, match="monitor 'x' has a callback"):
        async for _ in sub:
            pass
    with pytest.raises(RuntimeError, match="has a callback"):
        sub.batches()
    assert int((await sub.first()).value) == 0
    with pytest.raises(Timeout, match="no update within 0.05 s"):
        await ctx.monitor("nowhere", print).first(0.05)


async def test_busy_callback_gives_the_loop_back(server: ScriptedServer, ctx: Context) -> None:
    go = asyncio.Event()
    turns = 0
    got: list[int] = []

    def callback(value: Value) -> None:
        got.append(turns)
        end = asyncio.get_running_loop().time() + 0.002
        while asyncio.get_running_loop().time() < end:
            pass

    sub = ctx.monitor("x", callback, server_queue=BIG)
    await sub.first()
    await asyncio.to_thread(post, server, 1, 1)
    sub.pause()
    await server.event("start", pv="x", start=False)
    post(server, 2, 100)
    sub.resume()
    while len(got) < 102 - 1:
        turns += 1
        await asyncio.sleep(0)
    go.set()
    assert len(set(got)) > 5


@pytest.mark.parametrize("kind", ["plain", "async"])
@pytest.mark.parametrize("told", ["on_error", "log"])
async def test_callback_that_waited_for_what_was_cancelled_lives_on(
    server: ScriptedServer, ctx: Context, caplog: pytest.LogCaptureFixture, kind: str, told: str
) -> None:
    got: list[int] = []
    errors: list[Exception] = []
    cancelled = asyncio.get_running_loop().create_future()
    cancelled.cancel()

    def plain(value: Value) -> None:
        got.append(int(value.value))
        cancelled.result()

    async def later(value: Value) -> None:
        got.append(int(value.value))
        await cancelled

    if kind == "async" and sys.version_info < (3, 11):
        pytest.skip("CPython 3.10 does not tell whether it was the task that was cancelled")
    on_error = errors.append if told == "on_error" else None
    sub = ctx.monitor("x", plain if kind == "plain" else later, on_error=on_error, server_queue=BIG)
    await sub.first()
    post(server, 1, 3)
    await eventually(lambda: len(errors if told == "on_error" else caplog.records) == 4)
    assert got == [0, 1, 2, 3]
    assert not sub.closed
    text = "monitor 'x': what the callback waited for was cancelled"
    assert all(str(error) == text for error in errors)
    if told == "log":
        assert text in caplog.text


async def test_task_of_a_callback_that_is_cancelled_ends_the_subscription(
    server: ScriptedServer, ctx: Context, caplog: pytest.LogCaptureFixture
) -> None:
    begun: list[asyncio.Task[object] | None] = []

    async def callback(value: Value) -> None:
        begun.append(asyncio.current_task())
        await asyncio.Event().wait()

    sub = ctx.monitor("x", callback)
    await eventually(lambda: begun)
    (task,) = begun
    assert task is not None
    task.cancel()  # as asyncio.run() does with all tasks at its end
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sub.closed
    await server.event("end", pv="x", kind="monitor")
    assert sub not in ctx._subscriptions
    assert caplog.records == []


async def test_on_error_that_waited_for_what_was_cancelled_is_logged(
    server: ScriptedServer, ctx: Context, caplog: pytest.LogCaptureFixture
) -> None:
    got: list[int] = []
    cancelled = asyncio.get_running_loop().create_future()
    cancelled.cancel()

    def callback(value: Value) -> None:
        got.append(int(value.value))
        raise ZeroDivisionError

    sub = ctx.monitor("x", callback, on_error=lambda exc: cancelled.result(), server_queue=BIG)
    await sub.first()
    post(server, 1, 2)
    await eventually(lambda: len(caplog.records) == 3)
    assert got == [0, 1, 2]
    assert {record.getMessage() for record in caplog.records} == {"monitor 'x': on_error raised"}
