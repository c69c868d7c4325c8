"""Iterating over what pvxs tells of time and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from .._loop_thread import LoopThread
from ..client._stream import Stream

__all__ = ["each_of"]

T = TypeVar("T")


def each_of(thread: LoopThread, start: Callable[[], Stream[T]]) -> Iterator[T]:
    """Iterate over the stream that ``start`` makes at once, on the loop; each step waits for an item."""

    async def begin() -> Stream[T]:
        return start()

    return _steps(thread, thread.call(begin))


def _steps(thread: LoopThread, stream: Stream[T]) -> Iterator[T]:
    async def step() -> T | None:
        return await anext(stream, None)

    while (each := thread.call(step)) is not None:
        yield each
