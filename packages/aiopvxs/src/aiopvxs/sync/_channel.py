"""Handles of channels for callers that wait."""

from __future__ import annotations

from collections.abc import Iterable
from types import EllipsisType, TracebackType

from aiopvxs_core.data import Value

from .. import client
from ._base import Verbs

__all__ = ["Channel"]


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
