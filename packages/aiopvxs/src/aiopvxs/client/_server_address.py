"""Addresses of servers that are asked directly: ``server="host:port"``.

pvxs is given numeric addresses only: it resolves a host name on its network thread, which blocks every
operation of the Context, and fails badly where the name is not known.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import threading
import weakref
from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["HostName", "Waiting", "parse_server", "resolve"]

_FORM = re.compile(r"(?:\[(?P<ip6>[^\[\]]*)\]|(?P<host>[^\[\]:,@/\s]+))(?::(?P<port>\d{1,5}))?")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")


class _Closable(Protocol):
    """An operation that waits for an address."""

    def get_loop(self) -> asyncio.AbstractEventLoop: ...
    def _close(self) -> None: ...


class Waiting:
    """The operations of one Context that wait for addresses; what is under way in the core it ends itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._operations: weakref.WeakSet[_Closable] = weakref.WeakSet()

    def add(self, operation: _Closable) -> None:
        """Take one up. On its loop's thread."""
        with self._lock:
            self._operations.add(operation)

    def discard(self, operation: _Closable) -> None:
        """It waits no longer. On its loop's thread."""
        with self._lock:
            self._operations.discard(operation)

    def close(self) -> None:
        """End them all, from any thread."""
        with self._lock:
            operations = list(self._operations)
        for operation in operations:
            loop = operation.get_loop()
            if not loop.is_closed():
                loop.call_soon_threadsafe(operation._close)


@dataclass(frozen=True)
class HostName:
    """A server whose address has yet to be looked up; see :func:`resolve`."""

    host: str
    port: int
    waiting: Waiting = field(compare=False, repr=False)


def parse_server(server: object, default_port: int, waiting: Waiting) -> str | HostName:
    """Read what a user gave as ``server=``.

    Args:
        server: ``host``, ``host:port``, ``[ip6]`` or ``[ip6]:port``.
        default_port: the port where none is given: the Context's EPICS_PVA_SERVER_PORT.
        waiting: of the Context.

    Returns:
        A numeric address with its port, as pvxs takes it, or the HostName to be resolved.

    Raises:
        ValueError: it is none of these.
    """
    match = _FORM.fullmatch(server) if isinstance(server, str) else None
    if match is None:
        hint = "; an IPv6 address stands in brackets" if str(server).count(":") > 1 else ""
        raise ValueError(
            f"server={server!r} is not the address of a server: give 'host', 'host:port', '[ip6]' or "
            f"'[ip6]:port'{hint}"
        )
    port = default_port if match["port"] is None else int(match["port"])
    if not 0 < port < 65536:
        raise ValueError(f"server={server!r} has no valid port: it has to be from 1 to 65535")
    if match["ip6"] is not None:
        try:
            return f"[{ipaddress.IPv6Address(match['ip6'])}]:{port}"
        except ValueError:
            raise ValueError(f"server={server!r} has no IPv6 address in its brackets") from None
    host = match["host"]
    try:
        return f"{ipaddress.IPv4Address(host)}:{port}"
    except ValueError:
        labels = host.removesuffix(".").split(".")
        if labels[-1].isdecimal() or not all(map(_valid_label, labels)):
            raise ValueError(f"server={server!r} has neither an IPv4 address nor a host name") from None
    return HostName(host, port, waiting)


def _valid_label(label: str) -> bool:
    # beyond ASCII the resolver decides
    return bool(_LABEL.fullmatch(label)) if label.isascii() else True


def resolve(loop: asyncio.AbstractEventLoop, server: HostName) -> asyncio.Future[str]:
    """Look a host name up in a thread; the Future has its numeric address, IPv4 if it has one, or OSError.

    A Future and not a Task, so that a loop may be closed while it waits.
    """
    return loop.run_in_executor(None, _look_up, server)


def _look_up(server: HostName) -> str:
    try:
        found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except UnicodeError as exc:
        raise OSError(f"it is no host name: {exc}") from exc
    for family, form in ((socket.AF_INET, "{}:{}"), (socket.AF_INET6, "[{}]:{}")):
        for entry in found:
            # pvxs is not given the zone of a link-local address
            if entry[0] == family and "%" not in str(entry[4][0]):
                return form.format(*entry[4][:2])
    raise OSError("it has neither an IPv4 nor an IPv6 address")
