"""``aiopvxs list``: servers, and the PVs that they have."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from ..client import Context, Discovered
from ._each import on_each
from ._parser import Parser
from ._run import say, write

__all__ = ["main", "make_parser"]


def make_parser() -> Parser:
    """Return what reads the words after the command."""
    parser = Parser(
        "list", "Without SERVER print the addresses of the servers found, else the names of the PVs of each."
    )
    parser.wait(what="time to look for servers, or timeout; 0: look for ever; default")
    parser.add_argument("-A", dest="active", action="store_true", help="ask servers to answer; the default")
    parser.add_argument("-p", dest="passive", action="store_true", help="only listen to servers' beacons")
    parser.add_argument("-i", dest="info", action="store_true", help="show what SERVER tells of itself")
    parser.add_argument("servers", nargs="*", metavar="SERVER")
    return parser


def main(words: Sequence[str]) -> int:
    """Run the command."""
    parser = make_parser()
    options = parser.read(list(words))
    if options.active and options.passive:
        parser.error("-A and -p contradict one another")
    if options.info and not options.servers:
        parser.error("-i needs the address of a server")
    return asyncio.run(_tell(options) if options.servers else _discover(options))


async def _discover(options: argparse.Namespace) -> int:
    found_any = False
    async with Context() as context:
        search = context.discover(ping=not options.passive, timeout=options.wait or None)
        shown: set[str] = set()
        async for found in search:
            found_any = True
            if options.verbose:
                write(_details(found))
            elif found.event == "online" and found.server not in shown:
                shown.add(found.server)
                write(f"{found.server}\n")
            sys.stdout.flush()
        addresses = context.config["EPICS_PVA_ADDR_LIST"]
    if not found_any:
        say(f"No server answered within {options.wait:g} s, asked at: {addresses or 'nowhere'}")
    return 0 if found_any else 1


def _details(found: Discovered) -> str:
    when = found.time.isoformat(timespec="milliseconds")
    return (
        f"{when} {found.event} {found.server} {found.proto} guid={found.guid.hex()} "
        f"peer={found.peer or '-'} version={found.peer_version}\n"
    )


async def _tell(options: argparse.Namespace) -> int:
    wait = options.wait or None
    async with Context(timeout=wait) as context:

        async def names(server: str) -> None:
            answer = await context.rpc("server", {"op": "channels"}, server=server)
            for name in answer.as_string_list("value"):
                write(f"{name}\n")

        async def info(server: str) -> None:
            answer = await context.rpc("server", {"op": "info"}, server=server)
            write(f"{server}\n{format(answer, 'tree')}\n")

        return await on_each(options.servers, info if options.info else names)
