"""One Future for an operation on many PVs."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from aiopvxs_core.client import Context, Failure, Request, Waiter
from aiopvxs_core.data import Value
from aiopvxs_core.errors import Closed, Timeout

from .._loop import Bridge
from ._failures import error_of, missing, phase_of, searched, shortened, timeout_error
from ._pending import Effect, Pending, log
from ._put_operation import PutOperation
from ._server_address import HostName

if TYPE_CHECKING:
    from aiopvxs_nt.asked import Asked

__all__ = ["GetGroup", "PutGroup", "PutPart"]

_T = TypeVar("_T")


class _Part(Protocol):
    """The operation on one of the PVs."""

    _name: str
    _waiter: Waiter | None

    def _abandon(self) -> None:
        """End it."""


_P = TypeVar("_P", bound=_Part)


class _Group(Pending[_T], Generic[_T, _P]):
    """Done when all its parts are; the first that fails ends the others, unless exceptions are results."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        core: Context,
        verb: str,
        names: list[str],
        return_exceptions: bool,
    ) -> None:
        super().__init__(loop=loop)
        self._core = core
        self._verb = verb
        self._names = names
        self._return_exceptions = return_exceptions
        self._parts: list[_P] = []
        self._results: list[Value | Exception | None] = [None] * len(names)
        self._left = len(names)
        self._warned = False

    def _collected(self) -> Any:
        """Return what the Future gives, of the results."""
        return self._results

    def _settle(self, index: int, result: Value | Exception) -> None:
        """Take the end of one part."""
        if self.done():
            return
        self._results[index] = result
        self._left -= 1
        if isinstance(result, Exception) and not self._return_exceptions:
            self._fail(result)
        elif not self._left:
            self._complete()

    def _complete(self) -> None:
        self._no_limit()
        self._parts.clear()
        self.set_result(self._collected())

    def _end_network(self) -> None:
        self._no_limit()
        for part, result in zip(self._parts, self._results, strict=False):
            if result is None:
                part._abandon()
        self._parts.clear()

    def _expire(self) -> None:
        if self.done():
            return
        seconds = self._seconds or 0.0
        if self._host is not None:
            self._fail(timeout_error(self._what(), None, None, seconds, host=self._host))
            return
        late = [index for index, result in enumerate(self._results) if result is None]
        if not self._return_exceptions:
            self._fail(self._timeout_error([self._parts[index] for index in late], seconds))
            return
        errors = []
        for index in late:
            part = self._parts[index]
            errors.append(self._one_timeout(part, seconds))
        self._end_network()
        for index, error in zip(late, errors, strict=True):
            self._results[index] = error
        self._complete()

    def _one_timeout(self, part: _P, seconds: float) -> Timeout:
        return timeout_error(
            f"{self._verb} {part._name!r}", part._name, part._waiter, seconds, address=self._address
        )

    def _timeout_error(self, late: list[_P], seconds: float) -> Timeout:
        if len(late) == 1:
            return self._one_timeout(late[0], seconds)
        phases = [phase_of(part._waiter) for part in late]
        reasons: dict[str, list[str]] = {}
        for part, phase in zip(late, phases, strict=True):
            reason = (
                missing(part._waiter, phase, self._address)
                if part._waiter is not None
                else "it was not started"
            )
            reasons.setdefault(reason, []).append(part._name)
        why = "; ".join(f"{reason}: {shortened(names)}" for reason, names in reasons.items())
        text = f"{self._what()}: no answer from {len(late)} of them within {seconds:g} s: {why}"
        return Timeout(text, phase=min(phases, key=("connect", "init", "exec").index))

    def _waits_long(self) -> None:
        """Warn of those still searched for: once for all."""
        if self.done() or self._warned:
            return
        self._warned = True
        names = [
            part._name
            for part, result in zip(self._parts, self._results, strict=False)
            if result is None and part._waiter is not None and part._waiter.phase == "connect"
        ]
        if names:
            where = searched(self._core, self._address)
            log.warning(
                "%s: %d PVs are not connected after 5 s, and are searched for %s: %s",
                self._what(),
                len(names),
                where,
                shortened(names),
            )

    def _what(self) -> str:
        return f"{self._verb} of {len(self._names)} PVs"


