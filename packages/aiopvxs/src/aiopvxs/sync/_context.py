"""The client Context whose verbs wait."""

from __future__ import annotations

import weakref
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import EllipsisType, TracebackType
from typing import Any, Literal, overload

from aiopvxs_core.data import Value
from aiopvxs_core.errors import Closed

from .. import client
from .._loop_thread import LoopThread
from ._connect import Connect
from ._monitor import Monitor
from ._read import Read

__all__ = ["Context"]


class Context(Connect, Monitor, Read):
    """A PVAccess client whose verbs wait: :class:`aiopvxs.client.Context` on a thread of its own.

    May be used by many threads, also where an event loop runs (as in Jupyter). Ctrl-C ends a call at once
    with KeyboardInterrupt, and the network operation with it. Errors are those of the asynchronous client. It
    need not be closed.

    Args:
        config: EPICS_PVA_* settings, laid over the environment; a key replaces. Or the ``config`` of a
            Server, which is complete: the Context finds this server, and no other.
        use_env: False lays them over the defaults of PVXS instead.
        timeout: of each operation that is given none, in seconds; None waits for ever.

    Raises:
        ValueError: a setting that is unknown or cannot be parsed, or a timeout that is no number; the text
            names it.
        OSError: the network cannot be used.
    """

    def __init__(
        self,
        config: Mapping[str, object] | None = None,
        *,
        use_env: bool = True,
        timeout: float | None = 5.0,
    ) -> None:
        self._thread = LoopThread()
        self._ctx = client.Context(config, use_env=use_env, timeout=timeout)
        # also at the end of the process, before the interpreter's
        self._end = weakref.finalize(self, _end, self._ctx, self._thread)

    @property
    def config(self) -> dict[str, str]:
        """The effective configuration, as EPICS_PVA_* settings."""
        return self._ctx.config

    @property
    def closed(self) -> bool:
        """True once :meth:`close` was called."""
        return self._ctx.closed

    @overload
    def get(
        self,
        name: str,
        *,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        process: bool | str | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> Value: ...
    @overload
    def get(
        self,
        name: list[str] | tuple[str, ...],
        *,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        process: bool | str | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
        return_exceptions: Literal[False] = False,
    ) -> list[Value]: ...
    @overload
    def get(
        self,
        name: list[str] | tuple[str, ...],
        *,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        process: bool | str | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
        return_exceptions: bool,
    ) -> list[Value | Exception]: ...
    def get(
        self,
        name: Any,
        *,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        process: bool | str | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
        return_exceptions: bool = False,
    ) -> object:
        """Read a PV, or a list of them (:meth:`aiopvxs.client.Context.get`)."""
        verb: Callable[..., Awaitable[object]] = self._ctx.get
        return self._thread.call(
            lambda: verb(
                name,
                fields=fields,
                request=request,
                process=process,
                timeout=timeout,
                server=server,
                return_exceptions=return_exceptions,
            )
        )

    @overload
    def put(
        self,
        name: str,
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
        server: str | None = None,
    ) -> Value: ...
    @overload
    def put(
        self,
        name: Mapping[str, object],
        *,
        wait: bool | None = None,
        process: bool | str | None = None,
        request: str | None = None,
        fetch: bool | None = None,
        get_after: bool = False,
        only: str | Iterable[str] | None = None,
        retry: bool = False,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
        return_exceptions: Literal[False] = False,
    ) -> dict[str, Value]: ...
    @overload
    def put(
        self,
        name: Mapping[str, object],
        *,
        wait: bool | None = None,
        process: bool | str | None = None,
        request: str | None = None,
        fetch: bool | None = None,
        get_after: bool = False,
        only: str | Iterable[str] | None = None,
        retry: bool = False,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
        return_exceptions: bool,
    ) -> dict[str, Value | Exception]: ...
    def put(
        self,
        name: Any,
        value: Any = ...,
        *,
        wait: bool | None = None,
        process: bool | str | None = None,
        request: str | None = None,
        fetch: bool | None = None,
        get_after: bool = False,
        only: str | Iterable[str] | None = None,
        retry: bool = False,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
        return_exceptions: bool = False,
    ) -> object:
        """Write a PV, or a dict of them (:meth:`aiopvxs.client.Context.put`).

        A function that is given the present value runs on the Context's own thread.
        """
        verb: Callable[..., Awaitable[object]] = self._ctx.put
        return self._thread.call(
            lambda: verb(
                name,
                value,
                wait=wait,
                process=process,
                request=request,
                fetch=fetch,
                get_after=get_after,
                only=only,
                retry=retry,
                timeout=timeout,
                server=server,
                return_exceptions=return_exceptions,
            )
        )

    def rpc(
        self,
        name: str,
        args: object = None,
        /,
        *,
        request: str | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
        retry: bool = False,
        **query: object,
    ) -> Value:
        """Call a remote procedure (:meth:`aiopvxs.client.Context.rpc`)."""
        return self._thread.call(
            lambda: self._ctx.rpc(
                name, args, request=request, timeout=timeout, server=server, retry=retry, **query
            )
        )

    def info(
        self, name: str, *, timeout: float | EllipsisType | None = ..., server: str | None = None
    ) -> Value:
        """Return an empty Value of a PV's type (:meth:`aiopvxs.client.Context.info`)."""
        return self._thread.call(lambda: self._ctx.info(name, timeout=timeout, server=server))

    def close(self) -> None:
        """End everything pending with Closed, the connections and the thread. May be called again."""
        self._end()

    def __enter__(self) -> Context:
        if self.closed:
            raise Closed("The Context is closed")
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self._ctx).replace("aiopvxs.client.", "aiopvxs.sync.")


def _end(ctx: client.Context, thread: LoopThread) -> None:
    ctx.close()
    thread.close()
