"""A put in progress."""

from __future__ import annotations

import asyncio

from aiopvxs_core.client import Context, Prototype, Request
from aiopvxs_core.data import Value
from aiopvxs_core.errors import Error, Timeout

from .._loop import Bridge
from ._failures import timeout_error
from ._operation import EffectOperation
from ._put_value import PutValue
from ._request import ALL
from ._server_address import HostName

__all__ = ["PutOperation"]


def _built(name: str, build: PutValue, prototype: Value, present: bool) -> Value | Exception | None:
    """Return what ``build`` makes or raises, as a Future takes it.

    The traceback holds the frames of the operation, which would keep it alive until the garbage is
    collected, and a failure that nobody awaits be told late. It is of use only where it shows a builder.
    """
    try:
        return build(prototype, present)
    except asyncio.CancelledError as exc:
        error = Error(f"put {name!r}: what the builder waited for was cancelled")
        error.__cause__ = exc
        return error
    except StopIteration as exc:
        stopped = RuntimeError(f"put {name!r}: the builder raised StopIteration")
        stopped.__cause__ = exc
        return stopped
    except Exception as exc:  # noqa: BLE001 - goes to the Future, whatever it is
        if not build.is_builder:
            exc.__traceback__ = exc.__context__ = None
        return exc


class PutOperation(EffectOperation):
    """A put, which builds its value once it knows the PV's type or its present value.

    Args:
        loop: on which it completes.
        bridge: of that loop.
        core: the Context.
        name: of the PV.
        request: its pvRequest.
        build: makes the value.
        present: the present value is needed whatever the type is.
        retry: it may be executed again after the connection was lost.
        get_after: it ends with the value read back.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        bridge: Bridge,
        core: Context,
        name: str,
        request: Request,
        build: PutValue,
        *,
        present: bool,
        retry: bool,
        get_after: bool,
    ) -> None:
        super().__init__(loop, bridge, core, "put", name)
        self._request = request
        self._build = build
        self._present = present  # the next Prototype is the present value
        self._retry = bool(retry)
        self._get_after = get_after
        self._reading = False  # the value is put, and read back
        self._ready: Value | None = None
        self._link = 0

    def _prepare(self, address: str) -> bool:
        """Make the value if the PV's type is known; False if that failed, and the put with it."""
        if self._present or (known := self._core.prototype(self._name, self._request, address)) is None:
            return True
        prototype, self._link = known
        built = _built(self._name, self._build, prototype, False)
        if isinstance(built, Exception):
            self._fail(built)
            return False
        self._ready = built
        self._present = self._ready is None
        return True

    def _send(self, address: str, deferred: bool) -> None:
        """Start it, after :meth:`_prepare`, on a warm channel with the next flush if deferred."""
        self._address = address
        self._started(
            self._core.put(
                self._name,
                self._request,
                self._bridge.queue,
                self._token,
                self._ready,
                self._link,
                self._present,
                deferred,
                address,
                self._retry,
            )
        )
        self._ready = None

    def _begin(self, server: str | HostName, timeout: float | None) -> None:
        """Prepare and start it, as soon as the server's address is known."""

        def begin(address: str) -> None:
            if self._prepare(address):
                self._send(address, self._bridge.joins(self._core))

        self._at(server, begin)
        if not self.done():
            self._limit(timeout)

    def _receive(self, item: object) -> None:
        if self.done():
            return
        if isinstance(item, Prototype):
            self._supply(item)
        elif isinstance(item, Value) and self._get_after and not self._reading:
            self._reading = True
            waiter = self._core.get(
                self._name, ALL, self._bridge.queue, self._token, False, self._address or ""
            )
            if waiter is None:
                self._fail(self._closed())
            else:
                self._waiter = waiter
        else:
            super()._receive(item)

    def _supply(self, asked: Prototype) -> None:
        if self._waiter is None:
            return
        try:
            value = _built(self._name, self._build, asked.value, self._present)
        except BaseException as exc:
            self._fail(exc)  # as a task that ends the loop
            raise
        if isinstance(value, Exception):
            self._fail(value)
        elif value is not None:
            self._waiter.supply(value, asked.link)
        else:
            self._present = True
            self._waiter.fetch()

    def _timeout_error(self, seconds: float) -> Timeout:
        before = "the value was put, but not read back: " if self._reading else ""
        return timeout_error(
            self._what(), self._name, self._waiter, seconds,
            host=self._host, address=self._address, before=before,
        )  # fmt: skip
