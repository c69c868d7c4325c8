"""``aiopvxs completion``: what a shell runs to complete words of this command."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ._commands import COMMANDS, command
from ._extra import needs
from ._parser import Parser
from ._run import write
from ._word_order import options_first

__all__ = ["complete", "main", "make_parser"]

_SHELLS = ("bash", "zsh", "fish")
_SKIPPED = 2  # words: the name of the program, and the command


def make_parser() -> Parser:
    """Return what reads the words after the command."""
    parser = Parser(
        "completion",
        "Print what makes a shell complete commands, options, files, and names of PVs that the servers tell "
        "at which EPICS_PVA_ADDR_LIST and EPICS_PVA_NAME_SERVERS point. In bash and zsh: "
        'eval "$(aiopvxs completion bash)"; in fish: aiopvxs completion fish | source',
    )
    parser.add_argument("shell", choices=_SHELLS)
    return parser


def main(words: Sequence[str]) -> int:
    """Run the command."""
    options = make_parser().read(list(words))
    with needs("The completion of shells", "argcomplete"):
        from argcomplete.shell_integration import shellcode
    text = shellcode(["aiopvxs"], use_defaults=False, shell=options.shell)
    write(f"{text.strip()}\n")
    return 0


def _known(what: object) -> list[str]:
    if what not in ("PV", "SERVER"):
        return []
    from ._names import known_pvs, known_servers

    return known_pvs() if what == "PV" else known_servers()


def complete() -> int:
    """Answer the shell, which asks by its environment, and end the process; 1 if it cannot be answered."""
    try:
        import argcomplete
        from argcomplete.completers import BaseCompleter, FilesCompleter
    except ImportError:
        return 1
    files = FilesCompleter()

    class Default(BaseCompleter):
        def __call__(self, *, prefix: str, action: Any, **_: object) -> Sequence[str]:
            if prefix.startswith("@"):  # the files that put takes
                return [f"@{each}" for each in files(prefix[1:])]
            if action.type is Path:
                return list(files(prefix))
            return _known(action.metavar)

    line = os.environ.get("COMP_LINE", "")[: int(os.environ.get("COMP_POINT") or 0)]
    words = line.split()
    parser: argparse.ArgumentParser
    if len(words) > 2 or (len(words) == 2 and line[-1:].isspace()):
        if words[1] not in COMMANDS:
            return 1
        parser = command(words[1]).make_parser()
        os.environ["_ARGCOMPLETE"] = str(_SKIPPED)
        os.environ["COMP_LINE"] = line = options_first(line, parser, _SKIPPED)
        os.environ["COMP_POINT"] = str(len(line.encode()))
    else:
        parser = argparse.ArgumentParser()
        parser.add_argument("-V", "--version", action="store_true")
        parser.add_argument("command", choices=list(COMMANDS))
    argcomplete.autocomplete(parser, always_complete_options=False, default_completer=Default())
    return 1  # it does not return
