"""The client Context."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Iterable, Mapping
from functools import partial
from types import EllipsisType, TracebackType

from aiopvxs_core import client as core
from aiopvxs_core.data import Value
from aiopvxs_core.errors import Closed

from .._exit import Stage, at_exit
from .._loop import running_bridge
from ._config import effective_settings
from ._operation import Operation, PutOperation
from ._put_value import build_put_value, needs_present
from ._request import make_request

__all__ = ["Context"]

# What a Context keeps ready for the next operation on a PV: at most so many channels, and so many bytes
# of their latest values.
_MAX_CHANNELS = 4096
_MAX_BYTES = 64 * 1024 * 1024

_contexts: weakref.WeakSet[Context] = weakref.WeakSet()


class Context:
    """A PVAccess client (``pvxs::client::Context``).

    May be made before or inside an event loop, and serves many loops and threads: each operation
    completes on the loop that started it. It need not be closed.

    Args:
        config: EPICS_PVA_* settings, laid over the environment; a key replaces.
        use_env: False lays them over the defaults of pvxs instead.
        timeout: of each operation that is given none, in seconds; None waits for ever.

    Raises:
        ValueError: a setting that is unknown or cannot be parsed; the text names it.
        OSError: the network cannot be used.
    """

    def __init__(
        self,
        config: Mapping[str, object] | None = None,
        *,
        use_env: bool = True,
        timeout: float | None = None,
    ) -> None:
        self._timeout = timeout
        self._core = core.Context(effective_settings(config, use_env), _MAX_CHANNELS, _MAX_BYTES)
        self._all = make_request()
        _contexts.add(self)

    def get(
        self,
        name: str,
        *,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        process: bool | str | None = None,
        timeout: float | EllipsisType | None = ...,
    ) -> Operation:
        """Start to read a PV.

        Args:
            name: of the PV.
            fields: names of the fields to read, separated by commas or as an iterable; the others hold
                their defaults, unmarked. None reads all.
            request: a whole pvRequest expression, instead of ``fields`` and ``process``.
            process: ask the server to process the record: True, False or "passive".
            timeout: seconds; None waits for ever; the Context's if not given.

        Returns:
            A Future of the Value. Cancelling it ends the network operation.

        Raises:
            RuntimeError: no event loop runs.
            ValueError: an empty name, or a malformed or contradicting request.
            Closed: the Context is closed.

        The Future raises RemoteError, Timeout, Disconnected (only with ``process``) or Closed.
        """
        loop, bridge = running_bridge()
        if fields is None and request is None and process is None:
            asked = self._all
        else:
            asked = make_request(fields=fields, request=request, process=process)
        _check_name(name)
        operation = Operation(loop, bridge, "get", name)
        waiter = self._core.get(name, asked, bridge.queue, operation._token, bridge.joins(self._core))
        operation._started(waiter, self._timeout if timeout is ... else timeout)
        return operation

    def put(
        self,
        name: str,
        value: object,
        *,
        wait: bool | None = None,
        process: bool | str | None = None,
        request: str | None = None,
        timeout: float | EllipsisType | None = ...,
    ) -> Operation:
        """Start to write a PV.

        Args:
            name: of the PV.
            value: a plain value for the field ``value`` (for an enum: an index or a choice); a dict of
                fields; a Value, whose marked leaves are sent; or a function that is given the present
                value and returns one of these.
            wait: ask the server to answer only when the record has finished (``block``).
            process: ask the server to process the record: True, False or "passive".
            request: a whole pvRequest expression, instead of ``wait`` and ``process``.
            timeout: seconds; None waits for ever; the Context's if not given.

        Returns:
            A Future of an empty Value. Cancelling it ends the network operation.

        Raises:
            RuntimeError: no event loop runs.
            ValueError: an empty name, or a malformed or contradicting request.
            Closed: the Context is closed.

        The Future raises NoConvert or FieldLookupError if the value does not fit the PV, RemoteError,
        Timeout, Closed, or Disconnected if the connection was lost while the server had the value: it is
        not sent twice.
        """
        loop, bridge = running_bridge()
        if wait is None and request is None and process is None:
            asked = self._all
        else:
            asked = make_request(request=request, process=process, wait=wait)
        _check_name(name)
        build = partial(build_put_value, name, value)
        present = needs_present(value)
        ready: Value | None = None
        link = 0
        operation = PutOperation(loop, bridge, name, build, present)
        if not present and (known := self._core.prototype(name, asked)) is not None:
            prototype, link = known
            try:
                ready = build(prototype, False)
            except Exception as exc:  # noqa: BLE001 - goes to the Future, whatever it is
                operation._fail(exc)
                return operation
            present = operation._present = ready is None
        waiter = self._core.put(name, asked, bridge.queue, operation._token, ready, link, present)
        operation._started(waiter, self._timeout if timeout is ... else timeout)
        return operation

    @property
    def config(self) -> dict[str, str]:
        """The effective configuration, as EPICS_PVA_* settings."""
        return self._core.config

    @property
    def closed(self) -> bool:
        """True once :meth:`close` was called."""
        return self._core.closed

    def close(self) -> None:
        """End everything pending with Closed, at once, and then the connections.

        May be called from any thread, and again. Where an event loop runs it returns at once and the
        connections end in the background; ``await aclose()`` waits for them.
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            self._core.close(True)
        else:
            self._core.close(False)

    async def aclose(self) -> None:
        """Close and wait until the connections have ended."""
        self._core.close(False)
        await asyncio.to_thread(self._core.close, True)

    async def __aenter__(self) -> Context:
        if self.closed:
            raise Closed("The Context is closed")
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        state = "closed" if self.closed else self.config.get("EPICS_PVA_ADDR_LIST", "")
        return f"<aiopvxs.client.Context {state}>"


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name:
        raise ValueError(f"A PV is named by a str that is not empty, not by {name!r}")


@at_exit(Stage.contexts)
def _close_all() -> None:
    for context in list(_contexts):
        context._core.close(False)
