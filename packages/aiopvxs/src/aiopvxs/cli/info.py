"""``aiopvxs info``: the types of PVs."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from textwrap import indent

from aiopvxs_core.data import Member, TypeCode, TypeDef

from ..client import Context
from ._each import on_each
from ._parser import Parser, versions
from ._run import say, write

__all__ = ["main", "make_parser", "type_text"]


def make_parser() -> Parser:
    """Return what reads the words after the command."""
    parser = Parser("info", "Print the types of PVs, and which server has them.")
    parser.wait()
    parser.add_argument("-D", dest="diagnostics", action="store_true", help="tell about this host, to stderr")
    parser.add_argument("names", nargs="*", metavar="PV")
    return parser


def main(words: Sequence[str]) -> int:
    """Run the command."""
    parser = make_parser()
    options = parser.read(list(words))
    if not options.names and not options.diagnostics:
        parser.error("the name of a PV is missing")
    return asyncio.run(_info(options))


async def _info(options: argparse.Namespace) -> int:
    async with Context(timeout=options.wait) as context:
        if options.diagnostics:
            say(versions())
            for name, value in context.config.items():
                say(f"{name}={value}")

        async def show(name: str) -> None:
            with context.channel(name) as channel:
                found = (await channel.info()).typedef()
                text = indent(type_text(found), "    ")
                write(f"{name} from {channel.peer}\n{text}\n")

        return await on_each(options.names, show)


def type_text(definition: TypeDef) -> str:
    """Return a type as PVXS prints it, without a newline at the end."""
    return _text(definition.code, definition.id, definition.members)


def _text(code: TypeCode, type_id: str, members: Sequence[Member]) -> str:
    if code.name().removesuffix("[]") not in ("struct", "union"):
        return code.name()
    named = f' "{type_id}"' if type_id else ""
    rows = "".join(f"{_text(each.code, each.id, each.children)} {each.name}\n" for each in members)
    return f"{code.name()}{named} {{\n{indent(rows, '    ')}}}"
