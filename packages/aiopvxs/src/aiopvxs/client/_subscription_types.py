"""What a subscription is asked for, what it counts, and how it may end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Literal

from aiopvxs_core import client as core
from aiopvxs_core.client import SubscriptionEvent
from aiopvxs_core.client import SubscriptionEventKind as Kind
from aiopvxs_core.data import Value
from aiopvxs_core.errors import Closed, Error, Overflow, RemoteError

from ._events import ConnectionState, Finished

__all__ = ["Item", "Options", "Shown", "SubscriptionStats", "failure", "time_of"]

Item = Value | SubscriptionEvent
Shown = Value | ConnectionState | Finished


@dataclass(frozen=True)
class SubscriptionStats:
    """What became of the updates of a subscription.

    Always ``received + queued + squashed + dropped == arrived``. Only what the client did is counted; what a
    server squashes before it sends, no client can see.
    """

    arrived: int
    """Updates that came from the server, the first included."""
    received: int
    """Updates that were handed out."""
    queued: int
    """Updates that wait."""
    max_queued: int
    """The most that ever waited."""
    squashed: int
    """Updates that became one with the next."""
    dropped: int
    """Updates that were lost: by an overflow, or queued when the subscription was closed."""
    bytes: int
    """About how much memory those that wait take."""


@dataclass(frozen=True)
class Options:
    """What a monitor was asked for besides its request."""

    events: bool
    stale: Literal["keep", "raise"]
    max_queue: int | None
    max_bytes: int | None
    policy: core.OverflowPolicy
    timeout: float | None  # of first()


def failure(event: SubscriptionEvent, name: str, options: Options) -> Callable[[], Exception]:
    """Return what makes the exception for an event that is the end of a subscription."""
    peer, what = event.peer, f"monitor {name!r}"
    if event.kind is Kind.remote:
        return lambda: RemoteError(event.text, pv=name, peer=peer)
    if event.kind is Kind.closed:
        return lambda: Closed(f"{what}: the Context was closed", pv=name, peer=peer)
    if event.kind is Kind.overflow:
        bounds = f"{options.max_queue} updates or {options.max_bytes} bytes"
        text = f"{what}: more than {bounds} were waiting to be handed out; the subscription has ended"
        return lambda: Overflow(text, pv=name, peer=peer)
    return lambda: Error(f"{what}: {event.text}")


def time_of(event: SubscriptionEvent) -> datetime:
    """Return when it happened."""
    return datetime.fromtimestamp(event.time, timezone.utc)
