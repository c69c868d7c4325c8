"""Looking for servers."""

from __future__ import annotations

import asyncio
import weakref
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Literal

from aiopvxs_core.client import Context as CoreContext
from aiopvxs_core.client import Discovery, Failure, Found
from aiopvxs_core.errors import Closed

from ._base import Verbs
from ._stream import Stream
from ._timeout import check_timeout

__all__ = ["Discover", "Discovered", "Discoveries"]


@dataclass(frozen=True)
class Discovered:
    """A server was found, or is no longer there (``pvxs::client::Discovered``)."""

    event: Literal["online", "timeout"]
    """``online``: it was found; ``timeout``: it began anew under another GUID, or nothing was heard of it for
    six minutes."""
    server: str
    """Address that it serves at, ``host:port``, as ``server=`` takes it."""
    peer: str | None
    """Address that the news came from; None for a server that fell silent."""
    proto: str
    """Protocol that it serves by, usually "tcp"."""
    guid: bytes
    """What the server calls itself since it began: 12 bytes, as :meth:`Context.ignore_server_guids` takes
    them."""
    time: datetime
    """When, in UTC."""
    peer_version: int
    """Version of the protocol that it speaks."""


class Discoveries(Stream[Discovered]):
    """The servers that :meth:`Context.discover` finds."""

    def __init__(self, core: CoreContext, ping: bool, timeout: float | None) -> None:
        super().__init__()
        self._core = core
        self._ping = bool(ping)
        self._timeout = timeout
        self._timer: asyncio.TimerHandle | None = None
        self._beginning: asyncio.Future[Discovery | None] | None = None
        self._discovery: Discovery | None = None

    async def __anext__(self) -> Discovered:
        if self._discovery is None and not self._ended:
            await self._begin()
        return await super().__anext__()

    async def _begin(self) -> None:
        # the search has a pvxs Context of its own, for one tells of each server once
        if self._beginning is None:
            self._beginning = self._loop.run_in_executor(
                None, self._core.discover, self._ping, self._bridge.queue, self._token
            )
        try:
            # a step that is cancelled meanwhile leaves it to the next one
            found = await asyncio.shield(self._beginning)
        except Exception:
            self._beginning = None
            raise
        if found is None:
            self._end(Closed("discover: the Context is closed"))
        elif self._discovery is None and not self._ended:
            self._discovery = found
            if self._timeout is not None:
                self._timer = self._loop.call_later(max(self._timeout, 0.0), _expire, weakref.ref(self))

    def _receive(self, item: object) -> None:
        if isinstance(item, Found):
            self._add(
                Discovered(
                    event="online" if item.online else "timeout",
                    server=item.server,
                    peer=item.peer or None,
                    proto=item.proto,
                    guid=item.guid,
                    time=datetime.fromtimestamp(item.time, timezone.utc),
                    peer_version=item.peer_version,
                )
            )
        elif isinstance(item, Failure):
            self._end(Closed("discover: the Context was closed"))

    def _end(self, error: Exception | None = None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super()._end(error)

    def _end_source(self) -> None:
        self._beginning = None  # what it gives ends with its last reference
        if self._discovery is not None:
            self._discovery.close()

    def __repr__(self) -> str:
        return f"<discovery of servers, {'ended' if self._ended else 'running'}>"


def _expire(of: weakref.ref[Discoveries]) -> None:
    if (stream := of()) is not None:
        stream._end()


class Discover(Verbs):
    """Gives a Context ``discover``."""

    def discover(self, *, ping: bool = True, timeout: float | None = None) -> Discoveries:
        """Look for servers, where this Context searches for PVs (pvxs ``Context::discover``).

        ``async for found in ctx.discover(timeout=2.0)`` yields each server once when it is found, and again
        when it goes or begins anew. The search begins with the first step of the loop and ends after
        ``timeout``, with ``aclose()``, or when nobody refers to it any more.

        Args:
            ping: ask the servers at the addresses that PVs are searched at (EPICS_PVA_ADDR_LIST) to answer
                now. False waits for them to tell of themselves, which they do every 15 s at first and every
                3 minutes later on, to those that listen where they send it to.
            timeout: seconds from the first step to the end; None goes on for ever.

        Raises:
            RuntimeError: no event loop runs.
            ValueError: a ``timeout`` that is no number.

        The loop raises Closed when the Context is or gets closed, and OSError if there are no sockets to be
        had.
        """
        return Discoveries(self._core, ping, check_timeout(timeout))
