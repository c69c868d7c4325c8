"""What ``anext()`` of a subscription gives behaves as the coroutine that it stands for."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import inspect
import sys
import weakref
from collections.abc import AsyncIterator, Coroutine
from contextlib import closing
from typing import Any, cast

import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs._loop import bridge_of
from aiopvxs.client import Subscription
from aiopvxs.data import Value
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config
from waiting import eventually


@pytest.fixture
def pv() -> SharedPV:
    return SharedPV(nt=NTScalar(int), initial=0)


@pytest.fixture
async def sub(pv: SharedPV) -> AsyncIterator[Subscription[Value]]:
    with Server({"x": pv}, Config.isolated()) as server:
        async with Context(server.client_config(), use_env=False) as ctx, ctx.monitor("x") as updates:
            assert int((await updates.first(20.0)).value) == 0
            yield updates


def coroutine(sub: Subscription[Value]) -> Coroutine[Any, Any, Value]:
    return cast("Coroutine[Any, Any, Value]", anext(sub))


async def number(sub: Subscription[Value]) -> int:
    return int((await anext(sub)).value)


async def waiting(sub: Subscription[Value], count: int) -> None:
    """Wait until so many wait for an update."""
    await eventually(lambda: len(sub._target.waiters) == count)


async def test_it_is_a_coroutine_to_asyncio(sub: Subscription[Value], pv: SharedPV) -> None:
    made = coroutine(sub)
    assert inspect.isawaitable(made)
    assert asyncio.iscoroutine(made)
    assert not asyncio.isfuture(made)
    task = asyncio.create_task(made)
    await waiting(sub, 1)
    assert "NextUpdate" in repr(task)
    pv.post(1)
    assert int((await task).value) == 1


@pytest.mark.parametrize("way", ["wait_for", "gather", "ensure_future", "default"])
async def test_ways_to_wait(sub: Subscription[Value], pv: SharedPV, way: str) -> None:
    async def post() -> None:
        await waiting(sub, 1)
        pv.post(7)

    posting = asyncio.create_task(post())
    if way == "wait_for":
        value = await asyncio.wait_for(anext(sub), 20.0)
    elif way == "gather":
        (value,) = await asyncio.gather(anext(sub))
    elif way == "ensure_future":
        value = await asyncio.ensure_future(anext(sub))
    else:
        value = cast("Value", await anext(sub, None))
    assert int(value.value) == 7
    await posting


async def test_cancelling_its_task_leaves_the_subscription_alone(
    sub: Subscription[Value], pv: SharedPV
) -> None:
    task = asyncio.create_task(number(sub))
    await waiting(sub, 1)
    task.cancel("enough")
    with pytest.raises(asyncio.CancelledError) as cancelled:
        await task
    if sys.version_info >= (3, 11):  # before, asyncio kept the text to itself
        assert cancelled.value.args == ("enough",)
    assert sub._target.waiters == []
    pv.post(2)
    assert await number(sub) == 2


async def test_a_timeout_loses_no_update(sub: Subscription[Value], pv: SharedPV) -> None:
    for turn in range(1, 51):
        waits = asyncio.create_task(number(sub))
        await waiting(sub, 1)
        pv.post(turn)
        await asyncio.sleep(0)
        waits.cancel()
        try:
            assert await waits == turn
        except asyncio.CancelledError:
            assert await number(sub) == turn


async def test_several_tasks_share_the_updates(sub: Subscription[Value], pv: SharedPV) -> None:
    tasks = [asyncio.create_task(number(sub)) for _ in range(3)]
    await waiting(sub, 3)
    for value in (1, 2, 3):
        pv.post(value)
    assert sorted(await asyncio.gather(*tasks)) == [1, 2, 3]


async def test_the_task_goes_on_in_its_context(sub: Subscription[Value], pv: SharedPV) -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="outside")

    async def inside() -> tuple[str, str | None]:
        variable.set("inside")
        await anext(sub)
        task = asyncio.current_task()
        return variable.get(), task and task.get_name()

    task = asyncio.create_task(inside(), name="mine")
    await waiting(sub, 1)
    pv.post(1)
    assert await task == ("inside", "mine")
    assert variable.get() == "outside"


async def test_what_a_task_raises_is_its_own(sub: Subscription[Value], pv: SharedPV) -> None:
    async def fails() -> None:
        await anext(sub)
        raise LookupError("mine")

    task = asyncio.create_task(fails())
    await waiting(sub, 1)
    pv.post(1)
    with pytest.raises(LookupError, match="mine"):
        await task


async def test_closing_while_it_is_awaited_ends_it(sub: Subscription[Value]) -> None:
    task = asyncio.create_task(coroutine(sub))
    await waiting(sub, 1)
    sub.close()
    with pytest.raises(StopAsyncIteration):
        await task


async def test_one_that_is_dropped_waits_no_more(sub: Subscription[Value], pv: SharedPV) -> None:
    made = coroutine(sub)
    made.send(None)
    assert len(sub._target.waiters) == 1
    del made
    gc.collect()
    assert sub._target.waiters == []
    pv.post(1)
    assert await number(sub) == 1


async def test_one_that_is_closed_waits_no_more(sub: Subscription[Value]) -> None:
    made = coroutine(sub)
    made.send(None)
    made.close()
    assert sub._target.waiters == []
    made.close()


@pytest.mark.parametrize("thrown", [(KeyError("k"),), (KeyError,), (KeyError, KeyError("k"), None)])
@pytest.mark.parametrize("begun", [True, False])
async def test_what_is_thrown_in_comes_out(
    sub: Subscription[Value], thrown: tuple[Any, ...], begun: bool
) -> None:
    made: Any = coroutine(sub)
    if begun:
        made.send(None)
    with pytest.raises(KeyError):
        made.throw(*thrown)
    assert sub._target.waiters == []
    with pytest.raises(TypeError, match="takes an exception"):
        made.throw(3)


async def test_only_tasks_can_wait(sub: Subscription[Value]) -> None:
    made = coroutine(sub)
    made.send(None)
    with pytest.raises(RuntimeError, match="no task of asyncio"):
        made.send(None)
    assert sub._target.waiters == []


def test_what_a_closed_loop_leaves_is_collected() -> None:
    """Subscription, future-like, task and loop refer to one another."""
    destroyed: list[str] = []
    subscriptions: list[weakref.ref[Subscription[Value]]] = []

    async def iterate(ctx: Context) -> None:
        updates = ctx.monitor("nowhere")
        subscriptions.append(weakref.ref(updates))
        async for _ in updates:
            pass

    def run(ctx: Context) -> weakref.ref[asyncio.AbstractEventLoop]:
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda _, context: destroyed.append(context["message"]))
        task = loop.create_task(iterate(ctx))
        loop.run_until_complete(asyncio.sleep(0))  # after its first step
        assert not task.done()
        loop.close()
        return weakref.ref(loop)

    with Server({}, Config.isolated()) as server:
        ctx = Context(server.client_config(), use_env=False)
        loop = run(ctx)
        with closing(asyncio.new_event_loop()) as other:
            bridge_of(other)  # forgets closed loops
            gc.collect()
            assert subscriptions[0]() is None
            assert loop() is None
        assert destroyed == ["Task was destroyed but it is pending!"]
        ctx.close()


async def test_a_pause_behaves_as_a_future(sub: Subscription[Value]) -> None:
    made = coroutine(sub)
    pause: Any = made.send(None)
    assert pause.get_loop() is asyncio.get_running_loop()
    assert asyncio.isfuture(pause)
    assert (pause.done(), pause.cancelled()) == (False, False)
    with pytest.raises(asyncio.InvalidStateError):
        pause.result()
    called: list[object] = []
    pause.add_done_callback(called.append)
    with pytest.raises(RuntimeError, match="Another task"):
        pause.add_done_callback(called.append)
    with pytest.raises(TypeError, match="takes a callback"):
        pause.add_done_callback()
    assert pause.remove_done_callback(print) == 0
    assert pause.remove_done_callback(called.append) == 1
    pause.add_done_callback(called.append, context=None)
    assert pause.cancel("why")
    assert not pause.cancel()
    assert (pause.done(), pause.cancelled()) == (True, True)
    await asyncio.sleep(0)
    assert called == [pause]
    with pytest.raises(asyncio.CancelledError, match="why"):
        pause.result()
    made.close()


async def test_one_that_no_context_made_is_refused() -> None:
    nobody: Subscription[Value] = Subscription.__new__(Subscription)
    with pytest.raises(RuntimeError, match="not made by a Context"):
        await anext(nobody)
    with pytest.raises(RuntimeError, match="not made by a Context"):
        nobody._wait()
    nobody._over = True  # so that it has nothing to end
