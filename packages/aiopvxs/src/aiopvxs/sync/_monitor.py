"""Following PVs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Literal, overload

from aiopvxs_core.data import Value

from .. import client
from ..client import ConnectionState, Finished
from ._base import Verbs
from ._subscription import Subscription

if TYPE_CHECKING:
    from aiopvxs_nt import Reading

__all__ = ["Monitor"]

Overflow = Literal["squash", "drop_oldest", "block", "error"]
Event = Value | ConnectionState | Finished


class Monitor(Verbs):
    """Gives a Context ``monitor`` and ``until``."""

    @overload
    def monitor(
        self,
        name: str,
        callback: Callable[[Value], object] | None = None,
        *,
        read: Literal[False] = False,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        events: Literal[False] = False,
        stale: Literal["keep", "raise"] = "keep",
        on_error: Callable[[Exception], object] | None = None,
        max_queue: int | None = ...,
        max_bytes: int | None = ...,
        overflow: Overflow | None = None,
        pipeline: bool = False,
        server_queue: int | None = None,
        server: str | None = None,
    ) -> Subscription[Value]: ...

    @overload
    def monitor(
        self,
        name: str,
        callback: Callable[[Reading[Any]], object] | None = None,
        *,
        read: Literal[True],
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        events: Literal[False] = False,
        stale: Literal["keep", "raise"] = "keep",
        on_error: Callable[[Exception], object] | None = None,
        max_queue: int | None = ...,
        max_bytes: int | None = ...,
        overflow: Overflow | None = None,
        pipeline: bool = False,
        server_queue: int | None = None,
        server: str | None = None,
    ) -> Subscription[Reading[Any]]: ...

    @overload
    def monitor(
        self,
        name: str,
        callback: Callable[[Reading[Any] | ConnectionState | Finished], object] | None = None,
        *,
        read: Literal[True],
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        events: bool,
        stale: Literal["keep", "raise"] = "keep",
        on_error: Callable[[Exception], object] | None = None,
        max_queue: int | None = ...,
        max_bytes: int | None = ...,
        overflow: Overflow | None = None,
        pipeline: bool = False,
        server_queue: int | None = None,
        server: str | None = None,
    ) -> Subscription[Reading[Any] | ConnectionState | Finished]: ...

    @overload
    def monitor(
        self,
        name: str,
        callback: Callable[[Event], object] | None = None,
        *,
        read: Literal[False] = False,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        events: bool,
        stale: Literal["keep", "raise"] = "keep",
        on_error: Callable[[Exception], object] | None = None,
        max_queue: int | None = ...,
        max_bytes: int | None = ...,
        overflow: Overflow | None = None,
        pipeline: bool = False,
        server_queue: int | None = None,
        server: str | None = None,
    ) -> Subscription[Event]: ...

    def monitor(
        self,
        name: str,
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
        server: str | None = None,
    ) -> Subscription[Any]:
        """Follow a PV: ``for value in ctx.monitor(name)`` (:meth:`aiopvxs.client.Context.monitor`).

        Returns at once; iterating waits, without a timeout. A callback runs on the Context's own thread,
        where none of its verbs may be called.
        """

        async def start() -> client.Subscription[Any]:
            follow: Callable[..., client.Subscription[Any]] = self._ctx.monitor
            return follow(
                name,
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
                server=server,
            )

        return Subscription(self, self._thread.call(start))

    def until(
        self,
        name: str,
        value_or_predicate: object,
        *,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> Value:
        """Wait until a PV has a value (:meth:`aiopvxs.client.Context.until`)."""
        return self._thread.call(
            lambda: self._ctx.until(
                name,
                value_or_predicate,
                fields=fields,
                request=request,
                timeout=timeout,
                server=server,
            )
        )
