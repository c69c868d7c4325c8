"""The Context: where it may be made, how it ends, and what it shares."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref

import pytest

from aiopvxs import Closed, Context, Server


def value_of(context: Context) -> int:
    async def read() -> int:
        return int((await asyncio.wait_for(context.get("int"), 20)).value)

    return asyncio.run(read())


def test_made_before_any_loop_and_used_in_several(own_server: Server) -> None:
    context = Context(own_server.client_config(), use_env=False)
    assert [value_of(context) for _ in range(3)] == [5, 5, 5]
    context.close()


def test_used_by_loops_of_several_threads(own_server: Server) -> None:
    context = Context(own_server.client_config(), use_env=False)
    values: list[int] = []
    threads = [threading.Thread(target=lambda: values.append(value_of(context))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert values == [5] * 8
    context.close()


async def test_operations_are_futures_that_start_at_once(own_ctx: Context) -> None:
    operation = own_ctx.get("int")
    assert isinstance(operation, asyncio.Future)
    done, pending = await asyncio.wait([operation, own_ctx.put("double", 1.0)], timeout=20)
    assert len(done) == 2
    assert not pending
    assert int(operation.result().value) == 5
    assert "get 'int'" in repr(operation)


async def test_operation_lives_though_nobody_keeps_it(own_ctx: Context) -> None:
    await own_ctx.get("int")
    own_ctx.put("int", 77)
    gc.collect()
    assert int((await own_ctx.put("int", lambda present: {"value": int(present.value) + 1})) or 0) == 0
    assert int((await own_ctx.get("int")).value) == 78


async def test_cancelled_operation_is_cancelled(own_ctx: Context) -> None:
    operation = own_ctx.get("nowhere")
    assert operation.cancel()
    assert not operation.cancel()
    with pytest.raises(asyncio.CancelledError):
        await operation
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(own_ctx.get("nowhere"), 0.05)


async def test_task_that_is_cancelled_ends_the_operation(own_ctx: Context) -> None:
    operation = own_ctx.get("nowhere")

    async def wait() -> None:
        await operation

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert operation.cancelled()
    assert own_ctx._core.channel_count == 0


async def test_timeout_of_the_context_and_of_an_operation(own_server: Server) -> None:
    async with Context(own_server.client_config(), use_env=False, timeout=0.05) as ctx:
        with pytest.raises(TimeoutError, match="within 0.05 s"):
            await ctx.get("nowhere")
        with pytest.raises(TimeoutError, match="within 0.06 s"):
            await ctx.get("nowhere", timeout=0.06)
        for_ever = ctx.get("nowhere", timeout=None)
        with pytest.raises(TimeoutError):
            await ctx.get("nowhere")
        assert not for_ever.done()
    with pytest.raises(Closed):
        await for_ever


async def test_async_with_closes(own_server: Server) -> None:
    async with Context(own_server.client_config(), use_env=False) as ctx:
        await ctx.get("int")
        pending = ctx.get("nowhere")
        assert "127.0.0.1" in repr(ctx)
    assert ctx.closed
    assert "closed" in repr(ctx)
    with pytest.raises(Closed, match="get 'nowhere': the Context was closed"):
        await pending
    with pytest.raises(Closed):
        async with ctx:
            pass
    await ctx.aclose()


async def test_context_that_is_dropped_ends_without_waiting(own_server: Server) -> None:
    context = Context(own_server.client_config(), use_env=False)
    await context.get("int")
    gone = weakref.ref(context)
    del context
    gc.collect()
    assert gone() is None


async def test_fields_selects_leaves(own_ctx: Context) -> None:
    value = await own_ctx.get("int", fields="value,alarm.severity")
    assert "value" in value.changed()
    assert not value.is_marked("timeStamp")
    assert value.changed() <= {"value", "alarm.severity"}
    other = await own_ctx.get("int", request="field(value)")
    assert other.changed() == {"value"}


@pytest.mark.timeout(120)
async def test_many_contexts_at_once(own_server: Server) -> None:
    config = own_server.client_config()
    contexts = [Context(config, use_env=False, timeout=60.0) for _ in range(30)]
    channels = await asyncio.gather(*(context.connect("int") for context in contexts))
    assert len({channel.peer for channel in channels}) == 1
    values = await asyncio.gather(*(context.get("double") for context in contexts))
    assert [float(value.value) for value in values] == [1.5] * 30
    await asyncio.gather(*(context.aclose() for context in contexts))
    assert not any(channel.connected for channel in channels)


@pytest.mark.timeout(120)
def test_one_context_used_by_loops_of_several_threads_at_once(own_server: Server) -> None:
    context = Context(own_server.client_config(), use_env=False, timeout=60.0)
    shared = context.channel("int")
    failures: list[BaseException] = []

    async def use(number: int) -> None:
        for _ in range(20):
            channel, value, _ = await asyncio.gather(
                context.connect("spare"), shared.get(), context.put("double", number)
            )
            report = await context.report()
            assert channel.peer == shared.peer
            assert int(value.value) == 5
            assert {each.name for each in report.connections[0].channels} >= {"int", "spare"}
            states = channel.states()
            assert (await anext(states)).connected
            channel.close()
            with pytest.raises(StopAsyncIteration):
                await anext(states)

    def run(number: int) -> None:
        try:
            asyncio.run(use(number))
        except BaseException as failure:  # noqa: BLE001 - told by the test
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    context.close()
    assert failures == []
