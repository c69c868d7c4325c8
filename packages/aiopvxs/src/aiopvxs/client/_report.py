"""What a Context tells of its connections, and what it does about them as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from aiopvxs_core.errors import Closed

from ._base import Verbs, check_name

__all__ = ["ChannelReport", "ConnectionReport", "Manage", "Report"]


@dataclass(frozen=True)
class ChannelReport:
    """A channel that is connected."""

    name: str
    """Name of the PV."""
    tx: int
    """Bytes sent since it was connected."""
    rx: int
    """Bytes received since it was connected."""


@dataclass(frozen=True)
class ConnectionReport:
    """A connection to a server."""

    peer: str
    """Address of the server, ``host:port``."""
    tx: int
    """Bytes sent over it so far."""
    rx: int
    """Bytes received over it so far."""
    channels: tuple[ChannelReport, ...]
    """The channels that are connected over it."""


@dataclass(frozen=True)
class Report:
    """The connections of a Context (pvxs ``client::Report``)."""

    connections: tuple[ConnectionReport, ...]
    """To servers that are connected, or being connected to."""


class Manage(Verbs):
    """Gives a Context ``report``, ``hurry_up``, ``cache_clear`` and ``ignore_server_guids``."""

    async def report(self) -> Report:
        """Return what is connected, and how much has been sent and received.

        Byte counts go up for as long as a connection lasts; a report does not set them back
        (pvxs ``Context::report(false)``).

        Raises:
            Closed: the Context is closed.
        """
        found = await asyncio.to_thread(self._core.report)
        if found is None:
            raise Closed("report: the Context is closed")
        return Report(
            tuple(
                ConnectionReport(peer, tx, rx, tuple(ChannelReport(*channel) for channel in channels))
                for peer, tx, rx, channels in found
            )
        )

    async def hurry_up(self) -> None:
        """Search for all PVs that were not found yet, within some seconds (pvxs ``Context::hurryUp``).

        PVXS looks for a PV again after 1, 2, 3 and at last every 30 seconds; this starts over, six seconds
        for all of them. It has no effect within 30 s of the last time, or of the appearance of a new server,
        which has the same effect.

        Raises:
            Closed: the Context is closed.
        """
        if not await asyncio.to_thread(self._core.hurry_up):
            raise Closed("hurry_up: the Context is closed")

    async def cache_clear(self, name: str | None = None) -> None:
        """Forget the channels that nobody uses (pvxs ``Context::cacheClear``).

        A Context keeps the channels of PVs that it was used with, connected and ready for the next
        operation, up to some thousands. This disconnects those without an operation, a subscription or a
        handle. There is no need to call it for PVs that were not found: they are forgotten two seconds after
        their operations have ended.

        Args:
            name: of a PV; None for all.

        Raises:
            ValueError: an empty name.
            Closed: the Context is closed.
        """
        pv = "" if name is None else check_name(name)
        if not await asyncio.to_thread(self._core.cache_clear, pv):
            raise Closed("cache_clear: the Context is closed")

    async def ignore_server_guids(self, guids: Iterable[str | bytes]) -> None:
        """Take no notice of these servers when PVs are searched for (pvxs ``Context::ignoreServerGUIDs``).

        The list replaces the one before; an empty one ends it. What is connected already stays connected,
        and a server that is asked directly answers all the same.

        Args:
            guids: what servers call themselves, as :meth:`discover` tells: 24 hexadecimal digits, or 12
                bytes.

        Raises:
            ValueError: what is not a GUID.
            Closed: the Context is closed.
        """
        if isinstance(guids, (str, bytes)):
            raise ValueError(f"ignore_server_guids takes a list of GUIDs, not {guids!r}")
        ignored = [_guid(each) for each in guids]
        if not await asyncio.to_thread(self._core.ignore_servers, ignored):
            raise Closed("ignore_server_guids: the Context is closed")


def _guid(given: object) -> bytes:
    if isinstance(given, str):
        try:
            guid = bytes.fromhex(given.removeprefix("0x"))
        except ValueError:
            guid = b""
    else:
        guid = given if isinstance(given, bytes) else b""
    if len(guid) != 12:
        raise ValueError(f"{given!r} is no GUID of a server: it has 24 hexadecimal digits, or 12 bytes")
    return guid
