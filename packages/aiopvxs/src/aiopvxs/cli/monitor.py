"""``aiopvxs monitor``: follow PVs."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

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


async def _monitor(options: argparse.Namespace) -> int:
    formatted = Formatter(options.format, options.limit)
    async with Context() as context:
        following = asyncio.ensure_future(
            on_each(options.names, lambda name: _follow(context, name, options, formatted))
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


async def _follow(context: Context, name: str, options: argparse.Namespace, formatted: Formatter) -> None:
    left = options.count
    updates = context.monitor(name, request=options.request, events=True, max_queue=options.queue)
    async with updates:
        try:
            async for batch in updates.batches():
                for each in batch:
                    if isinstance(each, Value):
                        write(formatted(name, each))
                        left = None if left is None else left - 1
                        if left == 0:
                            return
                    else:
                        _tell(name, each)
                sys.stdout.flush()
        finally:
            _tell_lost(name, updates)


def _tell(name: str, event: ConnectionState | Finished) -> None:
    sys.stdout.flush()  # in the order in which it happened
    when = event.time.astimezone().isoformat(timespec="milliseconds")
    if isinstance(event, Finished):
        say(f"{when} {name} Finished")
    elif event.connected:
        say(f"{when} {name} Connected to {event.peer}")
    else:
        say(f"{when} {name} Disconnected")


def _tell_lost(name: str, updates: Subscription[Value | ConnectionState | Finished]) -> None:
    stats = updates.stats()
    if stats.squashed:
        say(
            f"{name}: {stats.squashed} of {stats.arrived} updates became one with the next: too fast to print"
        )
