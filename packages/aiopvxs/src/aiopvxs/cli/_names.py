"""Servers and names of PVs for the completion of words, where a shell waits for the answer."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import AsyncIterator

from aiopvxs_core.errors import Error

from ..client import Context

__all__ = ["known_pvs", "known_servers"]

_VARIABLE = "AIOPVXS_COMPLETION_SECONDS"
_SECONDS = 0.5
_LONGEST = 600.0
# When one server has answered, the others of the same network are not far.
_SETTLED = 0.1
_ADDRESSES = "EPICS_PVA_ADDR_LIST"
_NAME_SERVERS = "EPICS_PVA_NAME_SERVERS"


def known_pvs() -> list[str]:
    """Return the names that the servers tell which the environment names; none, if none answers in time."""
    return _answer(names=True)


def known_servers() -> list[str]:
    """Return the addresses of these servers."""
    return _answer(names=False)


def _answer(*, names: bool) -> list[str]:
    seconds = _seconds()
    # nobody is asked who was not named: a word that is completed is no reason for a broadcast
    if not seconds or not (os.environ.get(_ADDRESSES) or os.environ.get(_NAME_SERVERS)):
        return []
    found: list[str] = []
    answered = threading.Event()

    def ask() -> None:
        try:
            with contextlib.suppress(Error, OSError, ValueError):
                asyncio.run(_ask(seconds, names, found, answered))
        finally:
            answered.set()

    # Whatever holds it up, such as the resolution of a host name, does not hold up the shell: the thread ends
    # with the process.
    threading.Thread(target=ask, daemon=True).start()
    answered.wait(seconds)
    return sorted(set(found))


def _seconds() -> float:
    try:
        seconds = float(os.environ.get(_VARIABLE, _SECONDS))
    except ValueError:
        return _SECONDS
    return seconds if 0.0 <= seconds <= _LONGEST else _SECONDS


async def _ask(seconds: float, names: bool, found: list[str], answered: threading.Event) -> None:
    async with Context({"EPICS_PVA_AUTO_ADDR_LIST": "NO"}, timeout=seconds) as context:
        asked: list[asyncio.Future[None]] = []

        async def list_of(server: str) -> None:
            with contextlib.suppress(Error, ValueError):
                found.extend(await context.list(server, timeout=seconds))

        async for server in _servers(context, seconds):
            if names:
                asked.append(asyncio.ensure_future(list_of(server)))
            else:
                found.append(server)
        await asyncio.gather(*asked)
        answered.set()  # it need not wait for the end of the connections


async def _servers(context: Context, seconds: float) -> AsyncIterator[str]:
    seen = set(context.config[_NAME_SERVERS].split())
    for server in sorted(seen):
        yield server
    if not os.environ.get(_ADDRESSES):
        return
    patience = seconds
    async with contextlib.aclosing(context.discover(timeout=seconds)) as discovered:
        with contextlib.suppress(asyncio.TimeoutError, StopAsyncIteration):
            while True:
                each = await asyncio.wait_for(anext(discovered), patience)
                patience = min(_SETTLED, seconds)
                if each.event == "online" and each.proto == "tcp" and each.server not in seen:
                    seen.add(each.server)
                    yield each.server
