"""Access security files, as IOCs have them."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from aiopvxs_core import server as core

from ._gates import review_rules

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["AccessSecurity", "Right", "host_of"]

Right = Literal["none", "read", "write"]

_RIGHTS: tuple[Right, ...] = ("none", "read", "write")

# What was found out is believed as long as the groups of accounts are; beyond so many, all is forgotten.
_SECONDS = 60.0
_MOST = 10000

Judgement = tuple[int, bool]


class AccessSecurity:
    """The rules of an access security file (ACF), judged by EPICS's own asLib.

    The file is that of an IOC: UAG (accounts, and ``role/GROUP`` for the groups that an account has on the
    server's machine), HAG (hosts), ASG with RULE levels 0 and 1, READ and WRITE, TRAPWRITE. Hosts are the
    addresses that clients have; names in a HAG are looked up once, when the rules are loaded (as
    an IOC does with ``asCheckClientIP``). Rules with CALC never give a right: their inputs are not read.

    Reading is decided at the beginning of a get or monitor, writing at each put; an RPC needs the right to
    write. May be given to several servers. See :doc:`/explanation/security`.

    Args:
        text: the rules.
        macros: replaces ``$(NAME)``; a mapping, or ``"NAME=value,OTHER=value"``.

    Raises:
        ValueError: EPICS does not take the rules; the text has what it says.
        RuntimeError: an IOC in this process has access security already.

    Example::

        access = AccessSecurity.from_file("site.acf")
        Server({"motor": SharedPV(NTScalar(float), 0.0, asg="OPERATORS")}, access=access).run()
    """

    def __init__(self, text: str, macros: Mapping[str, str] | str | None = None) -> None:
        self._macros = _pairs(macros)
        self._path: Path | None = None
        self._load(text)

    @classmethod
    def from_text(cls, text: str, macros: Mapping[str, str] | str | None = None) -> Self:
        """Return the rules in a text, as the class does."""
        return cls(text, macros)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str], macros: Mapping[str, str] | str | None = None) -> Self:
        """Return the rules in a file.

        Raises:
            OSError: it cannot be read.
            ValueError, RuntimeError: as the class.
        """
        file = Path(path)
        text = file.read_text("utf-8")
        try:
            self = cls(text, macros)
        except ValueError as error:
            raise ValueError(f"{file}: {error}") from None
        self._path = file
        return self

    def reload(self, text: str | None = None) -> None:
        """Let other rules hold, at once, for those who are connected too.

        A client that may read no more is disconnected, in the background, and refused when it is back; one
        that may now succeeds when it tries again. It may be called from
        any thread, and may wait for DNS.

        Args:
            text: the rules. None reads the file anew, or takes the same text.

        Raises:
            OSError: the file cannot be read.
            ValueError: EPICS does not take the rules, and those before go on to hold.
        """
        if text is None:
            text = self._text if self._path is None else self._path.read_text("utf-8")
        try:
            self._load(text)
        except ValueError as error:
            raise ValueError(f"{self._path}: {error}" if self._path else str(error)) from None
        review_rules(self)

    def _load(self, text: str) -> None:
        try:
            rules = core.AccessRules(text, self._macros)
        except ValueError as error:
            raise ValueError(f"EPICS does not take the access security rules: {error}") from None
        self._text = text
        # in one step: what an earlier judge finds out later goes where nobody looks
        self._state = (rules, dict[tuple[object, ...], tuple[float, Judgement]]())

    def judge(
        self,
        account: str,
        host: str,
        *,
        asg: str = "DEFAULT",
        asl: int = 1,
        roles: Iterable[str] = (),
        method: str = "ca",
    ) -> Right:
        """Return what a client may: to try rules out, without a server.

        Args:
            account: the user that it says it is.
            host: its address.
            asg: the group of the PV; one that the rules do not have is DEFAULT.
            asl: the level of the PV.
            roles: the groups of the account.
            method: how it says who it is.
        """
        rules, _ = self._state
        return _RIGHTS[rules.judge(asg, asl, credentials(method, account, roles), host)[0]]

    def _known(self, asg: str, asl: int, method: str, account: str, host: str) -> Judgement | None:
        until, found = self._state[1].get((asg, asl, method, account, host), (0.0, (0, False)))
        return found if time.monotonic() < until else None

    async def _find_out(
        self,
        asg: str,
        asl: int,
        method: str,
        account: str,
        host: str,
        roles: Callable[[], Awaitable[frozenset[str]]],
    ) -> Judgement:
        rules, cache = self._state
        own = credentials(method, account, await roles())
        found = await asyncio.to_thread(rules.judge, asg, asl, own, host)
        if len(cache) >= _MOST:
            cache.clear()
        cache[asg, asl, method, account, host] = (time.monotonic() + _SECONDS, found)
        return found

    def __repr__(self) -> str:
        where = f" of {self._path}" if self._path else ""
        return f"<aiopvxs.server.AccessSecurity{where}>"


def credentials(method: str, account: str, roles: Iterable[str]) -> list[str]:
    """Return what UAGs are searched for, as QSRV2 does."""
    own = account.rpartition("/")[2] if method == "ca" else f"{method}/{account}"
    return [own, *(f"role/{role}" for role in sorted(roles))]


def host_of(peer: str) -> str:
    """Return the address, without the port, of ``"host:port"``."""
    host = peer.rpartition(":")[0].strip("[]")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def _pairs(macros: Mapping[str, str] | str | None) -> list[tuple[str, str]]:
    if macros is None:
        return []
    if isinstance(macros, str):
        pairs = [each.partition("=") for each in macros.split(",") if each.strip()]
        if wrong := ["".join(each) for each in pairs if not each[1] or not each[0].strip()]:
            raise ValueError(f"Macros are NAME=value,…, which {wrong[0]!r} is not")
        return [(name.strip(), value.strip()) for name, _, value in pairs]
    return [(str(name), str(value)) for name, value in macros.items()]
