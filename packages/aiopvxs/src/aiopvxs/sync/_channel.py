"""Handles of channels for callers that wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import EllipsisType, TracebackType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from aiopvxs_core.data import Value

from .. import client
from ._base import Verbs
from ._monitor import Overflow
from ._stream import each_of
from ._subscription import Subscription

if TYPE_CHECKING:
    from aiopvxs_nt import Reading

__all__ = ["Channel"]

_M = TypeVar("_M")


class Channel:
    """A PV that a Context holds connected, from :meth:`Context.channel` (:class:`aiopvxs.client.Channel`)."""

    def __init__(self, context: Verbs, of: client.Channel) -> None:
        self._context = context  # alive as long as this is
        self._of = of

    @property
    def name(self) -> str:
        """Name of the PV."""
        return self._of.name

    @property
    def server(self) -> str | None:
        """The server that it is asked of, None if it is searched for."""
        return self._of.server

    @property
    def connected(self) -> bool:
        """True while the PV is connected."""
        return self._of.connected

    @property
    def peer(self) -> str | None:
        """Address of the server; None without connection."""
        return self._of.peer

    @property
    def closed(self) -> bool:
        """True once the handle or its Context was closed."""
        return self._of.closed

    def wait_connected(self, *, timeout: float | EllipsisType | None = ...) -> None:
        """Wait until the PV is connected (:meth:`aiopvxs.client.Channel.wait_connected`)."""
        self._context._thread.call(lambda: self._of.wait_connected(timeout=timeout))

    def get(
        self,
        *,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        process: bool | str | None = None,
        timeout: float | EllipsisType | None = ...,
    ) -> Value:
        """Read the PV (:meth:`aiopvxs.client.Context.get`)."""
        return self._context._thread.call(
            lambda: self._of.get(fields=fields, request=request, process=process, timeout=timeout)
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
    ) -> Value:
        """Write the PV (:meth:`aiopvxs.client.Context.put`)."""
        return self._context._thread.call(
            lambda: self._of.put(
                value,
                wait=wait,
                process=process,
                request=request,
                fetch=fetch,
                get_after=get_after,
                only=only,
                retry=retry,
                timeout=timeout,
            )
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
    ) -> Value:
        """Call a remote procedure (:meth:`aiopvxs.client.Context.rpc`)."""
        return self._context._thread.call(
            lambda: self._of.rpc(args, request=request, timeout=timeout, retry=retry, **query)
        )

    def info(self, *, timeout: float | EllipsisType | None = ...) -> Value:
        """Return an empty Value of the PV's type (:meth:`aiopvxs.client.Context.info`)."""
        return self._context._thread.call(lambda: self._of.info(timeout=timeout))

    @overload
    def read(
        self,
        *,
        as_: None = None,
        fields: str | Iterable[str] | None = None,
        timeout: float | EllipsisType | None = ...,
    ) -> Reading[Any]: ...
    @overload
    def read(
        self,
        *,
        as_: type[_M],
        fields: str | Iterable[str] | None = None,
        timeout: float | EllipsisType | None = ...,
    ) -> _M: ...
    def read(
        self,
        *,
        as_: Any = None,
        fields: str | Iterable[str] | None = None,
        timeout: float | EllipsisType | None = ...,
    ) -> Any:
        """Read the PV as what it means (:meth:`aiopvxs.client.Context.read`)."""
        return self._context._thread.call(lambda: self._of.read(as_=as_, fields=fields, timeout=timeout))

    def write(
        self,
        value: object,
        *,
        wait: bool | None = None,
        process: bool | str | None = None,
        timeout: float | EllipsisType | None = ...,
    ) -> None:
        """Write an object by what the PV is (:meth:`aiopvxs.client.Context.write`)."""
        self._context._thread.call(lambda: self._of.write(value, wait=wait, process=process, timeout=timeout))

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
        max_queue: int | None = 1024,
        max_bytes: int | None = 64 * 1024 * 1024,
        overflow: Overflow | None = None,
        pipeline: bool = False,
        server_queue: int | None = None,
    ) -> Subscription[Any]:
        """Follow the PV (:meth:`Context.monitor`)."""
        follow: Callable[..., client.Subscription[Any]] = self._of.monitor

        async def start() -> client.Subscription[Any]:
            return follow(
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
            )

        return Subscription(self._context, self._context._thread.call(start))

    def states(self) -> Iterator[client.ConnectionState]:
        """Iterate over the state of the connection: first the present one, then each change.

        Each step waits for the next (:meth:`aiopvxs.client.Channel.states`).
        """
        return each_of(self._context._thread, self._of.states)

    def close(self) -> None:
        """Hold the channel no longer; harmless again."""
        self._of.close()

    def __enter__(self) -> Channel:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self._of).replace("aiopvxs.client.", "aiopvxs.sync.")
