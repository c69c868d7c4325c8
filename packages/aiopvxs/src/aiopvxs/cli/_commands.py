"""The commands by name; each is the module of its name, and makes a parser and runs."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from ._parser import Parser


__all__ = ["COMMANDS", "command"]

COMMANDS = {
    "get": "read PVs",
    "put": "write a PV",
    "monitor": "follow PVs",
    "info": "show the types of PVs",
    "list": "find servers, and list their PVs",
    "call": "call an RPC",
    "wait": "wait until a condition on a PV holds",
    "plot": "draw PVs as lines, in the terminal or to PNG",
    "image": "show an image in the terminal, or write it to PNG",
    "snapshot": "keep the values of many PVs in a file",
    "restore": "write the values of a snapshot back",
    "serve": "serve PVs that store what is put",
    "demo": "show a server and a client at work",
    "bench": "measure how fast gets, puts and updates are",
    "doctor": "look for what is wrong",
    "completion": "make a shell complete what is typed",
}


class Command(Protocol):
    """What the module of a command has."""

    def make_parser(self) -> Parser: ...

    def main(self, words: Sequence[str]) -> int: ...


def command(name: str) -> Command:
    """Import the module of a command."""
    return cast(Command, importlib.import_module(f"{__package__}.{name}"))
