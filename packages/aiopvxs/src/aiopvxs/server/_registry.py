"""The servers that run, so that the end of the process can stop them."""

from __future__ import annotations

import atexit
import os
import weakref
from typing import TYPE_CHECKING

from aiopvxs_core.queue import wait_for_closed

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


@atexit.register
def _stop_all() -> None:
    servers = [server for server in list(_running) if server._pid == os.getpid()]
    for server in servers:
        server._core.stop()
    if servers:
        wait_for_closed(5.0)
