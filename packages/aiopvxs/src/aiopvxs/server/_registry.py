"""The servers that run, so that the end of the process can stop them."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from .._exit import Stage, at_exit

if TYPE_CHECKING:
    from ._serving import Serving

__all__ = ["started", "stopped"]

_running: weakref.WeakSet[Serving] = weakref.WeakSet()


def started(server: Serving) -> None:
    """Stop this server, too, at the end."""
    _running.add(server)


def stopped(server: Serving) -> None:
    """This server needs no stop any more."""
    _running.discard(server)


@at_exit(Stage.servers)
def _stop_all() -> None:
    for server in list(_running):
        server._core.stop(0.0)
