"""``aiopvxs monitor``: follow PVs."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol

from aiopvxs_core.data import Value

from ..client import ConnectionState, Context, Finished, Subscription
from ._changes import Changes
from ._each import on_each
from ._format import Formatter
from ._parser import Parser, seconds
from ._rate import Rates
from ._run import say, write
from ._told import tell_event, tell_lost, tell_stats

__all__ = ["main", "make_parser"]

_CHANGED = ("delta", "json", "jsonl")  # formats that can leave fields out
_RATES = ("delta", "jsonl")


def make_parser() -> Parser:
    """Return what reads the words after the command."""
    parser = Parser("monitor", "Print what PVs hold and each change, until Ctrl-C.")
    parser.request()
    parser.output()
    parser.add_argument(
        "-n", dest="count", type=int, metavar="N", help="end after N updates of each PV, or N lines of --rate"
    )
    parser.add_argument(
        "-w", dest="wait", type=seconds, metavar="SEC", help="give up after so long; the default is never"
    )
    parser.add_argument("--queue", type=int, default=1024, metavar="N", help="updates that may wait; 1024")
    parser.add_argument("--all", action="store_true", help="let any number wait: nothing is lost here")
    parser.add_argument("--stats", action="store_true", help="tell at the end how many updates there were")
    parser.add_argument(
        "--changed",
        action="store_true",
        help="after the first update print only what differs from the one before; with -F delta, json, jsonl",
    )
    parser.add_argument(
        "--rate",
        action="store_true",
        help="print no updates but, once a second, how many of each PV came; with -F jsonl as JSON",
    )
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
    if sum((options.changed, options.rate, options.live)) > 1:
        parser.error("--changed, --rate and --live contradict one another")
    for name, asked, formats in (("--changed", options.changed, _CHANGED), ("--rate", options.rate, _RATES)):
        if asked and options.format not in formats:
            parser.error(f"{name} goes with -F {', '.join(formats)}, not {options.format}")
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
        tell_event(name, event)


class _ChangePrinter(_Printer):
    """Prints of each update what has changed."""

    def __init__(self, whole: Formatter, marked: Formatter) -> None:
        super().__init__(whole)
        self._marked = marked
        self._changes: dict[str, Changes] = {}

    def update(self, name: str, value: Value) -> None:
        changes = self._changes.setdefault(name, Changes())
        formatted = self._formatted if changes.first else self._marked
        if changes.mark(value):
            write(formatted(name, value))

    def event(self, name: str, event: ConnectionState | Finished) -> None:
        self._changes.pop(name, None)  # after a new connection its type may be another
        super().event(name, event)


async def _monitor(options: argparse.Namespace) -> int:
    if options.rate:
        async with Context() as context:
            return await _limited(options, _follow_rates(context, options))
    if options.live and sys.stdout.isatty():
        from ._live import LiveTable

        async with LiveTable(options.names, options.request) as table:
            return await _follow_all(options, table)
    whole = Formatter(options.format, options.limit, request=options.request)
    if options.changed:
        marked = Formatter(options.format, options.limit, request=options.request, only_marked=True)
        return await _follow_all(options, _ChangePrinter(whole, marked))
    return await _follow_all(options, _Printer(whole))


async def _follow_all(options: argparse.Namespace, shown: _Shown) -> int:
    async with Context() as context:
        return await _limited(
            options, on_each(options.names, lambda name: _follow(context, name, options, shown))
        )


async def _limited(options: argparse.Namespace, command: Coroutine[Any, Any, int]) -> int:
    """Run the command for the time that it may take, and return its exit code."""
    following = asyncio.ensure_future(command)
    try:
        done, _ = await asyncio.wait({following}, timeout=options.wait)
    finally:
        following.cancel()
    if done:
        return following.result()
    await asyncio.wait({following})
    say(f"Timeout after {options.wait:g} s")
    return 1


def _subscription(
    context: Context, name: str, options: argparse.Namespace
) -> Subscription[Value | ConnectionState | Finished]:
    most: dict[str, Any] = {"max_queue": options.queue}
    if options.all:
        most = {"max_queue": None, "max_bytes": None}
    return context.monitor(name, request=options.request, events=True, **most)


async def _follow(context: Context, name: str, options: argparse.Namespace, shown: _Shown) -> None:
    left = options.count
    updates = _subscription(context, name, options)
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
                tell_lost(name, updates)
            if options.stats:
                tell_stats(name, updates)


async def _follow_rates(context: Context, options: argparse.Namespace) -> int:
    rates = Rates(as_json=options.format == "jsonl")

    async def follow(name: str) -> None:
        async with _subscription(context, name, options) as updates:
            try:
                await rates.follow(name, updates)
            finally:
                if options.stats:
                    tell_stats(name, updates, "counted")

    following = asyncio.ensure_future(on_each(options.names, follow))
    writing = asyncio.ensure_future(rates.lines(options.count))
    try:
        await asyncio.wait({following, writing}, return_when=asyncio.FIRST_COMPLETED)
        if following.done():
            return following.result()
        writing.result()  # or what it could not write
        return 0
    finally:
        for task in (following, writing):
            task.cancel()
        await asyncio.wait({following, writing})
