"""The servers that run, so that the end of the process can stop them."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from .._exit import Stage, at_exit

if TYPE_CHECKING:
    from ._server import Server

__all__ = ["started", "stopped"]

_running: weakref.WeakSet[Server] = weakref.WeakSet()


def started(server: Server) -> None:
    """Stop this server, too, at the end."""
    _running.add(server)


def stopped(server: Server) -> None:
    """This server needs no stop any more."""
    _running.discard(server)


@at_exit(Stage.servers)
def _stop_all() -> None:
    for server in list(_running):
        server._core.stop(0.0)
