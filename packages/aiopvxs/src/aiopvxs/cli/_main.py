"""Which command is meant."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

from ._run import guarded, say

__all__ = ["main"]

_COMMANDS = {
    "get": "read PVs",
    "put": "write a PV",
    "monitor": "follow PVs",
    "info": "show the types of PVs",
    "list": "find servers, and list their PVs",
    "call": "call an RPC",
    "wait": "wait until a condition on a PV holds",
    "snapshot": "keep the values of many PVs in a file",
    "restore": "write the values of a snapshot back",
    "serve": "serve PVs that store what is put",
    "demo": "show a server and a client at work",
    "bench": "measure how fast gets, puts and updates are",
    "doctor": "look for what is wrong",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    0 is success, or that nobody reads the output any more; 1 is wrong usage, an error of a server, or a
    timeout; 2 is Ctrl-C.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if not words:
        say(f"aiopvxs: a command is missing, one of {' '.join(_COMMANDS)}; see aiopvxs -h")
        return 1
    return guarded(lambda: _command(words[0], words[1:]))


def _command(command: str, words: Sequence[str]) -> int:
    if command in _COMMANDS:
        run = importlib.import_module(f"{__package__}.{command}").main
        return int(run(words))
    if command in ("-h", "--help"):
        print(_help())
        return 0
    if command in ("-V", "--version"):
        from ._parser import versions

        print(versions())
        return 0
    say(f"aiopvxs: {command!r} is none of its commands, {' '.join(_COMMANDS)}; see aiopvxs -h")
    return 1


def _help() -> str:
    rows = [f"  {name:<10} {what}" for name, what in _COMMANDS.items()]
    first = "usage: aiopvxs [-h] [-V] COMMAND ...\n\nPVAccess on the command line.\n"
    return "\n".join([first, *rows, "\naiopvxs COMMAND -h tells the options of each."])
