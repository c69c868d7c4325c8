"""Ports for processes that have to agree on one beforehand."""

from __future__ import annotations

import random
import socket

# below those that systems give out by themselves: a socket that asks for any port never takes one of these
_FIRST, _LAST = 10_000, 30_000


def free_port() -> int:
    """Return a port that nobody has bound on loopback, for UDP and TCP, and nobody is given by chance."""
    while True:
        port = random.SystemRandom().randint(_FIRST, _LAST)
        try:
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                with socket.socket(socket.AF_INET, kind) as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return port
