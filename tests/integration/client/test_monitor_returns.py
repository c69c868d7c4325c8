"""Small updates go back to the thread that made them, and end there."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator

import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.client import Subscription
from aiopvxs.data import Value
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config
from aiopvxs_core.diagnostics import instance_snapshot
from waiting import eventually

# So many wait to be ended: a few of each monitor, and more of all of a Context.
FEW, ROOM = 16, 1024
HELD = FEW + ROOM + 400
SOME = 50  # others that come and go


@pytest.fixture
def pv() -> SharedPV:
    return SharedPV(nt=NTScalar(int), initial=0)


@pytest.fixture
async def ctx(server: Server) -> AsyncIterator[Context]:
    async with Context(server.client_config(), use_env=False, timeout=20.0) as context:
        yield context


@pytest.fixture
async def server(pv: SharedPV) -> AsyncIterator[Server]:
    async with Server({"pv": pv}, Config.isolated()) as running:
        yield running


def values() -> int:
    """How many values live."""
    gc.collect()
    return instance_snapshot().get("StructTop", 0)


async def receive(updates: Subscription[Value], pv: SharedPV) -> list[Value]:
    """Have so many updates, none of which waits in a queue any more."""
    received = [await updates.first()]
    while len(received) < HELD:
        pv.post(len(received))
        received.append(await updates.first())
    return received


async def test_few_wait_and_all_end_with_their_monitor(ctx: Context, pv: SharedPV) -> None:
    before = values()
    for _ in range(3):  # the next one finds the room of the one before
        async with ctx.monitor("pv") as updates:
            received = await receive(updates, pv)
            assert values() >= before + HELD
            received.clear()
            assert before + ROOM <= values() < before + FEW + ROOM + SOME
        await eventually(lambda: values() < before + SOME)


async def test_those_that_wait_end_as_updates_come(ctx: Context, pv: SharedPV) -> None:
    before = values()
    async with ctx.monitor("pv") as updates:
        received = await receive(updates, pv)
        received.clear()
        assert values() >= before + ROOM
        for number in range(200):
            pv.post(number)
            await updates.first()
        await eventually(lambda: values() < before + FEW + SOME)


async def test_values_outlive_their_context(server: Server, pv: SharedPV) -> None:
    before = values()
    ctx = Context(server.client_config(), use_env=False, timeout=20.0)
    async with ctx.monitor("pv") as updates:
        received = await receive(updates, pv)
        await ctx.aclose()
    numbers = [value.as_int("value") for value in received]
    assert numbers == sorted(numbers)
    leaf = received[-1]["value"]
    del received
    assert int(leaf) == numbers[-1]
    del leaf
    await eventually(lambda: values() < before + SOME)


async def test_values_may_end_on_any_thread(ctx: Context, pv: SharedPV) -> None:
    before = values()
    async with ctx.monitor("pv") as updates:
        for _ in range(3):
            received = await receive(updates, pv)
            await asyncio.to_thread(received.clear)
            assert values() < before + FEW + ROOM + SOME
            pv.post(-1)  # which the next first() takes
