"""Operations of each kind that end at any moment: answered, cancelled, timed out, cut or closed."""

from __future__ import annotations

import asyncio
import gc
import random
from collections import Counter

import pytest

from aiopvxs import Closed, Context, Disconnected, Timeout
from aiopvxs._loop import bridge_of
from aiopvxs.data import Value
from aiopvxs_core.diagnostics import instance_snapshot
from peers import ScriptedServer

ROUNDS = 3
OPERATIONS = 600
EXPECTED = (Value, dict, list, asyncio.CancelledError, Timeout, Disconnected, Closed)


def begin(ctx: Context, chosen: random.Random) -> asyncio.Future[object]:
    """Begin some operation."""
    name = chosen.choice(["a", "b", "nobody"])
    timeout = chosen.choice([None, 0.0, 0.005, 0.05])
    retry = chosen.random() < 0.3
    verbs = [
        lambda: ctx.get(name, timeout=timeout),
        lambda: ctx.put(name, 5, timeout=timeout, retry=retry, get_after=retry),
        lambda: ctx.put(name, lambda now: int(now.value) + 1, timeout=timeout, retry=retry),
        lambda: ctx.rpc(name, {"n": 1}, timeout=timeout, retry=retry),
        lambda: ctx.info(name, timeout=timeout),
        lambda: ctx.get(["a", "b", name], timeout=timeout),
        lambda: ctx.put({"a": 1, "b": 2, name: 3}, timeout=timeout, retry=retry),
    ]
    begun: asyncio.Future[object] = chosen.choice(verbs)()
    return begun


async def left() -> int:
    """How many operations pvxs still has, once it is none or time is up."""
    for _ in range(200):
        gc.collect()
        now = instance_snapshot()
        count = now.get("GPROp", 0) + now.get("InfoOp", 0) + now.get("Connection", 0)
        if count == 0:
            break
        await asyncio.sleep(0.05)
    return count


@pytest.mark.timeout(180)
@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_each_ends_in_one_of_the_ways_and_leaves_nothing(
    scripted_server: ScriptedServer, seed: int
) -> None:
    chosen = random.Random(seed)
    scripted_server.add("a", "int32", value=1)
    scripted_server.add("b", "int32", value=2)
    ctx = Context(scripted_server.config, use_env=False)
    await ctx.get(["a", "b"], timeout=20.0)
    operations = []
    for number in range(OPERATIONS):
        operations.append(begin(ctx, chosen))
        if number % 200 == 100:
            await asyncio.to_thread(scripted_server.drop)
        if number % 200 == 150:
            await ctx.get(["a", "b"], timeout=20.0)  # connected again
        if chosen.random() < 0.3:
            await asyncio.sleep(chosen.choice([0.0, 0.0, 0.001]))
        if chosen.random() < 0.3:
            chosen.choice(operations).cancel()
    for operation in operations[::3]:
        operation.cancel()
    await ctx.aclose()
    outcomes = await asyncio.wait_for(asyncio.gather(*operations, return_exceptions=True), 20.0)
    kinds = Counter(type(outcome) for outcome in outcomes)
    assert [outcome for outcome in outcomes if not isinstance(outcome, EXPECTED)] == []
    assert len(kinds) >= 4
    assert len(bridge_of(asyncio.get_running_loop())) == 0
    del ctx, operations, operation, outcomes
    assert await left() == 0
