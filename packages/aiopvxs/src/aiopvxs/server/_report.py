"""What a Server tells of its clients."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aiopvxs_core import features

__all__ = ["ChannelReport", "ConnectionReport", "QueueReport", "Report", "make_report"]


@dataclass(frozen=True)
class QueueReport:
    """The updates of one monitor that wait to be sent."""

    queued: int
    """How many wait now; those on their way to the client, in buffers of the network, not counted."""
    max_queued: int
    """The most that ever waited."""
    limit: int
    """How many may wait before two become one: what the client asked for (``server_queue``)."""


@dataclass(frozen=True)
class ChannelReport:
    """A client's channel to a PV."""

    name: str
    """Name of the PV."""
    tx: int
    """Bytes sent so far."""
    rx: int
    """Bytes received so far."""
    subscriptions: int
    """Monitors that are active."""
    squashed: int | None
    """Updates that became one with a later one, since the client took them too slowly for the queue that it
    asked for (``server_queue``): it has not seen them. Of all monitors of the channel so far. None where
    PVXS does not count them (``"squash_counts"`` is not in ``aiopvxs.features``)."""
    queues: tuple[QueueReport, ...]
    """The queue of each active monitor whose type the client knows, in no order. Empty where PVXS counts
    wrongly (``"squash_counts"`` is not in ``aiopvxs.features``)."""


@dataclass(frozen=True)
class ConnectionReport:
    """A client's connection."""

    peer: str
    """Address of the client, ``host:port``."""
    account: str
    """The user that the client says it is."""
    method: str
    """How it says so: "ca" or "anonymous". Neither is proof."""
    tx: int
    """Bytes sent so far."""
    rx: int
    """Bytes received so far."""
    channels: tuple[ChannelReport, ...]
    """The channels that are open over it."""


@dataclass(frozen=True)
class Report:
    """The clients of a Server (pvxs ``server::Report``)."""

    connections: tuple[ConnectionReport, ...]
    """Those that are open."""


Queue = tuple[int, int, int]
Channel = tuple[str, int, int, int, int, Iterable[Queue]]


def make_report(found: Iterable[tuple[str, str, str, int, int, Iterable[Channel]]]) -> Report:
    """Return what the core tells."""
    counts = "squash_counts" in features

    def channel(
        name: str, tx: int, rx: int, subscriptions: int, squashed: int, queues: Iterable[Queue]
    ) -> ChannelReport:
        found = tuple(QueueReport(*each) for each in queues) if counts else ()
        return ChannelReport(name, tx, rx, subscriptions, squashed if counts else None, found)

    return Report(
        tuple(
            ConnectionReport(peer, account, method, tx, rx, tuple(channel(*each) for each in channels))
            for peer, account, method, tx, rx, channels in found
        )
    )