class _GetPart:
    """One of many gets: no Future of its own."""

    __slots__ = ("_group", "_index", "_name", "_token", "_waiter")

    def __init__(self, group: GetGroup, index: int, name: str) -> None:
        self._group = group
        self._index = index
        self._name = name
        self._token = 0
        self._waiter: Waiter | None = None

    def _receive(self, item: object) -> None:
        self._group._bridge.forget(self._token)
        if isinstance(item, Failure):
            item = error_of(f"get {self._name!r}", self._name, item)
        asked = self._group._asked
        if asked is not None and isinstance(item, Value):
            asked.note_on(item)
        if not isinstance(item, (Value, Exception)):
            raise TypeError(f"get {self._name!r}: unexpected completion {item!r}")
        self._group._settle(self._index, item)

    def _abandon(self) -> None:
        self._group._bridge.forget(self._token)
        if self._waiter is not None:
            self._waiter.cancel()

    _loop_closed = _abandon

    def _waits_long(self) -> None:
        self._group._waits_long()


class GetGroup(_Group[list[Value], _GetPart]):
    """Gets of many PVs."""

    _asked: Asked | None = None  # of gets that do not ask for all

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        bridge: Bridge,
        core: Context,
        names: list[str],
        request: Request,
        return_exceptions: bool,
    ) -> None:
        super().__init__(loop, core, "get", names, return_exceptions)
        self._bridge = bridge
        self._request = request

    def _begin(self, server: str | HostName, timeout: float | None) -> None:
        self._limit(timeout)
        self._at(server, self._send)

    def _send(self, address: str) -> None:
        if not self._names:
            self._complete()
        get, queue, request = self._core.get, self._bridge.queue, self._request
        register, parts = self._bridge.register, self._parts
        for index, name in enumerate(self._names):
            part = _GetPart(self, index, name)
            part._token = token = register(part._receive)
            parts.append(part)
            part._waiter = waiter = get(name, request, queue, token, True, address)
            if waiter is None:
                self._end_network()
                raise Closed(f"{self._what()}: the Context is closed")
        self._core.flush()


class PutPart(PutOperation):
    """One of many puts, which keeps its failure to the group."""

    _group: PutGroup

    def _abandon(self) -> None:
        self.cancel()

    def _waits_long(self) -> None:
        self._group._waits_long()


class PutGroup(Effect[dict[str, Value]], _Group[dict[str, Value], PutPart]):
    """Puts to many PVs."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        core: Context,
        puts: dict[str, PutPart],
        return_exceptions: bool,
    ) -> None:
        super().__init__(loop, core, "put", [part._name for part in puts.values()], return_exceptions)
        self._keys = list(puts)
        for index, part in enumerate(puts.values()):
            part._group = self
            part.add_done_callback(partial(self._put_done, index))
            self._parts.append(part)

    def _collected(self) -> dict[str, Any]:
        return dict(zip(self._keys, self._results, strict=True))

    def _begin(self, server: str | HostName, timeout: float | None) -> None:
        self._limit(timeout)
        self._at(server, self._send)

    def _send(self, address: str) -> None:
        self._address = address
        if not self._parts:
            self._complete()
        # a value that is known not to fit keeps all from being sent
        fit = [part._prepare(address) for part in self._parts]
        if not all(fit) and not self._return_exceptions:
            return
        try:
            for part in self._parts:
                if not part.done():
                    part._send(address, True)
            self._core.flush()
        except Closed:
            self._end_network()
            raise

    def _put_done(self, index: int, done: asyncio.Future[Value]) -> None:
        if not done.cancelled():
            exc = done.exception()
            self._settle(index, done.result() if exc is None else exc)  # type: ignore[arg-type]
