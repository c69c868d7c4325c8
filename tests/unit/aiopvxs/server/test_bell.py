"""Where a task waits that has nothing to do, and how it goes on."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from aiopvxs.server._bell import Bell
from waiting import eventually


class Waiter:
    """A task that waits at a bell again and again, and counts how often it was rung."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.bell = Bell(self.loop)
        self.rung = 0
        self.stops = False
        self.seen: list[bool] = []
        self.task = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        while not self.stops:
            await self.bell.wait(task)
            self.rung += 1
            self.seen.append(task in asyncio.all_tasks())

    async def waits(self) -> Waiter:
        """Return when it does."""
        await eventually(lambda: self.bell.task)
        return self

    async def ring(self) -> int:
        """Ring in a callback of the loop; return how often it was rung when ``ring()`` was over."""
        counts: list[int] = []

        def callback() -> None:
            assert self.bell.can_ring
            self.bell.ring()
            counts.append(self.rung)

        self.loop.call_soon(callback)
        await asyncio.sleep(0)
        return counts[0]


async def test_a_task_goes_on_at_once() -> None:
    waiter = await Waiter().waits()
    assert [await waiter.ring() for _ in range(3)] == [1, 2, 3]
    waiter.stops = True
    await waiter.ring()
    await waiter.task


async def test_it_is_seen_only_while_it_runs() -> None:
    waiter = await Waiter().waits()
    assert waiter.task not in asyncio.all_tasks()
    await waiter.ring()
    assert waiter.seen == [True]
    assert waiter.task not in asyncio.all_tasks()
    waiter.stops = True
    await waiter.ring()
    await waiter.task


async def test_none_goes_on_within_another() -> None:
    waiter = await Waiter().waits()
    assert not waiter.bell.can_ring
    waiter.task.cancel()
    await asyncio.wait([waiter.task])


async def test_one_that_was_found_and_cancelled_waits_no_more() -> None:
    waiter = await Waiter().waits()
    waiter.task.cancel("found")
    with pytest.raises(asyncio.CancelledError):
        await waiter.task
    assert waiter.bell.task is None
    assert waiter.rung == 0


SCRIPT = """
import asyncio, gc
from aiopvxs.server._bell import Bell

async def wait():
    await Bell(asyncio.get_running_loop()).wait(asyncio.current_task())

async def main():
    task = asyncio.ensure_future(wait())
    await asyncio.sleep(0)
    assert not task.done()

asyncio.run(main())
gc.collect()
"""


def test_one_that_is_never_rung_ends_in_silence() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
