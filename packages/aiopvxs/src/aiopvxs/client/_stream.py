"""Async iterators over what pvxs tells of time and again."""

from __future__ import annotations

import asyncio
import weakref
from abc import ABC, abstractmethod
from collections import deque
from typing import Generic, TypeVar

from .._loop import running_bridge

__all__ = ["Stream"]

T = TypeVar("T")


class Stream(ABC, Generic[T]):
    """Items that reach one event loop, for one ``async for``; nothing is lost between two of them.

    It ends by itself, with ``aclose()``, or with its last reference.
    """

    def __init__(self) -> None:
        self._loop, self._bridge = running_bridge()
        self._items: deque[T] = deque()
        self._wakeup: asyncio.Future[None] | None = None
        self._ended = False
        self._error: Exception | None = None
        # weak: nobody but who iterates keeps it alive
        this = weakref.ref(self)

        def receive(item: object) -> None:
            stream = this()
            if stream is not None and not stream._ended:
                stream._receive(item)

        self._token = self._bridge.register(receive)

    @abstractmethod
    def _receive(self, item: object) -> None:
        """Take what the bridge hands over: call ``_add`` or ``_end``. Runs on the loop."""

    @abstractmethod
    def _end_source(self) -> None:
        """Have nothing pushed any more. From any thread; may be called again."""

    def __aiter__(self) -> Stream[T]:
        return self

    async def __anext__(self) -> T:
        if self._wakeup is not None:
            raise RuntimeError(f"{self!r} is awaited already: it serves one consumer")
        while not self._items:
            if self._ended:
                error, self._error = self._error, None
                if error is not None:
                    raise error
                raise StopAsyncIteration
            self._wakeup = self._loop.create_future()
            try:
                await self._wakeup
            finally:
                self._wakeup = None
        return self._items.popleft()

    async def aclose(self) -> None:
        """End it: what was not taken yet is dropped."""
        self._items.clear()
        self._end()

    def _add(self, item: T) -> None:
        self._items.append(item)
        self._wake()

    def _end(self, error: Exception | None = None) -> None:
        """End it once the items have been taken, by raising ``error`` if there is one."""
        if not self._ended:
            self._ended = True
            self._error = error
            self._bridge.forget(self._token)
            self._end_source()
        self._wake()

    def _wake(self) -> None:
        if self._wakeup is not None and not self._wakeup.done():
            self._wakeup.set_result(None)

    def __del__(self) -> None:
        # on any thread, wherever the garbage is collected
        if getattr(self, "_ended", True):
            return
        self._end_source()
        if not self._loop.is_closed():
            try:
                self._loop.call_soon_threadsafe(self._bridge.forget, self._token)
            except RuntimeError:  # it was closed this moment, and its bridge with it
                return
