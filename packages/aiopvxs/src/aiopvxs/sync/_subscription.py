"""Subscriptions for callers that wait."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from types import EllipsisType, TracebackType
from typing import Generic, TypeVar, cast

from aiopvxs_core.data import Value

from .. import client
from ._base import Verbs

__all__ = ["Subscription"]

_T = TypeVar("_T")


class Subscription(Generic[_T]):
    """The updates of a PV, as they come: ``for value in subscription``.

    Made by :meth:`Context.monitor`. It starts at once, and ends with :meth:`close`, with its Context, when
    the server ends or refuses it, or when nothing refers to it any more. Ctrl-C ends the waiting, not the
    subscription. For one thread at a time, but for :meth:`close`.
    """

    def __init__(self, context: Verbs, of: client.Subscription[_T]) -> None:
        self._context = context  # alive as long as this is
        self._of = of
        self._items: deque[_T] = deque()  # taken over, not handed out yet
        self._closed = False  # by the user

    @property
    def name(self) -> str:
        """Name of the PV."""
        return self._of.name

    @property
    def connected(self) -> bool:
        """True while the PV is connected."""
        return self._of.connected

    @property
    def peer(self) -> str | None:
        """Address of the latest server, ``host:port``; None before there was one."""
        return self._of.peer

    @property
    def closed(self) -> bool:
        """True once it has ended, whoever ended it."""
        return self._of.closed

    def stats(self) -> client.SubscriptionStats:
        """Count what became of the updates so far (:meth:`aiopvxs.client.Subscription.stats`)."""
        return self._of.stats()

    def pause(self) -> None:
        """Ask the server to send no updates until :meth:`resume`."""
        self._of.pause()

    def resume(self) -> None:
        """Ask the server to send updates again."""
        self._of.resume()

    def close(self) -> None:
        """End it, and drop what was not handed out; harmless again."""
        self._closed = True
        self._of.close()
        self._items.clear()

    cancel = close

    def first(self, timeout: float | EllipsisType | None = ...) -> Value:
        """Wait for the next update and take it (:meth:`aiopvxs.client.Subscription.first`)."""
        while self._items:
            item = self._items.popleft()
            if not isinstance(item, (client.ConnectionState, client.Finished)):
                return cast(Value, item)
        return self._context._thread.call(lambda: self._of.first(timeout))

    def batches(self) -> Iterator[list[_T]]:
        """Iterate over lists of what has gathered meanwhile; none is empty."""
        while self._items or self._fetch():
            batch = list(self._items)
            self._items.clear()
            yield batch

    def __iter__(self) -> Iterator[_T]:
        return self

    def __next__(self) -> _T:
        if not self._items and not self._fetch():
            raise StopIteration
        return self._items.popleft()

    def __enter__(self) -> Subscription[_T]:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self._of).replace("aiopvxs.client.", "aiopvxs.sync.")

    def _fetch(self) -> bool:
        """Wait for updates, and take over all that are there: one change of threads for many."""
        if self._closed:
            return False
        items = self._context._thread.call(self._gathered)
        self._items.extend(items)
        return bool(items)

    async def _gathered(self) -> list[_T]:
        generator = cast("AsyncGenerator[list[_T], None]", self._of.batches())
        async with contextlib.aclosing(generator) as batches:
            async for batch in batches:
                return batch
        return []
