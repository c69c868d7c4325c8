"""The parts of an address as EPICS writes it: ``host[:port][,TTL][@interface]``."""

from __future__ import annotations

import ipaddress
import re

__all__ = ["host_of", "is_multicast", "is_wildcard", "port_of"]

_PARTS = re.compile(r"(?:\[(?P<ip6>[^\]]*)\]|(?P<host>[^:,@]*))(?::(?P<port>\d+))?(?:[,@].*)?")


def _parts(address: str) -> re.Match[str]:
    match = _PARTS.fullmatch(address)
    if match is None:
        raise ValueError(f"{address!r} is not an address: host[:port][,TTL][@interface]")
    return match


def host_of(address: str) -> str:
    """Return the host, without brackets."""
    match = _parts(address)
    return match["host"] if match["ip6"] is None else match["ip6"]


def port_of(address: str) -> int:
    """Return the port, 0 where there is none."""
    return int(_parts(address)["port"] or 0)


def is_multicast(address: str) -> bool:
    """Tell a multicast group; a host name is none."""
    try:
        return ipaddress.ip_address(host_of(address)).is_multicast
    except ValueError:
        return False


def is_wildcard(address: str) -> bool:
    """Tell the address that means all interfaces."""
    try:
        return ipaddress.ip_address(host_of(address)).is_unspecified
    except ValueError:
        return False
