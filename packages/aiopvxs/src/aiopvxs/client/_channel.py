"""Handles of channels."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from types import EllipsisType, TracebackType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from aiopvxs_core.client import Channel as CoreChannel
from aiopvxs_core.data import Value

from ._connecting import Connecting, States
from ._events import ConnectionState, Finished
from ._monitor import _MAX_BYTES, _MAX_QUEUE, Event, Overflow
from ._operation import Operation
from ._subscription import Subscription

if TYPE_CHECKING:
    from aiopvxs_nt import Reading

    from ._context import Context

__all__ = ["Channel"]

_M = TypeVar("_M")


class Channel:
    """A PV that a Context holds connected (``pvxs::client::Connect``), from ``ctx.channel(name)``.

    It is there at once, before the PV is found and though it may never be. Until :meth:`close`, or until
    nobody refers to it any more, the Context keeps the connection and the operations that are ready on it,
    however many other PVs are used. May be used from any thread and event loop.
    """

    def __init__(self, context: Context, name: str, server: str | None, held: CoreChannel) -> None:
        self._context = context
        self._name = name
        self._server = server
        self._held = held

    @property
    def name(self) -> str:
        """Name of the PV."""
        return self._name

    @property
    def server(self) -> str | None:
        """The server that it is asked of, None if it is searched for."""
        return self._server

    @property
    def connected(self) -> bool:
        """True while the PV is connected."""
        return self._held.connected

    @property
    def peer(self) -> str | None:
        """Address of the server; None without connection, and for a moment after it came up."""
        return self._held.peer

    @property
    def closed(self) -> bool:
        """True once the handle or its Context was closed."""
        return self._held.closed or self._context.closed

    def close(self) -> None:
        """Hold the channel no longer: :meth:`states` end.

        Operations in progress go on, and the handle's verbs still work, as those of the Context do. May be
        called from any thread, and again.
        """
        self._held.close()

    def wait_connected(self, *, timeout: float | EllipsisType | None = ...) -> asyncio.Future[Channel]:
        """Start to wait until the PV is connected.

        Args:
            timeout: seconds; None waits for ever; the Context's if not given.

        Returns:
            A Future of this handle, done at once if the PV is connected.

        Raises:
            RuntimeError: no event loop runs.
            ValueError: a ``timeout`` that is no number.
            Closed: the handle is closed.

        The Future raises Timeout with phase "connect", or Closed.
        """
        seconds = self._context._seconds(timeout)
        connecting = Connecting(self._context._core, self._name)
        connecting._wait(self, seconds)
        return connecting

    def states(self) -> States:
        """Iterate over the state of the connection: first the present one, then each change.

        ``async for state in channel.states()`` yields :class:`ConnectionState` objects, none of them lost
        and none twice, whatever time the consumer takes. Each call gives an iterator of its own, for the
        event loop that runs now. It ends when the handle is closed, and raises Closed when the Context is.

        Raises:
            RuntimeError: no event loop runs.
            Closed: the handle is closed.
        """
        return States(self)

    def get(
        self,
        *,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        process: bool | str | None = None,
        timeout: float | EllipsisType | None = ...,
    ) -> Operation:
        """Start to read the PV, as :meth:`Context.get` does."""
        return self._context.get(
            self._name, fields=fields, request=request, process=process, timeout=timeout, server=self._server
        )

    def put(
        self,
        value: object,
        *,
        wait: bool | None = None,
        process: bool | str | None = None,
        request: str | None = None,
        fetch: bool | None = None,
        get_after: bool = False,
        only: str | Iterable[str] | None = None,
        retry: bool = False,
        timeout: float | EllipsisType | None = ...,
    ) -> Operation:
        """Start to write the PV, as :meth:`Context.put` does."""
        return self._context.put(
            self._name,
            value,
            wait=wait,
            process=process,
            request=request,
            fetch=fetch,
            get_after=get_after,
            only=only,
            retry=retry,
            timeout=timeout,
            server=self._server,
        )

    @overload
    async def read(
        self,
        *,
        as_: None = None,
        fields: str | Iterable[str] | None = None,
        timeout: float | EllipsisType | None = ...,
    ) -> Reading[Any]: ...
    @overload
    async def read(
        self,
        *,
        as_: type[_M],
        fields: str | Iterable[str] | None = None,
        timeout: float | EllipsisType | None = ...,
    ) -> _M: ...
    async def read(
        self,
        *,
        as_: Any = None,
        fields: str | Iterable[str] | None = None,
        timeout: float | EllipsisType | None = ...,
    ) -> Any:
        """Read the PV as what it means, as :meth:`Context.read` does."""
        return await self._context.read(
            self._name, as_=as_, fields=fields, timeout=timeout, server=self._server
        )

    async def write(
        self,
        value: object,
        *,
        wait: bool | None = None,
        process: bool | str | None = None,
        timeout: float | EllipsisType | None = ...,
    ) -> None:
        """Write an object by what the PV is, as :meth:`Context.write` does."""
        await self._context.write(
            self._name, value, wait=wait, process=process, timeout=timeout, server=self._server
        )

    def rpc(
        self,
        args: object = None,
        /,
        *,
        request: str | None = None,
        timeout: float | EllipsisType | None = ...,
        retry: bool = False,
        **query: object,
    ) -> Operation:
        """Start a remote procedure call, as :meth:`Context.rpc` does."""
        return self._context.rpc(
            self._name, args, request=request, timeout=timeout, server=self._server, retry=retry, **query
        )

    def info(self, *, timeout: float | EllipsisType | None = ...) -> Operation:
        """Start to ask for the type of the PV, as :meth:`Context.info` does."""
        return self._context.info(self._name, timeout=timeout, server=self._server)

    @overload
    def monitor(
        self,
        callback: Callable[[Value], object] | None = None,
        *,
        read: Literal[False] = False,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        events: Literal[False] = False,
        stale: Literal["keep", "raise"] = "keep",
        on_error: Callable[[Exception], object] | None = None,
        max_queue: int | None = _MAX_QUEUE,
        max_bytes: int | None = _MAX_BYTES,
        overflow: Overflow | None = None,
        pipeline: bool = False,
        server_queue: int | None = None,
    ) -> Subscription[Value]: ...

    @overload
    def monitor(
        self,
        callback: Callable[[Reading[Any]], object] | None = None,
        *,
        read: Literal[True],
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        events: Literal[False] = False,
        stale: Literal["keep", "raise"] = "keep",
        on_error: Callable[[Exception], object] | None = None,
        max_queue: int | None = _MAX_QUEUE,
        max_bytes: int | None = _MAX_BYTES,
        overflow: Overflow | None = None,
        pipeline: bool = False,
        server_queue: int | None = None,
    ) -> Subscription[Reading[Any]]: ...

    @overload
    def monitor(
        self,
        callback: Callable[[Reading[Any] | ConnectionState | Finished], object] | None = None,
        *,
        read: Literal[True],
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        events: bool,
        stale: Literal["keep", "raise"] = "keep",
        on_error: Callable[[Exception], object] | None = None,
        max_queue: int | None = _MAX_QUEUE,
        max_bytes: int | None = _MAX_BYTES,
        overflow: Overflow | None = None,
        pipeline: bool = False,
        server_queue: int | None = None,
    ) -> Subscription[Reading[Any] | ConnectionState | Finished]: ...

    @overload
    def monitor(
        self,
        callback: Callable[[Event], object] | None = None,
        *,
        read: Literal[False] = False,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        events: bool,
        stale: Literal["keep", "raise"] = "keep",
        on_error: Callable[[Exception], object] | None = None,
        max_queue: int | None = _MAX_QUEUE,
        max_bytes: int | None = _MAX_BYTES,
        overflow: Overflow | None = None,
        pipeline: bool = False,
        server_queue: int | None = None,
    ) -> Subscription[Event]: ...

    def monitor(
        self,
        callback: Callable[[Any], object] | None = None,
        *,
        read: bool = False,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        events: bool = False,
        stale: Literal["keep", "raise"] = "keep",
        on_error: Callable[[Exception], object] | None = None,
        max_queue: int | None = _MAX_QUEUE,
        max_bytes: int | None = _MAX_BYTES,
        overflow: Overflow | None = None,
        pipeline: bool = False,
        server_queue: int | None = None,
    ) -> Subscription[Any]:
        """Start to follow the PV, as :meth:`Context.monitor` does."""
        follow: Callable[..., Subscription[Any]] = self._context.monitor
        return follow(
            self._name,
            callback,
            read=read,
            fields=fields,
            request=request,
            events=events,
            stale=stale,
            on_error=on_error,
            max_queue=max_queue,
            max_bytes=max_bytes,
            overflow=overflow,
            pipeline=pipeline,
            server_queue=server_queue,
            server=self._server,
        )

    def __enter__(self) -> Channel:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if self.closed:
            state = "closed"
        else:
            state = f"connected to {self.peer}" if self.connected else "not connected"
        return f"<aiopvxs.client.Channel {self._name!r} {state}>"
