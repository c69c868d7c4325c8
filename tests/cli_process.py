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

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command; it is killed at the end of the test, if it still runs."""
        process = subprocess.Popen(
            [sys.executable, "-c", START, *words],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._stack.enter_context(process)
        self._stack.callback(process.kill)
        return process

    def run(self, *words: str) -> Done:
        """Run a command to its end."""
        return self.end(self.start(*words))

    def interrupt(self, process: subprocess.Popen[str]) -> Done:
        """Do what Ctrl-C does."""
        process.send_signal(signal.SIGINT)
        return self.end(process)

    def end(self, process: subprocess.Popen[str]) -> Done:
        """Wait for the end of a command."""
        out, err = process.communicate(timeout=SECONDS)
        assert "Traceback" not in err
        return Done(process.returncode, out, err)
