"""``aiopvxs get``: read PVs."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

from ..client import Context
from ._each import on_each
from ._format import Formatter
from ._parser import Parser
from ._run import write

__all__ = ["main", "make_parser"]


def make_parser() -> Parser:
    """Return what reads the words after the command."""
    parser = Parser("get", "Read PVs and print what they hold.")
    parser.wait()
    parser.request()
    parser.output()
    parser.add_argument("names", nargs="+", metavar="PV")
    return parser


def main(words: Sequence[str]) -> int:
    """Run the command."""
    return asyncio.run(_get(make_parser().read(list(words))))


async def _get(options: argparse.Namespace) -> int:
    formatted = Formatter(options.format, options.limit, request=options.request)
    async with Context(timeout=options.wait) as context:

        async def read(name: str) -> None:
            write(formatted(name, await context.get(name, request=options.request)))

        return await on_each(options.names, read)
