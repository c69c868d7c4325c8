"""What happens to a connection or a subscription, besides its Values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["ConnectionState", "Finished"]


@dataclass(frozen=True)
class ConnectionState:
    """A PV's connection came up or was lost."""

    connected: bool
    """True if it came up."""
    peer: str | None
    """Address of the server; of a lost connection, that of the server that was lost."""
    time: datetime
    """When, in UTC (pvxs ``Connected.time``, ``Disconnect.time``)."""


@dataclass(frozen=True)
class Finished:
    """The server ended a subscription in the regular way (pvxs ``Finished``): no update follows."""

    peer: str | None
    """Address of the server."""
    time: datetime
    """When, in UTC."""
