"""Subscriptions that do not ask for all of a PV."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, TypeVar

from aiopvxs_core.client import SubscriptionEvent
from aiopvxs_core.data import Value

from ._callback_subscription import CallbackSubscription
from ._subscription import Subscription

__all__ = ["PartialCallbackSubscription", "PartialSubscription"]

_T = TypeVar("_T")


class PartialSubscription(Subscription[_T]):
    """A Subscription that notes on each update what was asked for: its reading leaves out the rest."""

    async def __anext__(self) -> Any:
        return self._noted(await super().__anext__())

    def _take(self) -> Value | SubscriptionEvent | None:
        item: Value | SubscriptionEvent | None = self._noted(super()._take())
        return item

    async def batches(self) -> AsyncIterator[list[_T]]:
        """Iterate over lists of all that has gathered meanwhile; none is empty."""
        async for batch in super().batches():
            for item in batch:
                self._noted(item)
            yield batch

    def _noted(self, item: Any) -> Any:
        if type(item) is Value and self._asked is not None:
            self._asked.note_on(item)
        return item


class PartialCallbackSubscription(PartialSubscription[_T], CallbackSubscription[_T]):
    """The same with a callback."""

    _direct = False

    def _give(self, shown: object) -> object:
        return super()._give(self._noted(shown))

    async def __anext__(self) -> Any:
        self._refuse()

    def batches(self) -> AsyncIterator[list[_T]]:
        """Not of a subscription with a callback."""
        self._refuse()
