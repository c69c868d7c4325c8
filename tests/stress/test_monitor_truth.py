"""Numbered updates to a consumer that sleeps: each is handed out or accounted for, whatever the policy.

``AIOPVXS_STRESS=full`` posts 100,000 updates at 10,000 a second to 100 PVs, which takes a minute.
"""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections.abc import AsyncIterator

import numpy as np
import pytest

import aiopvxs
from aiopvxs import Context, Overflow, Server, SharedPV, nt
from aiopvxs.client import Subscription
from aiopvxs.data import Member, TypeDef, Value
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.server import Config
from waiting import eventually

FULL = os.environ.get("AIOPVXS_STRESS") == "full"
PVS = 100 if FULL else 20
EACH = 1000 if FULL else 250
RATE = 10_000.0  # updates a second, of all PVs
QUEUE = 64
FIELDS = 7

TYPE = TypeDef(
    T.Struct, [Member(T.Int32, "number"), *(Member(T.Int32, f"field{index}") for index in range(FIELDS))]
)


@pytest.fixture
def served() -> dict[str, SharedPV]:
    return {f"pv:{index}": SharedPV(TYPE, {"number": 0}) for index in range(PVS)}


@pytest.fixture
async def server(served: dict[str, SharedPV]) -> AsyncIterator[Server]:
    async with Server(served, Config.isolated()) as running:
        yield running


@pytest.fixture
async def ctx(server: Server) -> AsyncIterator[Context]:
    async with Context(server.client_config(), use_env=False, timeout=60.0) as context:
        yield context


def post_all(served: dict[str, SharedPV], rate: float = RATE, after: int = 0) -> None:
    """Update ``number`` marks the field ``number % FIELDS`` too, and sets it to its number."""
    start = time.monotonic()
    for number in range(after + 1, after + EACH + 1):
        for pv in served.values():
            pv.post({"number": number, f"field{number % FIELDS}": number})
        ahead = start + (number - after) * PVS / rate - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)


def check(sub: Subscription[Value]) -> None:
    stats = sub.stats()
    assert stats.received + stats.queued + stats.squashed + stats.dropped == stats.arrived
    assert (stats.queued, stats.bytes) == (0, 0)


async def collect(sub: Subscription[Value], pause: float, last: int = EACH) -> list[Value]:
    values: list[Value] = []
    while not values or int(values[-1].number) != last:
        values.append(await sub.first())
        await asyncio.sleep(pause)
    return values


def check_values(values: list[Value]) -> None:
    """The order is kept, each is complete, and each mark is handed out once at least."""
    numbers = [int(value.number) for value in values]
    assert numbers == sorted(set(numbers))
    before = 0
    for value in values:
        number = int(value.number)
        changed = {f"field{each % FIELDS}" for each in range(before + 1, number + 1)}
        assert changed <= value.changed()
        for index in range(FIELDS):
            latest = max((each for each in range(number, 0, -1) if each % FIELDS == index), default=0)
            assert int(value[f"field{index}"]) == latest
            if latest <= number - FIELDS:
                break
        before = number


@pytest.mark.timeout(300)
@pytest.mark.parametrize("overflow", ["squash", "drop_oldest", None])
async def test_sleeping_consumer(served: dict[str, SharedPV], ctx: Context, overflow: str | None) -> None:
    subs = [
        ctx.monitor(name, overflow=overflow, max_queue=QUEUE, server_queue=EACH + 2)  # type: ignore[call-overload]
        if overflow is not None
        else ctx.monitor(name, max_queue=None, server_queue=EACH + 2)
        for name in served
    ]
    await eventually(lambda: all(sub.stats().arrived for sub in subs))
    await asyncio.to_thread(post_all, served)
    await eventually(lambda: all(sub.stats().arrived == EACH + 1 for sub in subs))
    for sub in subs:
        stats = sub.stats()
        assert (stats.queued, stats.max_queued) == ((QUEUE,) * 2 if overflow else (EACH + 1,) * 2)
        check_values(await collect(sub, 0))
        check(sub)
        stats = sub.stats()
        lost = EACH + 1 - QUEUE
        if overflow == "squash":
            assert (stats.squashed, stats.dropped) == (lost, 0)
        elif overflow == "drop_oldest":
            assert (stats.squashed, stats.dropped) == (0, lost)
        else:
            assert (stats.squashed, stats.dropped) == (0, 0)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("overflow", ["squash", "drop_oldest", "block"])
async def test_slow_consumer(served: dict[str, SharedPV], ctx: Context, overflow: str) -> None:
    subs = [
        ctx.monitor(name, overflow=overflow, max_queue=8, pipeline=overflow == "block", server_queue=16)  # type: ignore[call-overload]
        for name in served
    ]
    await eventually(lambda: all(sub.stats().arrived for sub in subs))
    posting = asyncio.ensure_future(asyncio.to_thread(post_all, served))
    for sub, values in zip(subs, await asyncio.gather(*(collect(sub, 0.001) for sub in subs)), strict=True):
        numbers = [int(value.number) for value in values]
        assert numbers == sorted(set(numbers))  # the server may squash too
        assert numbers[-1] == EACH
        check(sub)
        if overflow == "block":
            assert (sub.stats().squashed, sub.stats().dropped) == (0, 0)
    await posting


@pytest.mark.timeout(300)
async def test_gaps_are_what_the_server_squashed(
    server: Server, served: dict[str, SharedPV], ctx: Context
) -> None:
    """A server's queue that is shorter than the burst: what is missing is what its report tells."""
    server.add_pv("large", SharedPV(nt.NTScalar(T.Float64A), np.zeros(2_000_000)))
    subs = [ctx.monitor(name, max_queue=None) for name in served]
    received = {name: [await sub.first()] for name, sub in zip(served, subs, strict=True)}
    posted = missing = 0
    while not missing:
        busy = asyncio.ensure_future(ctx.get("large"))  # the server's worker has something else to do
        for name, pv in served.items():  # bursts
            await asyncio.to_thread(post_all, {name: pv}, math.inf, posted)
        posted += EACH
        for name, sub in zip(served, subs, strict=True):
            received[name] += await collect(sub, 0, posted)
        missing = sum(1 + posted - len(values) for values in received.values())
        await busy
    connections = (await server.report()).connections
    told = {each.name: each.squashed for connection in connections for each in connection.channels}
    for name, sub in zip(served, subs, strict=True):
        check_values(received[name])
        check(sub)
        assert (sub.stats().squashed, sub.stats().dropped) == (0, 0)
        if "squash_counts" in aiopvxs.features:
            assert 1 + posted - len(received[name]) == told[name]


@pytest.mark.timeout(300)
async def test_overflow_is_an_error_after_what_was_queued(served: dict[str, SharedPV], ctx: Context) -> None:
    subs = [ctx.monitor(name, overflow="error", max_queue=QUEUE, server_queue=EACH + 2) for name in served]
    await eventually(lambda: all(sub.stats().arrived for sub in subs))
    await asyncio.to_thread(post_all, served)
    for sub in subs:
        got: list[int] = []
        with pytest.raises(Overflow):  # noqa: PT012
            while True:
                got.append(int((await sub.first()).number))
        assert got == list(range(QUEUE))
        check(sub)
