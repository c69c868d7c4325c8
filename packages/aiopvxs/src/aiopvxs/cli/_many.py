"""One operation on each of many PVs, all at once, with what becomes of each, and a bar of the progress."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from aiopvxs_core.errors import Error, Timeout

from ._parser import Parser
from ._progress import progress
from ._run import say
from ._together import together

__all__ = ["Outcome", "names_of", "on_many", "tell_failures"]

_T = TypeVar("_T")


@dataclass
class Outcome(Generic[_T]):
    """What came of each PV, by name, in the order in which they were named."""

    results: dict[str, _T] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


async def on_many(names: Sequence[str], operation: Callable[[str], Awaitable[_T]], what: str) -> Outcome[_T]:
    """Do it for every PV; nothing that can happen to one ends the others."""
    found: dict[str, _T] = {}
    failed: dict[str, str] = {}
    with progress(what, len(names)) as advance:

        async def one(name: str) -> None:
            try:
                found[name] = await operation(name)
            except Timeout as exc:
                failed[name] = "was not found in time" if exc.phase == "connect" else "did not answer in time"
            except (Error, ValueError) as exc:
                failed[name] = str(exc)
            advance()

        await together(one(name) for name in names)
    return Outcome(
        {name: found[name] for name in names if name in found},
        {name: failed[name] for name in names if name in failed},
    )


def tell_failures(failures: dict[str, str]) -> None:
    """Say a line for each PV of these."""
    for name, text in failures.items():
        say(text if repr(name) in text else f"{name}: {text}")


def names_of(parser: Parser, words: Sequence[str], file: Path | None) -> list[str]:
    """Return the names of PVs given as words and, one on each line, in a file; each once.

    Raises:
        OSError: the file cannot be read.
    """
    listed: list[str] = []
    if file is not None:
        import sys

        try:
            text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        except UnicodeDecodeError as exc:
            parser.error(f"{file} is no text: {exc}")
        lines = (line.strip() for line in text.splitlines())
        listed = [line for line in lines if line and not line.startswith("#")]
    return list(dict.fromkeys([*words, *listed]))
