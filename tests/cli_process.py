"""The command ``aiopvxs`` in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from typing import NamedTuple

SECONDS = 60.0  # far more than a command takes

# a test run in the background is started with SIGINT ignored, and its children inherit that
START = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "sys.argv[0] = 'aiopvxs'; from aiopvxs.cli import main; sys.exit(main())"
)


def without(*modules: str) -> str:
    """A start of the command where these libraries are not installed, or so it seems."""
    return f"import sys; sys.modules.update(dict.fromkeys({modules!r})); {START}"


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


class Cli:
    """Runs commands that find the server with this configuration, and nothing else."""

    def __init__(self, config: Mapping[str, str], stack: ExitStack) -> None:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("EPICS_")}
        self.env = {**kept, **config, "PYTHONUNBUFFERED": ""}
        self._stack = stack

    def start(
        self,
        *words: str,
        stdin: int = subprocess.DEVNULL,
        stdout: int = subprocess.PIPE,
        start: str = START,
    ) -> subprocess.Popen[str]:
        """Start a command; it is killed at the end of the test, if it still runs."""
        process = subprocess.Popen(
            [sys.executable, "-c", start, *words],
            env=self.env,
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._stack.enter_context(process)
        self._stack.callback(process.kill)
        return process

    def run(self, *words: str, given: str | None = None, start: str = START) -> Done:
        """Run a command to its end; what is given comes from its standard input."""
        if given is None:
            return self.end(self.start(*words, start=start))
        return self.end(self.start(*words, stdin=subprocess.PIPE, start=start), given)

    def interrupt(self, process: subprocess.Popen[str]) -> Done:
        """Do what Ctrl-C does."""
        process.send_signal(signal.SIGINT)
        return self.end(process)

    def end(self, process: subprocess.Popen[str], given: str | None = None) -> Done:
        """Wait for the end of a command."""
        out, err = process.communicate(given, timeout=SECONDS)
        assert "Traceback" not in err
        return Done(process.returncode, out, err)
