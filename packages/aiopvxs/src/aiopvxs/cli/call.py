"""``aiopvxs call``: an RPC."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from typing import Any

from ..client import Context
from ._each import on_each
from ._format import Formatter
from ._parser import Parser
from ._run import write

__all__ = ["main", "make_parser"]


def make_parser() -> Parser:
    """Return what reads the words after the command."""
    parser = Parser(
        "call",
        "Call an RPC and print its reply. An argument name=text is sent as a string, name:=json as what the "
        "JSON says.",
    )
    parser.wait()
    parser.request()
    parser.output("tree")
    parser.add_argument("name", metavar="PV")
    parser.add_argument("words", nargs="*", metavar="NAME=TEXT|NAME:=JSON")
    return parser


def main(words: Sequence[str]) -> int:
    """Run the command."""
    parser = make_parser()
    options = parser.read(list(words))
    try:
        query = _query(options.words)
    except ValueError as exc:
        parser.error(str(exc))
    return asyncio.run(_call(options, query))


def _query(words: Sequence[str]) -> dict[str, Any]:
    query: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        typed = name.endswith(":")
        name = name.removesuffix(":")
        if not equals or not name:
            raise ValueError(f"{word!r} is not of the form name=text or name:=json")
        if name in query:
            raise ValueError(f"The argument {name!r} is given twice")
        try:
            query[name] = json.loads(text) if typed else text
        except ValueError as exc:
            raise ValueError(f"the argument {name!r} is no JSON: {exc}") from None
    return query


async def _call(options: argparse.Namespace, query: dict[str, Any]) -> int:
    formatted = Formatter(options.format, options.limit)
    async with Context(timeout=options.wait) as context:

        async def call(name: str) -> None:
            try:
                reply = await context.rpc(name, query, request=options.request)
            except TypeError as exc:  # an argument of no type, such as null
                raise ValueError(str(exc)) from None
            if reply:
                write(formatted(name, reply))

        return await on_each([options.name], call)
