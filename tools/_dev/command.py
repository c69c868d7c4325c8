"""The command line of tools/dev.py."""

from __future__ import annotations

import argparse
import sys

from . import demo, suite
from .console import Failure

__all__ = ["main"]


def main() -> int:
    """Run one of the commands and return its exit status."""
    parser = argparse.ArgumentParser(prog="dev.py", description="Try or test aiopvxs from a clone.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("demo", help="build the packages, and let a client and a server exchange values")
    commands.add_parser("test", help="run the default tox environments; more arguments are tox's (-e lint)")
    options, others = parser.parse_known_args()
    if others and options.command != "test":
        parser.error(f"{options.command} takes no arguments, but was given {' '.join(others)}")
    try:
        return demo.main() if options.command == "demo" else suite.main(others)
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
