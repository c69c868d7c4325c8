"""What ``aiopvxs monitor`` tells on the standard error, beside the updates."""

from __future__ import annotations

import sys
from typing import Any

from ..client import ConnectionState, Finished, Subscription
from ._run import say

__all__ = ["tell_event", "tell_lost", "tell_stats"]


def tell_event(name: str, event: ConnectionState | Finished) -> None:
    """Tell what became of the connection."""
    sys.stdout.flush()  # in the order in which it happened
    when = event.time.astimezone().isoformat(timespec="milliseconds")
    if isinstance(event, Finished):
        say(f"{when} {name} Finished")
    elif event.connected:
        say(f"{when} {name} Connected to {event.peer}")
    else:
        say(f"{when} {name} Disconnected")


def tell_stats(name: str, updates: Subscription[Any], what: str = "shown") -> None:
    """Tell how many updates there were, and what was done with them."""
    stats = updates.stats()
    say(
        f"{name}: {stats.arrived} updates arrived, {stats.received} were {what}, {stats.squashed} became one "
        f"with the next, at most {stats.max_queued} waited"
    )


def tell_lost(name: str, updates: Subscription[Any]) -> None:
    """Tell how many updates were not shown, if any."""
    stats = updates.stats()
    if stats.squashed:
        say(
            f"{name}: {stats.squashed} of {stats.arrived} updates became one with the next: too fast to print"
        )
