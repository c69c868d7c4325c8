"""One operation in progress: a Future whose cancellation ends the network operation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiopvxs_core.client import Context, Failure, Waiter
from aiopvxs_core.data import Value
from aiopvxs_core.errors import Closed, Timeout

from .._loop import Bridge
from ._failures import error_of, phase_of, searched, timeout_error
from ._pending import Effect, Pending, log
from ._server_address import HostName

if TYPE_CHECKING:
    from aiopvxs_nt.asked import Asked

__all__ = ["EffectOperation", "Operation"]


class Operation(Pending[Value]):
    """An operation on its way; it lives until it is done, whether or not anyone keeps it."""

    _waiter: Waiter | None = None
    _asked: Asked | None = None  # of a get that does not ask for all

    def __init__(
        self, loop: asyncio.AbstractEventLoop, bridge: Bridge, core: Context, verb: str, name: str
    ) -> None:
        super().__init__(loop=loop)
        self._verb = verb
        self._name = name
        self._bridge = bridge
        self._core = core  # a Context that nobody keeps lives as long as its operations
        # the bridge's table holds this object from here on
        self._token = bridge.register(self._receive)

    def _start(
        self, server: str | HostName, timeout: float | None, begin: Callable[[str], Waiter | None]
    ) -> None:
        """Start with what ``begin`` gets from the core, as soon as the server's address is known."""
        self._at(server, lambda address: self._started(begin(address)))
        self._limit(timeout)

    def _started(self, waiter: Waiter | None, timeout: float | None = None) -> None:
        """Note what the core gave; None where the Context is closed."""
        if waiter is None:
            self._bridge.forget(self._token)
            raise self._closed()
        self._waiter = waiter
        if timeout is not None:
            self._limit(timeout)

    def _closed(self) -> Closed:
        return Closed(f"{self._what()}: the Context is closed", pv=self._name)

    def _what(self) -> str:
        return f"{self._verb} {self._name!r}"

    def _receive(self, item: object) -> None:
        """Take what the bridge hands over. Runs on the loop."""
        if self.done():
            return
        self._forget()
        if isinstance(item, Value):
            if self._asked is not None:
                self._asked.note_on(item)
            self.set_result(item)
        elif isinstance(item, Failure):
            self.set_exception(error_of(self._what(), self._name, item))
        elif isinstance(item, BaseException):
            self.set_exception(item)
        else:
            raise TypeError(f"{self._what()}: unexpected completion {item!r}")

    def _expire(self) -> None:
        if not self.done():
            self._fail(self._timeout_error(self._seconds or 0.0))

    def _timeout_error(self, seconds: float) -> Timeout:
        """Return the error of an operation that had no answer for so long."""
        return timeout_error(
            self._what(), self._name, self._waiter, seconds, host=self._host, address=self._address
        )

    def _waits_long(self) -> None:
        """Warn if the PV is still searched for. The bridge calls it once, after some seconds."""
        waiter = self._waiter
        if waiter is None or waiter.phase != "connect":
            return
        lost = "its connection was lost, and it" if waiter.was_connected else "it"
        log.warning(
            "%s: the PV is not connected after 5 s: %s is searched for %s",
            self._what(),
            lost,
            searched(self._core, self._address),
        )

    def _end_network(self) -> None:
        self._forget()
        if self._waiter is not None:
            self._waiter.cancel()

    def _loop_closed(self) -> None:
        """End what can complete no more. Any thread."""
        self._end_network()

    def _forget(self) -> None:
        self._bridge.forget(self._token)
        self._no_limit()


class EffectOperation(Effect[Value], Operation):
    """An operation that changes something on the server."""

    def _loop_closed(self) -> None:
        # what the server was told to do, it does
        if phase_of(self._waiter) != "exec":
            super()._loop_closed()
