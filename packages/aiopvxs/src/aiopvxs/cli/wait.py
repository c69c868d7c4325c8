"""``aiopvxs wait``: until a condition holds."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

from aiopvxs_core.errors import Timeout

from ..client import Context
from ._expression import Expression
from ._format import Formatter
from ._parser import Parser, seconds
from ._run import say, write

__all__ = ["main", "make_parser"]


def make_parser() -> Parser:
    """Return what reads the words after the command."""
    parser = Parser(
        "wait",
        "Wait until a condition on a PV holds, such as 'value > 3 and alarm.severity == 0', and print the "
        "update with which it does. Names are the fields of the PV, with dots; of an enum, value is its "
        "choice.",
    )
    parser.add_argument("-w", dest="wait", type=seconds, metavar="SEC", help="timeout; the default is none")
    parser.request()
    parser.output("nt")
    parser.add_argument("name", metavar="PV")
    parser.add_argument("expression", metavar="EXPRESSION")
    return parser


def main(words: Sequence[str]) -> int:
    """Run the command."""
    parser = make_parser()
    options = parser.read(list(words))
    try:
        condition = Expression(options.expression)
    except ValueError as exc:
        parser.error(str(exc))
    return asyncio.run(_wait(options, condition))


async def _wait(options: argparse.Namespace, condition: Expression) -> int:
    async with Context() as context:
        try:
            found = await context.until(
                options.name, condition, request=options.request, timeout=options.wait
            )
        except Timeout as exc:
            why = "was not found" if exc.phase == "connect" else f"did not come to {condition.text!r}"
            say(f"Timeout after {options.wait:g} s: {options.name} {why}")
            return 1
        write(Formatter(options.format, options.limit, request=options.request)(options.name, found))
        return 0
