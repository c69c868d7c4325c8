"""``aiopvxs snapshot``: many PVs into a file."""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Sequence
from pathlib import Path

from aiopvxs_core.data import Value

from ..client import Context
from ._file import write_whole
from ._many import Outcome, names_of, on_many, tell_failures
from ._parser import Parser
from ._run import say, write
from ._setting import unfit_fields
from ._snapshot_file import Skew, dump

__all__ = ["main", "make_parser"]


def make_parser() -> Parser:
    """Return what reads the words after the command."""
    parser = Parser(
        "snapshot",
        "Read PVs, all at once, into a file of JSON, and tell how far their time stamps are apart. What "
        "cannot be read is told there too, and the exit code is 1. See aiopvxs restore.",
    )
    parser.wait()
    parser.add_argument("-f", dest="names_file", type=Path, metavar="LIST", help="file of PVs, one a line")
    parser.add_argument("--replace", action="store_true", help="replace FILE if it is there")
    parser.add_argument("file", type=Path, metavar="FILE", help="- is the standard output")
    parser.add_argument("names", nargs="*", metavar="PV")
    return parser


def main(words: Sequence[str]) -> int:
    """Run the command."""
    parser = make_parser()
    options = parser.read(list(words))
    names = names_of(parser, options.names, options.names_file)
    if not names:
        parser.error("no PV is given")
    if str(options.file) != "-":
        if options.file.exists() and not options.replace:
            parser.error(f"{options.file} is there already; --replace replaces it")
        if not os.access(options.file.parent, os.W_OK):
            parser.error(f"{options.file.parent} is no directory where a file can be written")
    started = time.monotonic()
    outcome = asyncio.run(_read(names, options))
    return _save(options, outcome, time.monotonic() - started)


async def _read(names: Sequence[str], options: argparse.Namespace) -> Outcome[Value]:
    async with Context(timeout=options.wait) as context:
        return await on_many(names, context.get, "Reading")


def _save(options: argparse.Namespace, outcome: Outcome[Value], seconds: float) -> int:
    tell_failures(outcome.failures)
    if not outcome.results:
        say(f"None of {len(outcome.failures)} PVs could be read; no snapshot is written")
        return 1
    for name, value in outcome.results.items():
        if unfit := unfit_fields(value):
            say(f"{name}: a restore will refuse it, since JSON does not hold the types in {', '.join(unfit)}")
    skew = Skew.of(outcome.results)
    text = dump(outcome.results, outcome.failures, skew)
    to_output = str(options.file) == "-"
    if to_output:
        write(text)
    else:
        write_whole(options.file, text.encode())
    tell = say if to_output else lambda line: write(f"{line}\n")
    of = f" of {len(outcome.results) + len(outcome.failures)}" if outcome.failures else ""
    tell(f"{len(outcome.results)}{of} PVs in {seconds:.3f} s, to {options.file}")
    for line in skew.lines():
        tell(line)
    return 1 if outcome.failures else 0
