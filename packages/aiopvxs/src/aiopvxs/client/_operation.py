"""Operations in progress: Futures whose cancellation ends the network operation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from aiopvxs_core.client import Failure, FailureKind, Prototype, Waiter
from aiopvxs_core.data import Value
from aiopvxs_core.errors import Closed, Disconnected, Error, RemoteError, Timeout

from .._loop import Bridge

__all__ = ["Operation", "PutOperation"]

if TYPE_CHECKING:
    _Future = asyncio.Future[Value]
else:
    _Future = asyncio.Future

_PHASES = {
    "connect": "the PV was not found",
    "init": "the server has not accepted the operation",
    "exec": "the server has not answered",
}


class Operation(_Future):
    """A get or put on its way; it lives until it is done, whether or not anyone keeps it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, bridge: Bridge, verb: str, name: str) -> None:
        super().__init__(loop=loop)
        self._verb = verb
        self._name = name
        self._bridge = bridge
        self._waiter: Waiter | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._seconds: float | None = None
        # the bridge's table holds this object from here on
        self._token = bridge.register(self._receive)

    def _started(self, waiter: Waiter | None, timeout: float | None) -> None:
        """Note what the core gave; None where the Context is closed."""
        if waiter is None:
            self._bridge.forget(self._token)
            super().cancel()
            raise Closed(f"{self._verb} {self._name!r}: the Context is closed", pv=self._name)
        self._waiter = waiter
        if timeout is not None:
            self._seconds = timeout
            self._timer = self.get_loop().call_later(max(timeout, 0.0), self._expire)

    def cancel(self, msg: Any | None = None) -> bool:
        """Cancel the Future and the network operation."""
        if self.done():
            return False
        self._end_network()
        return super().cancel(msg)

    def _receive(self, item: object) -> None:
        """Take what the bridge hands over. Runs on the loop."""
        if self.done():
            return
        self._forget()
        if isinstance(item, Value):
            self.set_result(item)
        elif isinstance(item, Failure):
            self.set_exception(self._error(item))
        elif isinstance(item, BaseException):
            self.set_exception(item)
        else:
            raise TypeError(f"{self._verb} {self._name!r}: unexpected completion {item!r}")

    def _fail(self, exc: BaseException) -> None:
        """End the operation from our side."""
        if not self.done():
            self._end_network()
            self.set_exception(exc)

    def _expire(self) -> None:
        waiter = self._waiter
        if waiter is None or self.done():
            return
        phase = waiter.phase
        peer = waiter.peer if phase != "connect" else None
        where = f" by {peer}" if peer else ""
        text = f"{self._verb} {self._name!r}: no answer{where} within {self._seconds:g} s: {_PHASES[phase]}"
        self._fail(Timeout(text, pv=self._name, peer=peer, phase=phase))

    def _error(self, failure: Failure) -> Exception:
        pv, peer, what = self._name, failure.peer, f"{self._verb} {self._name!r}"
        server = f" to {peer}" if peer else ""
        if failure.kind is FailureKind.remote:
            return RemoteError(failure.text, pv=pv, peer=peer)
        if failure.kind is FailureKind.disconnected:
            text = f"{what}: the connection{server} was lost during the operation, which is not repeated"
            return Disconnected(text, pv=pv, peer=peer, time=datetime.now(timezone.utc))
        if failure.kind is FailureKind.closed:
            return Closed(f"{what}: the Context was closed during the operation", pv=pv, peer=peer)
        return Error(f"{what}: {failure.text}")

    def _end_network(self) -> None:
        self._forget()
        if self._waiter is not None:
            self._waiter.cancel()

    def _forget(self) -> None:
        self._bridge.forget(self._token)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def __repr__(self) -> str:
        return f"<{self._verb} {self._name!r} {super().__repr__()[1:-1]}>"


class PutOperation(Operation):
    """A put, which builds its value once it knows the PV's type or its present value."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        bridge: Bridge,
        name: str,
        build: Callable[[Value, bool], Value | None],
        present: bool,
    ) -> None:
        super().__init__(loop, bridge, "put", name)
        self._build = build
        self._present = present  # the next Prototype is the present value

    def _receive(self, item: object) -> None:
        if not isinstance(item, Prototype):
            super()._receive(item)
        elif not self.done() and self._waiter is not None:
            try:
                value = self._build(item.value, self._present)
            except Exception as exc:  # noqa: BLE001 - goes to the Future, whatever it is
                self._fail(exc)
                return
            if value is not None:
                self._waiter.supply(value, item.link)
            else:
                self._present = True
                self._waiter.fetch()
