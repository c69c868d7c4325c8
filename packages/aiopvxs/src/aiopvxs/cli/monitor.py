"""``aiopvxs monitor``: follow PVs."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import Any, Protocol

from aiopvxs_core.data import Value

from ..client import ConnectionState, Context, Finished, Subscription
from ._each import on_each
from ._format import Formatter
from ._parser import Parser, seconds
from ._run import say, write

__all__ = ["main", "make_parser"]


def make_parser() -> Parser:
    """Return what reads the words after the command."""
    parser = Parser("monitor", "Print what PVs hold and each change, until Ctrl-C.")
    parser.request()
    parser.output()
    parser.add_argument("-n", dest="count", type=int, metavar="N", help="end after N updates of each PV")
    parser.add_argument(
        "-w", dest="wait", type=seconds, metavar="SEC", help="give up after so long; the default is never"
    )
    parser.add_argument("--queue", type=int, default=1024, metavar="N", help="updates that may wait; 1024")
    parser.add_argument("--all", action="store_true", help="let any number wait: nothing is lost here")
    parser.add_argument("--stats", action="store_true", help="tell at the end how many updates there were")
    parser.add_argument(
        "--live", action="store_true", help="on a terminal: a table of the PVs that is kept up to date"
    )
    parser.add_argument("names", nargs="+", metavar="PV")
    return parser


def main(words: Sequence[str]) -> int:
    """Run the command."""
    parser = make_parser()
    options = parser.read(list(words))
    if options.count is not None and options.count < 1:
        parser.error("-n has to be at least 1")
    if options.queue < 1:
        parser.error("--queue has to be at least 1")
    return asyncio.run(_monitor(options))


class _Shown(Protocol):
    """Where updates are shown."""

    def update(self, name: str, value: Value) -> None: ...

    def event(self, name: str, event: ConnectionState | Finished) -> None: ...


class _Printer:
    """Prints one after another."""

    def __init__(self, formatted: Formatter) -> None:
        self._formatted = formatted

    def update(self, name: str, value: Value) -> None:
        write(self._formatted(name, value))

    def event(self, name: str, event: ConnectionState | Finished) -> None:
        sys.stdout.flush()  # in the order in which it happened
        when = event.time.astimezone().isoformat(timespec="milliseconds")
        if isinstance(event, Finished):
            say(f"{when} {name} Finished")
        elif event.connected:
            say(f"{when} {name} Connected to {event.peer}")
        else:
            say(f"{when} {name} Disconnected")


async def _monitor(options: argparse.Namespace) -> int:
    if options.live and sys.stdout.isatty():
        from ._live import LiveTable

        async with LiveTable(options.names) as table:
            return await _follow_all(options, table)
    return await _follow_all(options, _Printer(Formatter(options.format, options.limit)))


async def _follow_all(options: argparse.Namespace, shown: _Shown) -> int:
    async with Context() as context:
        following = asyncio.ensure_future(
            on_each(options.names, lambda name: _follow(context, name, options, shown))
        )
        try:
            done, _ = await asyncio.wait({following}, timeout=options.wait)
        finally:
            following.cancel()
        if done:
            return following.result()
        await asyncio.wait({following})
    say(f"Timeout after {options.wait:g} s")
    return 1


async def _follow(context: Context, name: str, options: argparse.Namespace, shown: _Shown) -> None:
    left = options.count
    most: dict[str, Any] = {"max_queue": options.queue}
    if options.all:
        most = {"max_queue": None, "max_bytes": None}
    updates = context.monitor(name, request=options.request, events=True, **most)
    async with updates:
        try:
            async for batch in updates.batches():
                for each in batch:
                    if isinstance(each, Value):
                        shown.update(name, each)
                        left = None if left is None else left - 1
                        if left == 0:
                            return
                    else:
                        shown.event(name, each)
                sys.stdout.flush()
        finally:
            if isinstance(shown, _Printer):  # a table shows the latest only
                _tell_lost(name, updates)
            if options.stats:
                _tell_stats(name, updates)


def _tell_stats(name: str, updates: Subscription[Value | ConnectionState | Finished]) -> None:
    stats = updates.stats()
    say(
        f"{name}: {stats.arrived} updates arrived, {stats.received} were shown, {stats.squashed} became one "
        f"with the next, at most {stats.max_queued} waited"
    )


def _tell_lost(name: str, updates: Subscription[Value | ConnectionState | Finished]) -> None:
    stats = updates.stats()
    if stats.squashed:
        say(
            f"{name}: {stats.squashed} of {stats.arrived} updates became one with the next: too fast to print"
        )
