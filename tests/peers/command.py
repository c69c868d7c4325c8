"""The small C++ pvxs client command."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from .build import program

if TYPE_CHECKING:
    from collections.abc import Mapping

SOURCE = Path(__file__).with_name("client.cpp")


@dataclass(frozen=True)
class Outcome:
    """What one command did."""

    status: int
    """0 done, 1 refused, 2 usage, 3 timeout."""
    lines: list[dict[str, Any]]

    @property
    def value(self) -> Any:
        """The one value it printed.

        Raises:
            AssertionError: It failed, or did not print exactly one.
        """
        assert self.status == 0, self
        assert len(self.lines) == 1, self
        return self.lines[0]["value"]

    @property
    def error(self) -> tuple[str, str]:
        """The kind (``remote``, ``local``, ``timeout``, ``usage``) and text of its failure."""
        assert self.status != 0, self
        return self.lines[-1]["error"], self.lines[-1]["message"]


class CommandClient:
    """Runs ``client.cpp`` against the server that ``config`` describes; each command is a process."""

    def __init__(self, config: Mapping[str, str]) -> None:
        self._command = str(program(SOURCE))
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("EPICS_PVA")}
        self._env = {**inherited, **config}

    def run(self, *words: object, timeout: float = 10.0) -> Outcome:
        """Run one command, for example ``run("put", "x", "value", 5)``; ``timeout`` is the operation's."""
        command = [self._command, "-w", str(timeout), *map(str, words)]
        done = subprocess.run(
            command, env=self._env, capture_output=True, text=True, timeout=timeout + 20.0, check=False
        )
        return Outcome(done.returncode, [json.loads(line) for line in done.stdout.splitlines()])

    def start(self, *words: object, stdout: IO[str], timeout: float = 10.0) -> subprocess.Popen[str]:
        """Start one command, its lines going to ``stdout``, and return its process."""
        command = [self._command, "-w", str(timeout), *map(str, words)]
        return subprocess.Popen(command, env=self._env, stdout=stdout, text=True)

    async def __call__(self, *words: object, timeout: float = 10.0) -> Outcome:
        """As :meth:`run`, while the event loop goes on."""
        return await asyncio.to_thread(self.run, *words, timeout=timeout)
