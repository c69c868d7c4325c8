"""A command in a terminal: what it writes becomes a screen, as a terminal would show it."""

from __future__ import annotations

import contextlib
import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from cli_process import SECONDS, START, Cli

if TYPE_CHECKING:
    import pyte

ROWS, COLUMNS = 24, 80


class Terminal:
    """Runs a command of ``cli``, or a ``program``, in a pseudo-terminal (POSIX only).

    Its output and errors share it.
    """

    def __init__(
        self,
        cli: Cli,
        stack: ExitStack,
        *words: str,
        start: str = START,
        program: Sequence[str] | None = None,
    ) -> None:
        import fcntl
        import pty
        import termios

        import pyte

        self.screen: pyte.Screen = pyte.Screen(COLUMNS, ROWS)
        self.seen = ""  # every character ever written
        self._stream = pyte.ByteStream(self.screen)
        self._ours, theirs = pty.openpty()
        stack.callback(os.close, self._ours)
        # termios.tcsetwinsize is in Python 3.11
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.process = subprocess.Popen(
            [*(program or (sys.executable, "-c", start)), *words],
            env={**_without_hints(cli.env), "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        stack.enter_context(self.process)
        stack.callback(self.process.kill)

    def type(self, keys: str) -> None:
        """Press these keys."""
        os.write(self._ours, keys.encode())

    def text(self) -> str:
        """Return the screen, without the blanks at the ends of its lines."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def until(self, seen: Callable[[str], object]) -> str:
        """Wait until the screen is such, and return it."""
        end = time.monotonic() + SECONDS
        while not seen(self.text()):
            assert time.monotonic() < end, self.text()
            assert self._read(end - time.monotonic()), f"it has ended:\n{self.text()}"
        return self.text()

    def wait(self) -> int:
        """Read to the end, and return the exit code."""
        end = time.monotonic() + SECONDS
        while self._read(max(end - time.monotonic(), 0.0)):
            assert time.monotonic() < end, self.text()
        return self.process.wait(SECONDS)

    def _read(self, timeout: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], timeout)
        if not ready:
            return True  # late, and the caller sees that
        data = b""
        with contextlib.suppress(OSError):  # Linux says EIO when the other end was closed
            data = os.read(self._ours, 65536)
        self._stream.feed(data)
        self.seen += data.decode("utf-8", "replace")
        return bool(data)


def _without_hints(env: dict[str, str]) -> dict[str, str]:
    """What of the environment tells rich of another terminal."""
    hints = {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"}
    return {key: value for key, value in env.items() if key not in hints}
