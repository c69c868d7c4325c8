"""The options that commands share, with the letters of PVXS's tools."""

from __future__ import annotations

import argparse
import logging
from typing import NoReturn

__all__ = ["FORMATS", "Parser", "seconds", "versions"]

FORMATS = ("delta", "tree", "nt", "json", "jsonl", "csv", "raw")


def versions() -> str:
    """Return the versions of what is at work."""
    from importlib.metadata import version

    from aiopvxs_core import get_version_str

    return f"aiopvxs {version('aiopvxs')}, aiopvxs-core {version('aiopvxs-core')}, {get_version_str()}"


class Parser(argparse.ArgumentParser):
    """Reads the words after a command; wrong ones end it with one line and exit code 1."""

    def __init__(self, command: str, description: str) -> None:
        super().__init__(prog=f"aiopvxs {command}", description=description, allow_abbrev=False)
        self.add_argument("-V", action=_Version, nargs=0, help="print versions and exit")
        self.add_argument("-v", dest="verbose", action="store_true", help="tell more")
        self.add_argument("-d", dest="debug", action="store_true", help="log what PVXS does, to stderr")

    def error(self, message: str) -> NoReturn:
        """End with code 1."""
        self.exit(1, f"{self.prog}: {' '.join(message.split())}; see {self.prog} -h\n")

    def wait(self, default: float = 5.0, *, what: str = "timeout") -> None:
        """Add ``-w``."""
        self.add_argument(
            "-w", dest="wait", type=seconds, default=default, metavar="SEC", help=f"{what}, {default:g} s"
        )

    def request(self) -> None:
        """Add ``-r``."""
        self.add_argument("-r", dest="request", metavar="REQ", help='pvRequest, such as "field(value,alarm)"')

    def output(self, default: str = "delta") -> None:
        """Add ``-F`` and ``-#``."""
        self.add_argument("-F", dest="format", choices=FORMATS, default=default, help=f"default {default}")
        self.add_argument(
            "-#",
            dest="limit",
            type=_count,
            default=20,
            metavar="N",
            help="show so many elements of an array in delta, tree and nt; 0: all; default 20",
        )

    def read(self, words: list[str]) -> argparse.Namespace:
        """Return the options, with logging set up as they say."""
        options, left = self.parse_known_args(words)
        if left:
            # of names after an option, as in "snapshot FILE --replace PV"; but after -- is no option
            options = self.parse_args(words) if "--" in words else self.parse_intermixed_args(words)
        # the warning of a search that takes long; the timeout says the same
        logging.getLogger("aiopvxs.client").setLevel(logging.WARNING if options.verbose else logging.ERROR)
        if options.debug:
            from .._logging import set_log_level

            set_log_level("pvxs.*", "DEBUG")
        return options


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        print(versions())
        parser.exit(0)


def seconds(text: str) -> float:
    """Read a time in seconds."""
    number = float(text)
    if not 0.0 <= number < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is no time in seconds")
    return number


seconds.__name__ = "number of seconds"  # argparse shows it


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is negative")
    return number


_count.__name__ = "number of elements"
