"""24 tasks cancel whatever a client can do, at random moments, and nothing stays behind.

``AIOPVXS_STORM`` is how many seconds the storm lasts on each event loop.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import random
import resource
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import uvloop

from aiopvxs import Context, Disconnected
from aiopvxs._loop import bridge_of
from aiopvxs_core.diagnostics import instance_snapshot
from peers.scripted import ScriptedServer

SECONDS = float(os.environ.get("AIOPVXS_STORM", "5"))
SANITIZED = "AIOPVXS_SANITIZED" in os.environ  # which takes memory of its own
TASKS = 24
PVS = 20
LONGEST = 0.03  # what is cancelled lasts at most so many seconds
LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}

Verb = Callable[[Context, random.Random], Awaitable[Any]]


def some(rng: random.Random) -> str:
    """A PV that answers, or one that never does, or one that nobody has."""
    number = rng.randrange(PVS)
    return rng.choice([f"pv:{number}", f"pv:{number}", f"silent:{number % 3}", f"nowhere:{number}"])


async def watch(ctx: Context, rng: random.Random) -> None:
    policy = rng.choice([{}, {"max_queue": 2}, {"max_queue": 2, "overflow": "drop_oldest"}])
    events = rng.random() < 0.5
    async with ctx.monitor(some(rng), events=events, **policy) as updates:  # type: ignore[arg-type]
        async for _ in updates:
            if rng.random() < 0.1:
                updates.pause()
                updates.resume()


async def watch_by_callback(ctx: Context, rng: random.Random) -> None:
    subscription = ctx.monitor(some(rng), lambda update: None)
    try:
        await asyncio.sleep(LONGEST)
    finally:
        subscription.close()


async def forget_a_monitor(ctx: Context, rng: random.Random) -> None:
    subscription = ctx.monitor(some(rng))
    await asyncio.sleep(0)
    del subscription


async def follow_a_channel(ctx: Context, rng: random.Random) -> None:
    channel = ctx.channel(some(rng))
    try:
        async for _ in channel.states():
            pass
    finally:
        channel.close()


async def connect(ctx: Context, rng: random.Random) -> None:
    (await ctx.connect(some(rng))).close()


async def discover(ctx: Context, rng: random.Random) -> None:
    async for _ in ctx.discover(timeout=0.02):
        break


VERBS: dict[str, tuple[Verb, int]] = {
    "get": (lambda ctx, rng: ctx.get(some(rng)), 20),
    "get with process": (lambda ctx, rng: ctx.get(some(rng), process=True), 5),
    "get many": (lambda ctx, rng: ctx.get([some(rng) for _ in range(10)]), 3),
    "put": (lambda ctx, rng: ctx.put(some(rng), rng.randrange(1000)), 20),
    "put by a builder": (lambda ctx, rng: ctx.put(some(rng), lambda present: int(present.value) + 1), 5),
    "put and get": (lambda ctx, rng: ctx.put(some(rng), 1, get_after=True), 3),
    "put many": (lambda ctx, rng: ctx.put({some(rng): 1, some(rng): 2}), 3),
    "rpc": (lambda ctx, rng: ctx.rpc(some(rng), {"a": 1}), 10),
    "info": (lambda ctx, rng: ctx.info(some(rng)), 5),
    "until": (lambda ctx, rng: ctx.until(some(rng), lambda value: False), 3),
    "monitor": (watch, 15),
    "monitor by a callback": (watch_by_callback, 5),
    "monitor forgotten": (forget_a_monitor, 5),
    "states": (follow_a_channel, 5),
    "connect": (connect, 5),
    "discover": (discover, 0.2),
    "report": (lambda ctx, rng: ctx.report(), 0.5),
    "hurry up": (lambda ctx, rng: ctx.hurry_up(), 0.2),
    "cache clear": (lambda ctx, rng: ctx.cache_clear(), 0.2),
}  # type: ignore[dict-item]


class Storm:
    """The tasks, and what they did."""

    def __init__(self, ctx: Context, seed: int) -> None:
        self.ctx: Context | None = ctx
        self.seed = seed
        self.until = 0.0
        self.ended: dict[str, int] = dict.fromkeys(VERBS, 0)
        self.cancelled: dict[str, int] = dict.fromkeys(VERBS, 0)

    async def rage(self, seconds: float) -> None:
        """Cancel for that long."""
        self.until = time.monotonic() + seconds
        await asyncio.gather(*(self._one(random.Random(self.seed * TASKS + n)) for n in range(TASKS)))

    async def _one(self, rng: random.Random) -> None:
        names, weights = list(VERBS), [weight for _, weight in VERBS.values()]
        while time.monotonic() < self.until:
            (name,) = rng.choices(names, weights)
            task = asyncio.ensure_future(self._run(name, rng))
            await asyncio.wait([task], timeout=rng.random() ** 3 * LONGEST)
            done = not task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                assert not done
                self.cancelled[name] += 1
            else:
                self.ended[name] += 1

    async def _run(self, name: str, rng: random.Random) -> None:
        try:
            assert self.ctx is not None
            await VERBS[name][0](self.ctx, rng)
        except Disconnected:  # the server's connection is dropped now and then
            return


class Footprint:
    """What a process has that a leak would add to."""

    def __init__(self) -> None:
        gc.collect()
        self.objects = {name: n for name, n in instance_snapshot().items() if n and "Listener" not in name}
        self.objects.pop("StructTop", None)  # a Value of each type is kept with the names of its fields
        self.descriptors = len(os.listdir("/proc/self/fd"))
        self.threads = len(os.listdir("/proc/self/task"))
        self.python_threads = threading.active_count()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Footprint) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(vars(self))


def resident() -> int:
    """Bytes of memory in use."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


