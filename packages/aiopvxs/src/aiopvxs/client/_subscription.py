"""Subscriptions: the updates of a PV, one after another."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from types import EllipsisType, TracebackType
from typing import TYPE_CHECKING, ClassVar, Generic, NoReturn, TypeVar, cast

from aiopvxs_core import client as core
from aiopvxs_core.client import SubscriptionEvent
from aiopvxs_core.client import SubscriptionEventKind as Kind
from aiopvxs_core.data import Value
from aiopvxs_core.errors import Closed, Disconnected, Error, Timeout

from .._loop import Bridge
from ._base import Verbs
from ._events import ConnectionState, Finished
from ._failures import not_found, searched
from ._pending import log
from ._server_address import HostName, resolve
from ._subscription_types import Options, SubscriptionStats, failure, time_of
from ._timeout import check_timeout

if TYPE_CHECKING:
    from aiopvxs_nt.asked import Asked

__all__ = ["Subscription"]

_T = TypeVar("_T")

# An iterator takes at most so many updates at once, and at most this part of what may wait: they wait too.
_BATCH = 64
_PART = 8


class Target(core.Waking):
    """What the bridge's table holds: a Subscription that nobody else holds goes, unless it is waited for."""

    def __init__(self, of: Subscription[object]) -> None:
        self.ref = weakref.ref(of)

    def _waits_long(self) -> None:
        if (subscription := self.ref()) is not None:
            subscription._waits_long()

    def _loop_closed(self) -> None:
        if (subscription := self.ref()) is not None:
            subscription.close()


