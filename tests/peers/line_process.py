"""A child process that takes lines and gives JSON lines."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import threading
import time
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Message = dict[str, Any]


class LineProcess:
    """Run ``command``; keep every JSON line it prints, in order.

    A thread reads its output, so nothing is lost and nothing blocks while a test does something else. The
    process ends with its standard input, and is waited for by :meth:`close`.
    """

    def __init__(self, command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=env
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin = self._process.stdin
        self._messages: list[Message] = []
        self._ended = False
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def _read(self, stdout: IO[str]) -> None:
        for line in stdout:
            message = json.loads(line)
            with self._changed:
                self._messages.append(message)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def ready(self) -> Message:
        """Wait for the event ``ready``; without it the process is ended."""
        try:
            return self.wait(lambda message: message.get("event") == "ready")
        except BaseException:
            self.kill()
            self.close()
            raise

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def send(self, line: str) -> None:
        """Write one line to the process."""
        self._stdin.write(line + "\n")
        self._stdin.flush()

    def messages(self, start: int = 0) -> list[Message]:
        """What the process has printed so far, from the message number ``start`` on."""
        with self._changed:
            return self._messages[start:]

    def forget(self) -> None:
        """Drop what the process has printed so far."""
        with self._changed:
            self._messages.clear()

    def wait(
        self, accept: Callable[[Message], bool], *, count: int = 1, start: int = 0, timeout: float = 20.0
    ) -> Message:
        """Wait for the ``count``-th message that ``accept`` takes, among those from number ``start`` on.

        Raises:
            TimeoutError: It did not come; the text shows what came instead.
            EOFError: The process ended before.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                found = [message for message in self._messages[start:] if accept(message)]
                if len(found) >= count:
                    return found[count - 1]
                if self._ended:
                    raise EOFError(
                        f"The process {self._process.args!r} ended; it printed {self._messages[start:]}"
                    )
                if not self._changed.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"Not seen within {timeout} s; seen: {self._messages[start:]}")

    async def wait_async(
        self, accept: Callable[[Message], bool], *, count: int = 1, start: int = 0, timeout: float = 20.0
    ) -> Message:
        """As :meth:`wait`, while the event loop goes on."""
        return await asyncio.to_thread(self.wait, accept, count=count, start=start, timeout=timeout)

    def kill(self) -> None:
        """End the process without a farewell, as a crash does."""
        self._process.kill()
        self._process.wait()

    def close(self, timeout: float = 20.0) -> int:
        """Close its input and return its exit status.

        Raises:
            subprocess.TimeoutExpired: It did not end in time; it was killed.
        """
        with contextlib.suppress(BrokenPipeError):  # it is gone already; its status tells
            self._stdin.close()
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            self._reader.join(timeout)
            if self._process.stdout is not None:
                self._process.stdout.close()
