"""Small updates go back to the thread that made them, and end there."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator

import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.data import Value
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config
from aiopvxs_core.diagnostics import instance_snapshot
from waiting import eventually

MOST = 512  # wait in a Context to be ended
POSTS = 3 * MOST


@pytest.fixture
def pv() -> SharedPV:
    return SharedPV(nt=NTScalar(int), initial=0)


@pytest.fixture
async def server(pv: SharedPV) -> AsyncIterator[Server]:
    async with Server({"pv": pv}, Config.isolated()) as running:
        yield running


def values() -> int:
    """How many values live."""
    gc.collect()
    return instance_snapshot().get("StructTop", 0)


async def receive(ctx: Context, pv: SharedPV) -> list[Value]:
    """Have so many updates, none of which waits in a queue any more."""
    received = []
    async with ctx.monitor("pv", max_queue=None) as updates:
        await updates.first()
        for number in range(POSTS):
            pv.post(number)
            if number % 3 == 0:  # no more than the server's queue holds
                received.append(await updates.first())
    return received


async def test_few_wait_and_all_end_with_the_context(server: Server, pv: SharedPV) -> None:
    before = values()
    ctx = Context(server.client_config(), use_env=False, timeout=20.0)
    for _ in range(3):
        await receive(ctx, pv)
        assert values() < before + MOST + 50
    await ctx.aclose()
    await eventually(lambda: values() < before + 50)


async def test_values_outlive_their_context(server: Server, pv: SharedPV) -> None:
    before = values()
    ctx = Context(server.client_config(), use_env=False, timeout=20.0)
    received = await receive(ctx, pv)
    await ctx.aclose()
    numbers = [value.as_int("value") for value in received]
    assert numbers == sorted(numbers)
    leaf = received[-1]["value"]
    del received
    assert int(leaf) == numbers[-1]
    del leaf
    await eventually(lambda: values() < before + 50)


async def test_values_may_end_on_any_thread(server: Server, pv: SharedPV) -> None:
    async with Context(server.client_config(), use_env=False, timeout=20.0) as ctx:
        before = values()
        for _ in range(3):
            received = await receive(ctx, pv)
            await asyncio.to_thread(received.clear)
            assert values() < before + MOST + 50
