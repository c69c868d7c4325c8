"""A flood of updates: the event loop comes back by itself, and what is urgent does not wait for that."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from aiopvxs import Context, Server, SharedPV, _loop
from aiopvxs._loop import bridge_of
from aiopvxs.client import Subscription
from aiopvxs.data import Value
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config
from waiting import eventually

PVS = 64
POSTS = 300


class Watched:
    """A completion queue that counts how often the loop is asked to come back."""

    def __init__(self, queue: Any) -> None:
        self._queue = queue
        self.naps = 0
        self.in_a_row = 0

    def drain(self, *arguments: Any) -> int:
        rate = int(self._queue.drain(*arguments))
        self.naps += rate > 0
        self.in_a_row = self.in_a_row + 1 if rate > 0 else 0
        return rate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queue, name)


@pytest.fixture
def pvs() -> dict[str, SharedPV]:
    return {f"pv:{number}": SharedPV(nt=NTScalar(int), initial=0) for number in range(PVS)}


@pytest.fixture
async def ctx(pvs: dict[str, SharedPV]) -> AsyncIterator[Context]:
    with Server(pvs, Config.isolated()) as server:
        async with Context(server.client_config(), use_env=False, timeout=20.0) as context:
            yield context


def post_all(pvs: dict[str, SharedPV]) -> None:
    for number in range(1, POSTS + 1):
        for pv in pvs.values():
            pv.post(number)


async def last(sub: Subscription[Value]) -> list[int]:
    seen = []
    async for value in sub:
        seen.append(int(value.value))
        if seen[-1] == POSTS:
            break
    return seen


@pytest.mark.parametrize("urgent", [False, True], ids=["alone", "with gets"])
async def test_all_arrives_in_order(pvs: dict[str, SharedPV], ctx: Context, urgent: bool) -> None:
    subs = [ctx.monitor(name) for name in pvs]
    await eventually(lambda: all(sub.stats().arrived for sub in subs))
    bridge = bridge_of(asyncio.get_running_loop())
    watched = Watched(bridge.queue)
    bridge.queue = watched  # type: ignore[assignment]
    try:
        for _ in range(20):
            following = asyncio.gather(*(last(sub) for sub in subs))
            posting = asyncio.ensure_future(asyncio.to_thread(post_all, pvs))
            while urgent and not posting.done():
                assert int((await ctx.get("pv:0")).value) <= POSTS
            for seen in await asyncio.wait_for(following, 60.0):
                assert seen == [*sorted(set(seen[:-1])), POSTS]
            await posting
            if urgent or watched.naps:
                break
    finally:
        bridge.queue = watched._queue
    assert urgent or watched.naps


async def test_one_update_after_a_flood_arrives(pvs: dict[str, SharedPV], ctx: Context) -> None:
    """None is forgotten for whose sake nobody wakes the loop."""
    subs = [ctx.monitor(name) for name in pvs]
    for turn in range(1, 21):
        for pv in pvs.values():
            pv.post(turn)
        for sub in subs:
            while int((await asyncio.wait_for(anext(sub), 20.0)).value) != turn:
                pass


async def test_a_queue_that_fills_does_not_wait(
    pvs: dict[str, SharedPV], ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nap in ("_NAP", "_LONG_NAP"):
        monkeypatch.setattr(_loop, nap, 3600.0)  # the loop does not come back by itself
    subs = [ctx.monitor(name, max_queue=16) for name in pvs]
    await eventually(lambda: all(sub.stats().arrived for sub in subs))
    bridge = bridge_of(asyncio.get_running_loop())
    watched = Watched(bridge.queue)
    monkeypatch.setattr(bridge, "queue", watched)
    for _ in range(20):
        following = asyncio.gather(*(last(sub) for sub in subs))
        await asyncio.to_thread(post_all, pvs)
        await eventually(lambda: all(sub.stats().queued < 8 for sub in subs))
        await ctx.get("pv:0")  # wakes it for the rest
        await asyncio.wait_for(following, 60.0)
        if watched.naps:
            break
    assert watched.naps


async def test_many_updates_of_one_pv_do_not_wake_the_loop_for_each(
    pvs: dict[str, SharedPV], ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Updates are counted, not what tells of them: that is one thing for all that wait."""
    sub = ctx.monitor("pv:0", max_queue=100_000)
    await eventually(lambda: sub.stats().arrived)
    bridge = bridge_of(asyncio.get_running_loop())
    watched = Watched(bridge.queue)
    monkeypatch.setattr(bridge, "queue", watched)
    posted = threading.Event()

    def post_slowly() -> None:
        """Some thousands a second: no queue fills, which would wake the loop."""
        number = 0
        while not posted.wait(0.001):
            for _ in range(4):
                number += 1
                pvs["pv:0"].post(number)

    posting = asyncio.ensure_future(asyncio.to_thread(post_slowly))
    try:
        async for _ in sub:
            if watched.in_a_row == 5:
                break
    finally:
        posted.set()
        await posting


@pytest.mark.parametrize(
    ("rate", "seconds"), [(1_500, 0.002), (10_000, 0.004), (80_000, 0.0025), (500_000, 0.002)]
)
def test_how_long_the_loop_is_not_woken(rate: int, seconds: float) -> None:
    assert _loop._nap(rate) == pytest.approx(seconds)
