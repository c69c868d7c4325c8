"""What the verbs of a Context share."""

from __future__ import annotations

import re
from types import EllipsisType

from aiopvxs_core import client as core

from ._server_address import HostName, Waiting, parse_server
from ._timeout import check_timeout

__all__ = ["Verbs", "check_name"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")


class Verbs:
    """The base of the classes that give a Context its verbs, one or a few each."""

    _core: core.Context
    _timeout: float | None
    _waiting: Waiting
    _server_port: int | None = None
    _subscriptions: set[object]  # those that belong to the Context

    def _seconds(self, timeout: float | EllipsisType | None) -> float | None:
        """Return the timeout of an operation: the Context's if it was given none.

        Raises:
            ValueError: ``timeout`` is no number.
        """
        return self._timeout if timeout is ... else check_timeout(timeout)

    def _server(self, server: str | None) -> str | HostName:
        """Return where an operation goes: "" for a PV that is searched for.

        Raises:
            ValueError: ``server`` is no address.
        """
        if server is None:
            return ""
        if self._server_port is None:
            self._server_port = int(self._core.config["EPICS_PVA_SERVER_PORT"])
        return parse_server(server, self._server_port, self._waiting)


def check_name(name: object) -> str:
    """Return the bare name of a PV, without ``pva://``.

    Raises:
        ValueError: it is no str, or empty, or of another protocol, or cannot be sent.
    """
    if not isinstance(name, str) or not name:
        raise ValueError(f"A PV is named by a str that is not empty, not by {name!r}")
    if not name.isascii():
        try:
            name.encode()
        except UnicodeEncodeError:
            raise ValueError(f"{name!r} names no PV: it cannot be encoded as UTF-8") from None
    if "://" in name:
        scheme, _, bare = name.partition("://")
        if scheme.lower() == "pva" and bare:
            return bare
        if scheme.lower() == "pva":
            raise ValueError(f"{name!r} names no PV: its name follows pva://")
        if _SCHEME.fullmatch(scheme):
            raise ValueError(
                f"{name!r} names a PV of the protocol {scheme!r}: aiopvxs speaks PVAccess, whose names begin "
                "with pva:// or with nothing"
            )
    return name
