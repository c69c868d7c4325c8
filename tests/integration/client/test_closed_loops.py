"""What an event loop leaves that closes, while its Context is used on others."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.client import Subscription
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.data import Value
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Operation
from aiopvxs_core.diagnostics import instance_snapshot

OPERATIONS = ("SubscriptionImpl", "GPROp", "InfoOp")


@pytest.fixture
def ctx(own_server: Server) -> Iterator[Context]:
    context = Context(own_server.client_config(), use_env=False, timeout=None)
    yield context
    context.close()


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20.0
    while not condition():  # pvxs frees on its own threads, and tells nobody
        assert time.monotonic() < end
        gc.collect()
        time.sleep(0.01)


def left() -> dict[str, int]:
    found = instance_snapshot()
    return {name: found[name] for name in OPERATIONS if found.get(name)}


async def use(ctx: Context) -> None:
    await ctx.get("int")


@pytest.fixture(params=["asyncio", "uvloop"])
def new_loop(request: pytest.FixtureRequest) -> Callable[[], asyncio.AbstractEventLoop]:
    if request.param == "asyncio":
        return asyncio.new_event_loop
    make: Callable[[], asyncio.AbstractEventLoop] = pytest.importorskip("uvloop").new_event_loop
    return make


def test_operations_and_subscriptions_end(
    ctx: Context, new_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    asyncio.run(use(ctx))
    before = left()
    kept: list[Subscription[Value]] = []

    async def begin() -> None:
        for name in ("nowhere", "int"):
            ctx.monitor(name, lambda value: None)
            kept.append(ctx.monitor(name))
        ctx.get("nowhere")
        ctx.get(["nowhere", "neither"])
        ctx.put("nowhere", 1)
        ctx.put({"nowhere": 1})
        ctx.rpc("nowhere")
        ctx.info("nowhere")
        ctx.connect("nowhere", timeout=60.0)
        await kept[-1].first(20.0)

    for _ in range(3):
        with closing(new_loop()) as loop:
            loop.run_until_complete(begin())
    asyncio.run(use(ctx))  # sees that the others have closed
    assert all(sub.closed for sub in kept)
    assert ctx._subscriptions == set()
    wait_for(lambda: left() == before and ctx._core.channel_count == 1)


def test_what_the_server_was_told_it_does() -> None:
    begun, go_on = threading.Event(), threading.Event()
    done: list[bool] = []
    pv = SharedPV(NTScalar(T.Int32), 0)

    @pv.on_put
    async def _(op: Operation) -> None:
        begun.set()
        await asyncio.to_thread(go_on.wait, 20.0)
        done.append(op.cancelled)

    async def begin(ctx: Context) -> None:
        await ctx.info("slow")
        ctx.put("slow", 1)
        await asyncio.to_thread(begun.wait, 20.0)

    with Server({"slow": pv}, Config.isolated()) as server:
        ctx = Context(server.client_config(), use_env=False, timeout=None)
        asyncio.run(begin(ctx))

        async def another() -> None:
            await ctx.info("slow")

        asyncio.run(another())
        go_on.set()
        wait_for(lambda: done != [])
        ctx.close()
    assert done == [False]
