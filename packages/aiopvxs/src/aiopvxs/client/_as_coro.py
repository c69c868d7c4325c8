"""Futures where a coroutine is asked for."""

from __future__ import annotations

import asyncio
from typing import TypeVar

__all__ = ["as_coro"]

_T = TypeVar("_T")


async def as_coro(future: asyncio.Future[_T]) -> _T:
    """Return a coroutine that waits for a Future, for ``create_task`` and ``TaskGroup``.

    The operation has begun already; cancelling the Task cancels it.

    Raises:
        Exception: what the Future raises.
    """
    return await future
