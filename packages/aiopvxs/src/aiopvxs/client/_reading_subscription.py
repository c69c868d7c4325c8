"""Subscriptions that give readings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from types import EllipsisType
from typing import Any

from aiopvxs_core.data import Value

from ._callback_subscription import CallbackSubscription
from ._subscription import Subscription

__all__ = ["ReadingCallbackSubscription", "ReadingSubscription", "reading_callback"]


class _Readings(Subscription[Any]):
    def _converted(self, update: Value) -> Any:
        return _reading(update)

    async def first(self, timeout: float | EllipsisType | None = ...) -> Any:
        """Wait for the next update and take it, as a reading."""
        return _reading(await super().first(timeout))


class ReadingSubscription(_Readings):
    """A Subscription whose updates are readings: ``ctx.monitor(name, read=True)``."""

    async def __anext__(self) -> Any:
        return _reading(await super().__anext__())

    async def batches(self) -> AsyncIterator[list[Any]]:
        """Iterate over lists of all that has gathered meanwhile; none is empty."""
        async for batch in super().batches():
            yield [_reading(item) for item in batch]


class ReadingCallbackSubscription(_Readings, CallbackSubscription[Any]):
    """A Subscription that calls a function with readings."""


def reading_callback(callback: Callable[[Any], object]) -> Callable[[Any], object]:
    """Return a callback that gives another one readings."""
    return lambda item: callback(_reading(item))


def _reading(item: Any) -> Any:
    from aiopvxs_nt import unwrap

    return unwrap(item) if type(item) is Value else item