class Subscription(core.Updates, Generic[_T]):
    """The updates of a PV, as they come: ``async for value in subscription``.

    Made by :meth:`Context.monitor`. It starts at once, and ends with :meth:`close`, with its Context, when
    the server ends or refuses it, or when nothing refers to it any more. Iterate on the event loop on which
    it was made; the other methods may be called from any thread.
    """

    _target_type: ClassVar[type[Target]] = Target
    _asked: Asked | None = None  # of a request that does not ask for all

    def __init__(
        self, context: Verbs, loop: asyncio.AbstractEventLoop, bridge: Bridge, name: str, options: Options
    ) -> None:
        updates, size = options.max_queue, options.max_bytes
        batch = _BATCH if updates is None else max(1, min(_BATCH, updates // _PART))
        self._target = target = self._target_type(cast("Subscription[object]", self))
        super().__init__(loop, target, batch, None if size is None else size // _PART)
        self._context = context  # alive as long as this is
        self._bridge = bridge
        self._name = name
        self._options = options
        self._address = ""  # of server=
        self._paused = False
        self._error: Callable[[], Exception] | None = None  # with which it ended
        self._lost = 0  # updates that were taken, and dropped by close()
        self._token = bridge.register(target.receive)

    def _start(self, request: core.Request, server: str | HostName) -> None:
        """Begin, at once unless the server's host name has to be looked up."""
        if isinstance(server, HostName):
            answer = partial(_looked_up, weakref.ref(self), request, server.host)
            resolve(self._loop, server).add_done_callback(answer)
            return
        self._address = server
        options = self._options
        made = self._context._core.monitor(
            self._name,
            request,
            self._bridge.queue,
            self._token,
            options.max_queue,
            options.max_bytes,
            options.policy,
            server,
            self._paused,
        )
        if made is None:
            self._finish(None)
            raise Closed(f"monitor {self._name!r}: the Context is closed", pv=self._name)
        self._follow(made)

    # --- what users see

    @property
    def name(self) -> str:
        """Name of the PV."""
        return self._name

    @property
    def connected(self) -> bool:
        """True while the PV is connected, whatever was handed out so far."""
        return not self._over and self._core is not None and self._core.connected

    @property
    def peer(self) -> str | None:
        """Address of the latest server, ``host:port``; None before there was one."""
        return None if self._core is None else self._core.peer

    @property
    def closed(self) -> bool:
        """True once it has ended, whoever ended it."""
        return self._over

    def stats(self) -> SubscriptionStats:
        """Count what became of the updates so far."""
        if self._core is None:
            return SubscriptionStats(0, 0, 0, 0, 0, 0, 0)
        counts = self._core.counts
        here = self._here()
        return SubscriptionStats(
            arrived=counts.arrived,
            received=counts.received - here - self._lost,
            queued=counts.queued + here,
            max_queued=counts.max_queued,
            squashed=counts.squashed,
            dropped=counts.dropped + self._lost,
            bytes=counts.bytes,
        )

    def pause(self) -> None:
        """Ask the server to send no updates until :meth:`resume`, on later connections too.

        Returns at once; updates that are on their way still come.
        """
        self._pause(True)

    def resume(self) -> None:
        """Ask the server to send updates again; the first is its present value if that changed."""
        self._pause(False)

    def close(self) -> None:
        """End it, and drop what was not handed out; harmless again. May be called from any thread.

        An ``async for`` over it ends; no callback begins any more.
        """
        if self._core is not None:
            self._core.close()
        if not self._over:
            self._finish(None)
        self._lost += self._drop()

    cancel = close

    async def __aenter__(self) -> Subscription[_T]:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def __aiter__(self) -> AsyncIterator[_T]:
        return self

    if TYPE_CHECKING:

        def __anext__(self) -> Awaitable[_T]: ...

    async def batches(self) -> AsyncIterator[list[_T]]:
        """Iterate over lists of all that has gathered meanwhile; none is empty."""
        while True:
            try:
                batch = await self._batch()
            except StopAsyncIteration:
                return
            yield batch

    async def first(self, timeout: float | EllipsisType | None = ...) -> Value:
        """Wait for the next update and take it; events before it are skipped.

        Args:
            timeout: seconds; None waits for ever; the Context's if not given.

        Raises:
            ValueError: a ``timeout`` that is no number.
            Timeout: none came; its ``phase`` tells whether the PV was found.
            Closed: the subscription or the Context was closed, or the server ended it.
            RemoteError, Disconnected, Overflow: as iterating does.
        """
        seconds = self._options.timeout if timeout is ... else check_timeout(timeout)
        return await self._first("monitor", None, seconds)

    def __repr__(self) -> str:
        state = "closed" if self.closed else "connected" if self.connected else "not connected"
        return f"<aiopvxs.client.Subscription {self._name!r} {state}>"

    def __del__(self) -> None:
        # not if it was not made altogether
        if getattr(self, "_token", None) is not None and not self._over:
            self._finish(None)

    # --- what is below

    def _pause(self, stop: bool) -> None:
        self._paused = stop
        if self._core is not None:
            self._core.pause(stop)

    def _waits_long(self) -> None:
        """Warn that the PV is still searched for. The bridge calls it once, after some seconds."""
        if self._core is not None and self._core.peer is None and not self._over:
            where = searched(self._context._core, self._address)
            log.warning(
                "monitor %r: the PV is not connected after 5 s: it is searched for %s", self._name, where
            )

    def _fail(self, error: Callable[[], Exception]) -> None:
        """End, for it could not begin."""
        self._finish(error)

    async def _first(
        self, verb: str, match: Callable[[Value], object] | None, timeout: float | None
    ) -> Value:
        deadline = None if timeout is None else self._loop.time() + timeout
        while True:
            item = self._take()
            if item is None:
                if deadline is not None and self._loop.time() >= deadline:
                    raise self._expired(verb, match is not None, timeout)
                try:
                    await self._more(deadline)
                except StopAsyncIteration:
                    text = f"{verb} {self._name!r}: the subscription has ended"
                    raise Closed(text, pv=self._name, peer=self.peer) from None
                continue
            if type(item) is not Value:
                try:
                    self._shown(item)  # type: ignore[arg-type]
                except StopAsyncIteration:
                    continue
            elif match is None or match(item):
                return item

    def _expired(self, verb: str, matching: bool, timeout: float | None) -> Timeout:
        what = "no update that matches" if matching else "no update"
        if self.connected:
            phase, why = "exec", f"the PV is connected to {self.peer}"
        else:
            phase = "connect"
            why = not_found(self._address) if self.peer is None else "the PV is not connected"
        text = f"{verb} {self._name!r}: {what} within {timeout:g} s: {why}"
        return Timeout(text, pv=self._name, peer=self.peer, phase=phase)

    async def _more(self, deadline: float | None = None) -> None:
        """Wait until there is something to take, or for the deadline; raise what it ended with."""
        if self._over:
            self._ended()
        self._elsewhere()
        waiter = self._wait()
        timer = None if deadline is None else self._loop.call_at(deadline, wake, waiter)
        try:
            await waiter
        finally:
            self._waited(waiter)
            if timer is not None:
                timer.cancel()

    def _ended(self) -> NoReturn:
        raise StopAsyncIteration if self._error is None else self._error()

    def _elsewhere(self) -> None:
        """Raise if this is not the event loop on which it was made."""
        if asyncio.get_running_loop() is not self._loop:
            raise RuntimeError(f"monitor {self._name!r} was made on another event loop: iterate there")

    def _shown(self, event: SubscriptionEvent) -> ConnectionState | Finished | None:
        """Return the event as users see it, None if they do not; raise what ends or interrupts iteration."""
        if event.kind is Kind.connected:
            return ConnectionState(True, event.peer, time_of(event)) if self._options.events else None
        if event.kind is Kind.disconnected:
            if self._options.stale == "raise":
                text = f"monitor {self._name!r}: the connection to {event.peer} was lost"
                raise Disconnected(text, pv=self._name, peer=event.peer, time=time_of(event))
            return ConnectionState(False, event.peer, time_of(event)) if self._options.events else None
        if event.kind is Kind.finished:
            self._finish(None)
            if self._options.events:
                return Finished(event.peer, time_of(event))
            raise StopAsyncIteration
        error = failure(event, self._name, self._options)
        self._finish(error)
        raise error()

    def _finish(self, error: Callable[[], Exception] | None) -> None:
        """Nothing follows. Any thread."""
        self._error = error
        self._over = True
        if asyncio._get_running_loop() is self._loop:
            self._let_go()
            return
        try:
            self._loop.call_soon_threadsafe(_let_go, self._bridge, self._token, self._target)
        except RuntimeError:  # the loop is closed: nobody waits
            self._bridge.forget(self._token)

    def _let_go(self) -> None:
        _let_go(self._bridge, self._token, self._target)


def _looked_up(
    ref: weakref.ref[Subscription[_T]], request: core.Request, host: str, address: asyncio.Future[str]
) -> None:
    error = None if address.cancelled() else address.exception()
    subscription = ref()
    if subscription is None or subscription._over:
        return
    name = subscription._name
    if address.cancelled():
        subscription.close()
    elif error is not None:
        text = f"monitor {name!r}: the server {host!r} cannot be looked up: {error}"
        subscription._fail(lambda: Error(text))
    else:
        try:
            subscription._start(request, address.result())
        except Closed:
            text = f"monitor {name!r}: the Context was closed"
            subscription._fail(lambda: Closed(text, pv=name))


def _let_go(bridge: Bridge, token: int, target: core.Waking) -> None:
    bridge.forget(token)
    for waiter in target.waiters:
        wake(waiter)


def wake(waiter: asyncio.Future[None]) -> None:
    """End what waits for it."""
    if not waiter.done():
        waiter.set_result(None)
