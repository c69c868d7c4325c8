"""Sources that know their PVs only when they are asked for."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable
from typing import ClassVar

from aiopvxs_core import server as core
from aiopvxs_core.errors import RemoteError

from ._answers import log
from ._runner import Runner, asks
from ._served import Served

__all__ = ["Channel", "Source"]

_keys = itertools.count(1)


class Channel:
    """A client's channel, which a :class:`Source` is to open."""

    def __init__(self, opening: core.Opening) -> None:
        self._core = opening
        self.name = opening.name
        """Name of the PV."""
        self.peer = opening.peer
        """Address of the client, ``"host:port"``."""
        self.account = opening.account
        """The user that the client says it is. Nothing proves it."""
        self.method = opening.method
        """How it says so: ``"ca"`` or ``"anonymous"``."""

    async def roles(self) -> frozenset[str]:
        """Return the groups that the account has on this machine; the system is asked in a thread."""
        return frozenset(await asyncio.to_thread(self._core.roles))

    def __repr__(self) -> str:
        return f"<aiopvxs.server.Channel {self.name!r} of {self.account} at {self.peer}>"


class Source:
    """PVs that are made when a client wants them. Subclass it.

    Names and patterns are claimed without Python being asked. For other names ``find`` is, if it is there:
    its answer is for the client's next search, which comes by itself. What serves a channel is then the
    answer of ``open``; the client's operations wait for it.

    Example::

        class Archive(Source):
            patterns = ("archive:*",)

            async def open(self, channel):
                found = await database.look_up(channel.name)
                return None if found is None else SharedPV.readonly(NTScalar(float), found)
    """

    names: ClassVar[Iterable[str]] = ()
    """Names that are claimed, and listed."""
    patterns: ClassVar[Iterable[str]] = ()
    """Patterns of names that are claimed; ``*`` is any text, ``?`` one character, ``[a-z]`` one of these."""
    negative_ttl: float = 10.0
    """How long a "no" of ``find`` is believed, in seconds."""
    deny_ttl: float = 10.0
    """How long a client that was refused is not accepted again, in seconds: this account, from this host, for
    this name."""

    open_timeout: float | None = 60.0
    """How long ``open`` may take, in seconds; then the client is refused. None: any time."""

    async def find(self, name: str) -> bool:
        """Tell whether there is a PV of that name.

        Not asked unless a subclass has it. An exception is logged, and counts as False.
        """
        raise NotImplementedError

    async def open(self, channel: Channel) -> Served | None:
        """Return what serves this channel: a SharedPV or Handler, the same for all or one of its own.

        None refuses, and is remembered for ``deny_ttl``. An exception refuses with its text, and is logged.
        """
        raise NotImplementedError

    def _begin(self) -> core.AskingSource:
        """Return what the core knows this source by."""
        made: core.AskingSource | None = self.__dict__.get("_core")
        if made is None:
            names, patterns = _strings("names", self.names), _strings("patterns", self.patterns)
            self._key = next(_keys)
            self._open: dict[int, Served] = {}
            self._core = made = core.AskingSource(
                key=self._key,
                names=names,
                patterns=patterns,
                finds=type(self).find is not Source.find,
                negative_ttl=self.negative_ttl,
                deny_ttl=self.deny_ttl,
            )
            asks(self._key, self)
        return made

    async def _find(self, name: str) -> None:
        found = False
        try:
            found = bool(await self.find(name))
        except Exception as exc:  # noqa: BLE001 - a search is answered in every case
            log.error("The search for PV %r by %r failed: %s", name, self, exc, exc_info=exc)
        self._core.found(name, found)

    async def _decide(self, runner: Runner, opening: core.Opening) -> None:
        channel = Channel(opening)
        text = f'PV "{channel.name}" is not for {channel.account} at {channel.peer}'
        try:
            pv = await self._opened(channel)
            if pv is not None and not isinstance(pv, Served):
                raise TypeError(f"open() returned {pv!r}, which is no SharedPV or Handler")
        except asyncio.CancelledError:
            opening.refuse(f'The opening of PV "{channel.name}" was cancelled by the server')
            raise
        except Exception as exc:  # noqa: BLE001 - a client is answered in every case
            log.error("The opening of PV %r by %r failed: %s", channel.name, self, exc, exc_info=exc)
            opening.refuse(runner.text(exc))
            return
        if pv is None:
            self._core.deny(channel.name, channel.account, channel.peer)
            opening.refuse(text)
            return
        pv._names.add(channel.name)
        self._open[opening.number] = pv  # until the channel has ended
        runner.opened(opening.number, self)
        if not opening.resolve(pv._core):  # the client has gone meanwhile
            runner.forget(opening.number)

    async def _opened(self, channel: Channel) -> Served | None:
        opening = asyncio.ensure_future(self.open(channel))
        try:
            await asyncio.wait({opening}, timeout=self.open_timeout)
            if opening.done():
                return opening.result()
            raise RemoteError(f'PV "{channel.name}" has not been opened within {self.open_timeout:g} s')
        finally:
            opening.cancel()

    def _closed(self, number: int) -> None:
        self._open.pop(number, None)


def _strings(what: str, given: Iterable[str]) -> list[str]:
    found: list[object] = [] if isinstance(given, str) else list(given)
    if isinstance(given, str) or not all(isinstance(each, str) and each for each in found):
        raise TypeError(f"{what} of a Source are texts that are not empty, and {given!r} is not that")
    return list(given)
