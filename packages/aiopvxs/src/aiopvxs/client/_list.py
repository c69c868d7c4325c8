"""The names of the PVs that servers have."""

from __future__ import annotations

import asyncio
import logging

from aiopvxs_core.data import DataError, Value
from aiopvxs_core.errors import Closed, Error

from ._discover import Discover
from ._rpc import Rpc
from ._timeout import check_timeout

__all__ = ["List"]

_log = logging.getLogger("aiopvxs.client")

# The PV at which every server answers questions about itself, and which none of them advertises.
_PV = "server"


class List(Rpc, Discover):
    """Gives a Context ``list``."""

    async def list(self, server: str | None = None, *, timeout: float | None = 1.0) -> list[str]:
        """Return the names of the PVs of a server, or of all servers.

        Which names a server tells is its own choice: it may have more, such as those of a gateway or those
        made when somebody asks for them.

        Args:
            server: its address, ``"host[:port]"``. None asks all servers that :meth:`discover` finds within
                ``timeout``; one that does not answer is logged and left out.
            timeout: seconds for each answer; None waits for ever for that of a ``server``.

        Returns:
            The names, sorted, each of them once.

        Raises:
            ValueError: a malformed ``server``, or a ``timeout`` that is no number, or is None without a
                ``server``.
            Timeout: the server did not answer.
            RemoteError: the server does not tell its names.
            Error: its answer is no list of names, or its host name is not known.
            Closed: the Context is closed.
        """
        if server is not None:
            return sorted(set(_names(server, await self._ask(server, timeout))))
        if check_timeout(timeout) is None:
            raise ValueError("list: timeout=None looks for servers for ever: give seconds, or server=")
        asked: dict[str, asyncio.Future[Value]] = {}
        try:
            async for found in self.discover(timeout=timeout):
                if found.event == "online" and found.proto == "tcp" and found.server not in asked:
                    asked[found.server] = self._ask(found.server, timeout)
            if asked:
                await asyncio.wait(asked.values())
        finally:
            for answer in asked.values():
                answer.cancel()
        return sorted({name for address, answer in asked.items() for name in _told(address, answer)})

    def _ask(self, server: str, timeout: float | None) -> asyncio.Future[Value]:
        return self.rpc(_PV, {"op": "channels"}, server=server, timeout=timeout)


def _names(server: str, answer: Value) -> list[str]:
    try:
        return answer.as_string_list("value")
    except DataError as exc:
        raise Error(f"list: the server at {server} gave an answer that is no list of names: {exc}") from exc


def _told(server: str, answer: asyncio.Future[Value]) -> list[str]:
    try:
        return _names(server, answer.result())
    except Closed:
        raise
    except Error as exc:
        _log.warning("list: the server at %s is left out: %s", server, exc)
        return []
