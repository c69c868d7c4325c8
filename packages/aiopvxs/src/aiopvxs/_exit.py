"""What the end of the process closes, and in which order.

Clients go before servers: a server of the same process that went first would reset their connections, and
they would look for it again. Nothing depends on any of this; it spares peers and log files.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable
from enum import IntEnum

from aiopvxs_core.queue import wait_for_closed

__all__ = ["Stage", "at_exit"]

# Each stage ends in C++ threads; the process waits for it at most so many seconds.
_SECONDS = 5.0


class Stage(IntEnum):
    """The order of closing."""

    contexts = 0
    servers = 1
    bridges = 2
    log = 3


_actions: dict[Stage, Callable[[], None]] = {}
_pid = os.getpid()


def at_exit(stage: Stage) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Decorate the function that closes everything of ``stage`` without waiting for it."""

    def register(action: Callable[[], None]) -> Callable[[], None]:
        _actions[stage] = action
        return action

    return register


@atexit.register
def _close_all() -> None:
    if os.getpid() != _pid:  # a forked child: the threads are the parent's
        return
    for stage in sorted(_actions):
        _actions[stage]()
        wait_for_closed(_SECONDS)
