"""What the Futures of one operation and of many have in common."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from aiopvxs_core.errors import Closed, Error

from ._server_address import HostName, Waiting, resolve

__all__ = ["Effect", "Pending", "log"]

log = logging.getLogger("aiopvxs.client")

_T = TypeVar("_T")

if TYPE_CHECKING:

    class _Future(asyncio.Future[_T]):
        pass
else:

    class _Future(asyncio.Future):
        def __class_getitem__(cls, item: object) -> type:
            return cls


class Pending(_Future[_T]):
    """A Future whose cancellation ends the network operation, and which may have a timeout.

    It lives until it is done, whether or not anyone keeps it.
    """

    _timer: asyncio.TimerHandle | None = None
    _seconds: float | None = None
    _address: str | None = None  # of server=
    _host: str | None = None  # of server= while it is looked up

    def _what(self) -> str:
        """Return the verb and the PV, for messages."""
        raise NotImplementedError

    def _end_network(self) -> None:
        """End what is under way, and take no more completions."""
        raise NotImplementedError

    def _expire(self) -> None:
        """Fail: the time is up."""
        raise NotImplementedError

    def _limit(self, timeout: float | None) -> None:
        if timeout is not None:
            self._seconds = timeout
            self._timer = self.get_loop().call_later(max(timeout, 0.0), self._expire)

    def _no_limit(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _at(self, server: str | HostName, begin: Callable[[str], None]) -> None:
        """Call ``begin`` with the server's numeric address, at once unless it has to be looked up."""
        if isinstance(server, HostName):
            self._host = server.host
            server.waiting.add(self)
            found = resolve(self.get_loop(), server)
            found.add_done_callback(partial(self._looked_up, begin, server.waiting))
        else:
            self._address = server
            begin(server)

    def _looked_up(
        self, begin: Callable[[str], None], waiting: Waiting, address: asyncio.Future[str]
    ) -> None:
        waiting.discard(self)
        error = None if address.cancelled() else address.exception()
        if self.done():
            return
        if address.cancelled():
            self.cancel()
        elif error is not None:
            text = f"{self._what()}: the server {self._host!r} cannot be looked up: {error}"
            self._fail(Error(text))
        else:
            self._host = None
            self._address = address.result()
            try:
                begin(self._address)
            except Exception as exc:  # noqa: BLE001 - goes to the Future, whatever it is
                self._fail(exc)

    def cancel(self, msg: Any | None = None) -> bool:
        """Cancel the Future and the network operation."""
        if self.done():
            return False
        self._end_network()
        return super().cancel(msg)

    def _close(self) -> None:
        """Fail: the Context was closed. Runs on the loop."""
        self._fail(Closed(f"{self._what()}: the Context was closed during the operation"))

    def _fail(self, exc: BaseException) -> None:
        """End the operation from our side."""
        if not self.done():
            self._end_network()
            self.set_exception(exc)

    def __repr__(self) -> str:
        return f"<{self._what()} {super().__repr__()[1:-1]}>"


class Effect(Pending[_T]):
    """One that changes something: its failure is told even where nobody awaits it."""

    def __del__(self) -> None:
        if self._log_traceback and (exc := self.exception()) is not None:
            trace = None if isinstance(exc, Error) or exc.__traceback__ is None else exc
            log.error("%s failed, and nobody awaited it: %s", self._what(), exc, exc_info=trace)
