"""Calls what answers nobody: the functions that are told of a PV's first client and of its last."""

from __future__ import annotations

import asyncio
import inspect
import logging
import weakref
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial

__all__ = ["Calls"]

log = logging.getLogger("aiopvxs.server")

# What waits to be called, by the key of its PV.
_Waiting = dict[int, deque[Callable[[], object]]]


class Calls:
    """Calls functions on the running loop, those of one PV one after another.

    Args:
        spawn: makes a task of an awaitable.
    """

    def __init__(self, spawn: Callable[[Awaitable[object]], asyncio.Task[object]]) -> None:
        self._spawn = spawn
        # a loop may be closed with some that wait
        self._waiting: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Waiting] = (
            weakref.WeakKeyDictionary()
        )

    def call(self, key: int, function: Callable[[], object]) -> None:
        """Call something of a PV that answers nobody, after those called before have ended."""
        every = self._waiting.setdefault(asyncio.get_running_loop(), {})
        if (calls := every.get(key)) is not None:
            calls.append(function)
            return
        result = _logged(function)
        if inspect.isawaitable(result):
            every[key] = calls = deque()
            task = self._spawn(self._one_by_one(calls, self._spawn(result)))
            task.add_done_callback(partial(self._have_called, every, key))

    async def _one_by_one(self, calls: deque[Callable[[], object]], first: asyncio.Task[object]) -> None:
        await _awaited(first)
        while calls:
            result = _logged(calls.popleft())
            if inspect.isawaitable(result):
                await _awaited(self._spawn(result))

    def _have_called(self, every: _Waiting, key: int, task: asyncio.Task[object]) -> None:
        calls = every.pop(key)
        if not task.cancelled():
            for function in calls:  # it came as the last one ended
                self.call(key, function)


def _logged(function: Callable[[], object]) -> object:
    try:
        return function()
    except Exception as exc:
        log.exception("%s failed: %s", function, exc)
        return None


async def _awaited(task: asyncio.Task[object]) -> None:
    await asyncio.wait({task})  # its own cancellation ends nothing but itself
    if task.cancelled():
        log.error("%s was cancelled", task)
    elif (exc := task.exception()) is not None:
        log.error("%s failed: %s", task, exc, exc_info=exc)
