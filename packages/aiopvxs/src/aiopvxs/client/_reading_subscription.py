"""Subscriptions that give readings."""

from __future__ import annotations

import asyncio
import inspect
from collections import deque
from collections.abc import AsyncIterator
from types import EllipsisType
from typing import Any

from aiopvxs_core.data import Value
from aiopvxs_core.errors import Closed

from ._callback_subscription import CallbackSubscription
from ._subscription import Subscription

__all__ = ["ReadingCallbackSubscription", "ReadingSubscription"]


class _Readings(Subscription[Any]):
    def _reading(self, item: Any) -> Any:
        """Return the reading of an update; events are what they are."""
        from aiopvxs_nt import unwrap

        if type(item) is not Value:
            return item
        if self._asked is not None:
            self._asked.note_on(item)
        return unwrap(item)


class ReadingSubscription(_Readings):
    """A Subscription whose updates are readings: ``ctx.monitor(name, read=True)``.

    Compressed images are decompressed in a thread before they are handed out, one after another. What was
    taken when waiting for that is cancelled is handed out next.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._again: deque[Any] = deque()  # taken before, and handed out to nobody
        self._closed = False

    async def __anext__(self) -> Any:
        item = self._again.popleft() if self._again else self._reading(await super().__anext__())
        if _is_packed(item):
            await self._unpacked([item])
            if self._closed:
                self._ended()
        return item

    async def batches(self) -> AsyncIterator[list[Any]]:
        """Iterate over lists of all that has gathered meanwhile; none is empty."""
        if self._again:
            again = list(self._again)
            self._again.clear()
            await self._unpacked(again)
            if self._closed:
                return
            yield again
        async for batch in super().batches():
            readings = [self._reading(item) for item in batch]
            await self._unpacked(readings)
            if self._closed:
                return
            yield readings

    async def first(self, timeout: float | EllipsisType | None = ...) -> Any:
        """Wait for the next update and take it, as a reading; the timeout is for its arrival."""
        while self._again:
            item = self._again.popleft()
            if _is_reading(item):
                break
        else:
            item = self._reading(await super().first(timeout))
        if _is_packed(item):
            await self._unpacked([item])
            if self._closed:
                raise Closed(f"monitor {self._name!r}: the subscription has ended", pv=self._name)
        return item

    async def _unpacked(self, items: list[Any]) -> None:
        """Decompress, off the loop, what of these is compressed."""
        packed = [item for item in items if _is_packed(item)]
        if not packed:
            return
        try:
            await asyncio.to_thread(_unpack, packed)
        except asyncio.CancelledError:
            if not self._closed:
                self._again.extendleft(reversed(items))
            raise
        if self._closed:
            self._lost += sum(map(_is_reading, items))

    def _here(self) -> int:
        return super()._here() + sum(map(_is_reading, self._again))

    def _drop(self) -> int:
        again = sum(map(_is_reading, self._again))
        self._again.clear()
        self._closed = True
        return super()._drop() + again


class ReadingCallbackSubscription(_Readings, CallbackSubscription[Any]):
    """A Subscription that calls a function with readings, compressed images decompressed in a thread."""

    _direct = False

    def _give(self, shown: Any) -> object:
        reading = self._reading(shown)
        if _is_packed(reading):
            return self._give_later(reading)
        return super()._give(reading)

    async def _give_later(self, reading: Any) -> None:
        await asyncio.to_thread(_unpack, [reading])
        if self._over or self._context._core.closed:
            return
        result = super()._give(reading)
        if inspect.isawaitable(result):
            await result

    async def first(self, timeout: float | EllipsisType | None = ...) -> Any:
        """Wait for the first update, as a reading; the timeout is for its arrival."""
        reading = self._reading(await super().first(timeout))
        if _is_packed(reading):
            await asyncio.to_thread(_unpack, [reading])
        return reading


def _is_packed(item: Any) -> bool:
    from aiopvxs_nt.image import is_packed

    return is_packed(item)


def _unpack(readings: list[Any]) -> None:
    from aiopvxs_nt.image import unpack

    for reading in readings:
        unpack(reading)


def _is_reading(item: Any) -> bool:
    from aiopvxs_nt import Reading

    return isinstance(item, Reading)
