"""Channels, servers, and the connections of a Context as a whole."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator
from types import EllipsisType

from .. import client
from ._base import Verbs
from ._channel import Channel
from ._stream import each_of

__all__ = ["Connect"]


class Connect(Verbs):
    """Gives a Context ``channel``, ``connect``, ``discover``, ``list``, ``report`` and the like."""

    def channel(self, name: str, *, server: str | None = None) -> Channel:
        """Return a handle of a PV, at once (:meth:`aiopvxs.client.Context.channel`)."""
        return Channel(self, self._ctx.channel(name, server=server))

    def connect(
        self, name: str, *, timeout: float | EllipsisType | None = ..., server: str | None = None
    ) -> Channel:
        """Wait until a PV is connected; return its handle (:meth:`aiopvxs.client.Context.connect`)."""
        of = self._thread.call(lambda: self._ctx.connect(name, timeout=timeout, server=server))
        return Channel(self, of)

    def discover(self, *, ping: bool = True, timeout: float | None = None) -> Iterator[client.Discovered]:
        """Iterate over servers as they appear and go (:meth:`aiopvxs.client.Context.discover`).

        Args:
            ping: ask servers to tell of themselves, instead of waiting for their beacons.
            timeout: seconds after which it ends; None: never.
        """
        return each_of(self._thread, lambda: self._ctx.discover(ping=ping, timeout=timeout))

    def list(self, server: str | None = None, *, timeout: float | None = 1.0) -> builtins.list[str]:
        """Return the names of the PVs of a server, or of all (:meth:`aiopvxs.client.Context.list`)."""
        return self._thread.call(lambda: self._ctx.list(server, timeout=timeout))

    def report(self) -> client.Report:
        """Return what is connected (:meth:`aiopvxs.client.Context.report`)."""
        return self._thread.call(self._ctx.report)

    def hurry_up(self) -> None:
        """Search for PVs that were not found yet (:meth:`aiopvxs.client.Context.hurry_up`)."""
        self._thread.call(self._ctx.hurry_up)

    def cache_clear(self, name: str | None = None) -> None:
        """Forget channels that nobody uses (:meth:`aiopvxs.client.Context.cache_clear`)."""
        self._thread.call(lambda: self._ctx.cache_clear(name))

    def ignore_server_guids(self, guids: Iterable[str | bytes]) -> None:
        """Take no notice of servers (:meth:`aiopvxs.client.Context.ignore_server_guids`)."""
        self._thread.call(lambda: self._ctx.ignore_server_guids(guids))
