"""Small helpers for what runs on an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import AsyncGenerator, Awaitable, Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiopvxs_core import server as core

__all__ = ["as_task", "drive", "end_of_loop"]


async def end_of_loop(executor: core.Executor) -> AsyncGenerator[None, None]:
    """Refuse operations once the loop ends, which nothing else tells: loops end their generators."""
    try:
        yield
    finally:
        executor.detach()


def drive(step: Coroutine[Any, Any, None]) -> None:
    """Take a step of a generator that waits for nothing."""
    with contextlib.suppress(StopIteration, StopAsyncIteration):
        step.send(None)


def as_task(loop: asyncio.AbstractEventLoop, result: Awaitable[object]) -> asyncio.Task[object]:
    """Return a task of an awaitable.

    A coroutine is the task's own: one that is cancelled before it begins is closed, and not left unawaited.
    """
    coroutine = result if inspect.iscoroutine(result) else _as_coroutine(result)
    return loop.create_task(coroutine)


async def _as_coroutine(result: Awaitable[object]) -> object:
    return await result
