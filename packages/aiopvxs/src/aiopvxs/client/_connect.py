"""Channel handles, and connecting."""

from __future__ import annotations

import asyncio
from types import EllipsisType
from typing import TYPE_CHECKING, cast

from aiopvxs_core.errors import Closed

from ._base import Verbs, check_name
from ._channel import Channel
from ._connecting import Connecting
from ._server_address import HostName

if TYPE_CHECKING:
    from ._context import Context

__all__ = ["Connect"]


class Connect(Verbs):
    """Gives a Context ``channel`` and ``connect``."""

    def channel(self, name: str, *, server: str | None = None) -> Channel:
        """Return a handle of a PV, at once; the Context begins to look for it.

        No event loop is needed. The handle holds the channel open: see :class:`Channel`.

        Args:
            name: of the PV.
            server: address of the server to ask, ``"ip[:port]"``, instead of a search. Not a host name,
                since looking it up takes a while: :meth:`connect` takes one.

        Raises:
            ValueError: an empty name, a malformed ``server`` or a host name.
            Closed: the Context is closed.
        """
        name = check_name(name)
        to = self._server(server)
        if isinstance(to, HostName):
            raise ValueError(
                f"channel {name!r}: server={server!r} is a host name, which has to be looked up: "
                "give its numeric address, or use await ctx.connect(...)"
            )
        return self._handle(name, to)

    def _handle(self, name: str, address: str) -> Channel:
        held = self._core.channel(name, address)
        if held is None:
            raise Closed(f"channel {name!r}: the Context is closed", pv=name)
        return Channel(cast("Context", self), name, address or None, held)

    def connect(
        self, name: str, *, timeout: float | EllipsisType | None = ..., server: str | None = None
    ) -> asyncio.Future[Channel]:
        """Start to connect to a PV.

        Args:
            name: of the PV.
            timeout: seconds; None waits for ever; the Context's if not given.
            server: address of the server to ask, ``"host[:port]"``, instead of a search.

        Returns:
            A Future of its handle, connected. Cancelling it ends the search.

        Raises:
            RuntimeError: no event loop runs.
            ValueError: an empty name, a malformed ``server``, or a ``timeout`` that is no number.
            Closed: the Context is closed.

        The Future raises Timeout with phase "connect", Closed, or Error if the server's host name is not
        known.
        """
        name = check_name(name)
        to = self._server(server)
        seconds = self._seconds(timeout)
        connecting = Connecting(self._core, name)
        connecting._connect(to, seconds, lambda address: self._handle(name, address))
        return connecting