async def settled(before: Footprint) -> Footprint:
    """The footprint, once it is the one before or time is up: pvxs frees on its own threads."""
    for _ in range(400):
        if (now := Footprint()) == before:
            break
        await asyncio.sleep(0.05)
    return now


async def begin_threads(loop: asyncio.AbstractEventLoop) -> None:
    """Have all threads that ``asyncio.to_thread`` will use."""
    executor = ThreadPoolExecutor(4)
    loop.set_default_executor(executor)
    together = threading.Barrier(4)
    await asyncio.gather(*(loop.run_in_executor(None, together.wait) for _ in range(4)))


async def storm(server: ScriptedServer) -> Storm:
    loop = asyncio.get_running_loop()
    unhandled: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, what: unhandled.append(what))
    await begin_threads(loop)
    async with Context(server.config, use_env=False) as ctx:  # what is made once is made now
        raging = Storm(ctx, 0)
        await raging.rage(1.0)
    del ctx, raging
    targets = len(bridge_of(loop))
    before = Footprint()
    async with Context(server.config, use_env=False) as ctx:
        raging = Storm(ctx, random.SystemRandom().randrange(2**32))
        disturbing = asyncio.ensure_future(post_and_drop(server))
        await raging.rage(SECONDS / 5)
        memory = resident()
        await raging.rage(SECONDS * 4 / 5)
        disturbing.cancel()
        await asyncio.wait([disturbing])
        grown = resident() - memory
    raging.ctx = None
    del ctx
    assert await settled(before) == before, f"seed {raging.seed}"
    assert len(bridge_of(loop)) == targets
    assert unhandled == []
    assert SANITIZED or grown < 30e6, (
        f"{grown / 1e6:.0f} MB in {sum(raging.cancelled.values())} cancellations"
    )
    return raging


async def post_and_drop(server: ScriptedServer) -> None:
    """Post updates all the time, and lose the TCP connections once in a while."""
    for number in itertools.count():
        await asyncio.to_thread(server.post, f"pv:{number % PVS}", {"value": number % 1000})
        server.forget()
        if number % 1000 == 999:
            await asyncio.to_thread(server.drop)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="reads the footprint from Linux's /proc")
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.timeout(SECONDS * 4 + 120)
def test_nothing_is_left_of_what_was_cancelled(loop: str, scripted_server: ScriptedServer) -> None:
    for number in range(PVS):
        scripted_server.add(f"pv:{number}")
    for number in range(3):
        scripted_server.add(f"silent:{number}")
        for kind in ("get", "put", "rpc", "info", "monitor"):
            scripted_server.on(
                f"silent:{number}", "init" if kind in ("info", "monitor") else "exec", kind, "never"
            )  # type: ignore[arg-type]
    running = LOOPS[loop]()
    try:
        raged = running.run_until_complete(storm(scripted_server))
    finally:
        running.close()
    done = {name: raged.cancelled[name] + raged.ended[name] for name in VERBS}
    assert SECONDS < 3 or all(done[name] for name, (_, weight) in VERBS.items() if weight >= 3), done
    assert sum(raged.cancelled.values()) > 20 * SECONDS, raged.cancelled
