"""Running commands so that the user sees progress, and all of the output only when something fails."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["Failure", "run", "say"]

_NINJA = re.compile(r"^\[[1-9]\d*/\d+\] ")


class Failure(Exception):
    """What the user is told in one sentence before the command exits with status 1."""


def say(text: str) -> None:
    """Print one line of progress at once."""
    print(text, flush=True)


def run(
    what: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """Run a command with its output in a log file; compile steps are shown as they come.

    Args:
        what: the step, as the user reads it.
        command: program and arguments.
        log: the file that the output is appended to.
        env: environment of the command, None for this one.
        cwd: working directory.

    Raises:
        Failure: the command failed; the end of its output was printed.
    """
    say(f"- {what}")
    arguments = [str(part) for part in command]
    started = time.monotonic()
    tail: deque[str] = deque(maxlen=40)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {shlex.join(arguments)}\n")
        with subprocess.Popen(
            arguments,
            env=None if env is None else dict(env),
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                file.write(line)
                tail.append(line)
                if _NINJA.match(line):
                    say("    " + _shortened(line))
    if process.returncode != 0:
        sys.stdout.writelines(tail)
        raise Failure(f"{what} failed (exit status {process.returncode}); all of its output is in {log}.")
    seconds = time.monotonic() - started
    if seconds > 2:
        say(f"    done in {seconds:.0f} s")


def _shortened(line: str) -> str:
    """Return a ninja line without the folders of its object file."""
    return re.sub(r"CMakeFiles/\S+?\.dir/", "", line.rstrip()).removesuffix(".o")
