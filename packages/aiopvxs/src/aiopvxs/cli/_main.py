"""Which command is meant."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from ._commands import COMMANDS, command
from ._run import guarded, say

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    0 is success, or that nobody reads the output any more; 1 is wrong usage, an error of a server, or a
    timeout; 2 is Ctrl-C.
    """
    if argv is None and "_ARGCOMPLETE" in os.environ:
        from .completion import complete

        return complete()
    words = list(sys.argv[1:] if argv is None else argv)
    if not words:
        say(f"aiopvxs: a command is missing, one of {' '.join(COMMANDS)}; see aiopvxs -h")
        return 1
    return guarded(lambda: _run(words[0], words[1:]))


def _run(name: str, words: Sequence[str]) -> int:
    if name in COMMANDS:
        return int(command(name).main(words))
    if name in ("-h", "--help"):
        print(_help())
        return 0
    if name in ("-V", "--version"):
        from ._parser import versions

        print(versions())
        return 0
    say(f"aiopvxs: {name!r} is none of its commands, {' '.join(COMMANDS)}; see aiopvxs -h")
    return 1


def _help() -> str:
    rows = [f"  {name:<10} {what}" for name, what in COMMANDS.items()]
    first = "usage: aiopvxs [-h] [-V] COMMAND ...\n\nPVAccess on the command line.\n"
    return "\n".join([first, *rows, "\naiopvxs COMMAND -h tells the options of each."])
