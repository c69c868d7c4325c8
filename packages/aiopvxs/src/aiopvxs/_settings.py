"""EPICS_PVA_* settings, read strictly.

pvxs logs and skips what it cannot parse; a wrong address then shows as a PV that is never found. Here it
is a ValueError that names the setting.
"""

from __future__ import annotations

import ipaddress
import math
import re
import socket
from collections.abc import Callable, Iterable, Mapping

__all__ = ["Setting", "addresses", "check", "flag", "port", "seconds"]

#: What a setting may be given as; it is normalised to the text that pvxs reads.
Setting = str | int | float | bool | Iterable[str]

_ADDRESS = re.compile(
    r"""(?: \[(?P<ip6>[^\]]+)\] | (?P<host>[^\[\],:@\s]+) )
        (?: :(?P<port>\d+) )?
        (?: ,(?P<ttl>\d+) )?
        (?: @(?P<iface>\S+) )?""",
    re.VERBOSE,
)


def check(
    settings: Mapping[str, object], readers: Mapping[str, Callable[[str, object], str]], ignored: str
) -> dict[str, str]:
    """Normalise ``settings``, each by its reader.

    Args:
        settings: names and values as the user gave them.
        readers: for each known name the function that checks its value and gives its text.
        ignored: prefix of names that are somebody else's and are left out.

    Raises:
        ValueError: a name that is not known, or a value that cannot be parsed; the text says which.
    """
    result = {}
    for name, value in settings.items():
        if not isinstance(name, str):
            raise ValueError(f"Settings are named by str, not by {name!r}")
        reader = readers.get(name)
        if reader is not None:
            result[name] = reader(name, value)
        elif not (ignored and name.startswith(ignored)):
            raise ValueError(f"Unknown setting {name!r}: known are {', '.join(readers)}")
    return result


def port(name: str, value: object) -> str:
    """Read a port number, 0 to 65535."""
    text = str(value).strip()
    if isinstance(value, bool) or not text.isdecimal() or int(text) > 65535:
        raise ValueError(f"{name} is {value!r}, which is not a port number (0 to 65535)")
    return str(int(text))  # pvxs reads a leading 0 as octal


def flag(name: str, value: object) -> str:
    """Read a switch: YES or NO, 1 or 0, in either case, or a bool."""
    if isinstance(value, bool):
        return "YES" if value else "NO"
    text = str(value).strip().upper()
    if text not in ("YES", "NO", "1", "0"):
        raise ValueError(f"{name} is {value!r}, which is neither YES nor NO")
    return "YES" if text in ("YES", "1") else "NO"


def seconds(name: str, value: object) -> str:
    """Read a positive number of seconds."""
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if isinstance(value, bool) or not (0 < number < math.inf):
        raise ValueError(f"{name} is {value!r}, which is not a positive number of seconds")
    return repr(number)


def addresses(name: str, value: object) -> str:
    """Read a list of addresses, as text separated by blanks or as an iterable of texts.

    Each is ``host[:port][,TTL][@interface]`` or ``[ip6][:port][,TTL][@interface]``. Host names are
    resolved here, as pvxs resolves them: when the Context or Server is made.
    """
    if isinstance(value, str):
        items = value.split()
    elif isinstance(value, Iterable):
        items = [str(item) for item in value]
    else:
        raise ValueError(f"{name} is {value!r}, which is not a list of addresses")
    for item in items:
        _check_address(name, item)
    return " ".join(items)


def _check_address(name: str, item: str) -> None:
    match = _ADDRESS.fullmatch(item)
    if match is None:
        raise ValueError(f"{name} holds {item!r}, which is not an address: host[:port][,TTL][@interface]")
    if match["port"] is not None and int(match["port"]) > 65535:
        raise ValueError(f"{name} holds {item!r}, whose port is not one (0 to 65535)")
    if match["ttl"] is not None and int(match["ttl"]) > 255:
        raise ValueError(f"{name} holds {item!r}, whose TTL is not one (0 to 255)")
    host = match["ip6"] or match["host"]
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        if match["ip6"] is not None or re.fullmatch(r"[\d.]+", host):
            raise ValueError(f"{name} holds {item!r}, whose host is not an IP address") from None
        try:
            socket.getaddrinfo(host, None)
        except (OSError, UnicodeError) as exc:
            raise ValueError(f"{name} holds {item!r}, whose host name cannot be resolved: {exc}") from None
