"""``aiopvxs restore``: a snapshot back into its PVs."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiopvxs_core.data import Value

from ..client import Context
from ._many import on_many, tell_failures
from ._parser import Parser
from ._run import say, write
from ._setting import chosen_types, restored
from ._snapshot_file import Saved, load

__all__ = ["main", "make_parser"]

_SHOWN = 60  # characters of a value


def make_parser() -> Parser:
    """Return what reads the words after the command."""
    parser = Parser(
        "restore",
        "Write the values of a snapshot back to its PVs, or to those named: where they differ from what the "
        "PV holds. All PVs are read first, and nothing is written if one of them is missing or does not fit.",
    )
    parser.wait(what="timeout of the reading, and of the writing")
    parser.add_argument("-n", "--dry-run", dest="dry", action="store_true", help="only show what differs")
    parser.add_argument("-c", dest="complete", action="store_true", help="wait for processing to complete")
    parser.add_argument("--all", action="store_true", help="write what is equal too")
    parser.add_argument("--partial", action="store_true", help="write what can be, whatever cannot")
    parser.add_argument("file", type=Path, metavar="FILE", help="- is the standard input")
    parser.add_argument("names", nargs="*", metavar="PV")
    return parser


def main(words: Sequence[str]) -> int:
    """Run the command."""
    parser = make_parser()
    options = parser.read(list(words))
    where = "the standard input" if str(options.file) == "-" else str(options.file)
    try:
        text = sys.stdin.read() if str(options.file) == "-" else options.file.read_text(encoding="utf-8")
    except UnicodeDecodeError as exc:
        raise ValueError(f"{where} is no text: {exc}") from None
    saved, errors = load(text, where)
    if unknown := [name for name in options.names if name not in saved]:
        raise ValueError(f"{where} has no value of {', '.join(unknown)}")
    wanted = {name: saved[name] for name in options.names or saved}
    if errors and not options.names:
        say(f"{where} has no value of {len(errors)} PVs that could not be read then: {', '.join(errors)}")
    if not wanted:
        raise ValueError(f"{where} has no value of any PV")
    return asyncio.run(_restore(options, wanted))


@dataclass(frozen=True)
class _Change:
    value: Value
    lines: tuple[str, ...]  # what differs


async def _restore(options: argparse.Namespace, saved: Mapping[str, Saved]) -> int:
    async with Context(timeout=options.wait) as context:

        async def compare(name: str) -> _Change:
            present = await context.get(name)
            wanted = restored(present, saved[name].value, saved[name].chosen)
            return _Change(wanted, tuple(_differences(present, wanted)))

        compared = await on_many(list(saved), compare, "Comparing")
        tell_failures(compared.failures)
        if options.dry:
            return _show(compared.results, bool(compared.failures))
        if compared.failures and not options.partial:
            say("Nothing was written; --partial writes the others")
            return 1
        changes = {name: each for name, each in compared.results.items() if each.lines or options.all}
        wait = True if options.complete else None

        async def put(name: str) -> None:
            await context.put(name, changes[name].value, wait=wait)

        written = await on_many(list(changes), put, "Writing")
    tell_failures(written.failures)
    if options.verbose:
        for name in written.results:
            write("".join(f"{name} {line}\n" for line in changes[name].lines))
    equal = len(compared.results) - len(changes)
    write(f"{len(written.results)} PVs written" + (f", {equal} were as saved\n" if equal else "\n"))
    return 1 if compared.failures or written.failures else 0


def _show(changes: Mapping[str, _Change], failed: bool) -> int:
    for name, change in changes.items():
        write("".join(f"{name} {line}\n" for line in change.lines))
    differ = sum(1 for change in changes.values() if change.lines)
    write(f"{differ} of {len(changes)} PVs differ\n")
    return 1 if failed else 0


def _differences(present: Value, wanted: Value) -> list[str]:
    lines = []
    types_now, types_then = chosen_types(present), chosen_types(wanted)
    for path in sorted(wanted.changed()):
        now, then = (json.loads(_only(each, path).to_json(only_marked=True)) for each in (present, wanted))
        if now != then or types_now.get(path) != types_then.get(path):
            lines.append(f"{path}: {_shown(now, path)} -> {_shown(then, path)}")
    return lines


def _only(value: Value, path: str) -> Value:
    one = value.clone()
    one.unmark()
    one.mark(path)
    return one


def _shown(found: object, path: str) -> str:
    for name in path.split("."):
        assert isinstance(found, dict)
        found = found[name]
    text = json.dumps(found, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
