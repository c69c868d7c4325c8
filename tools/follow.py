"""Follow pages of the documentation to the letter: ``python tools/follow.py README.md docs/tutorial/*.md``.

The Python that runs this has to have aiopvxs installed, and nothing else. Each page is followed in an empty
folder, top down, with servers and clients on loopback. What is done with a block of code is said by the
comment on the line above it, which readers do not see:

    <!-- file: NAME -->             it is saved under this name
    <!-- goes on -->                its last command goes on until the end of the page, where Ctrl-C ends it
    <!-- not followed: REASON -->   nothing

Without one the commands of a ``sh`` block are run, and must succeed; a ``pycon`` block is an interactive
session, which begins with those of the blocks before, and whose answers must be these; a ``text`` block
directly below commands is what they write, in which ``...`` stands for anything. A ``python`` block without a
comment is an error: nobody would know what to do with it.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import IO, NamedTuple

SECONDS = 120.0  # far more than any step takes
_FENCE = re.compile(r"^```(\S*)\n(.*?)^```[ ]*$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"<!-- ([\w ]+)(?:: ([^\n]*))? -->\n\Z")
# what a reader has not set: other servers, and what makes programs say more than the page shows
_NOT_A_READERS = re.compile("EPICS_PVA|PVXS_|PYTHONASYNCIODEBUG|PYTHONDEVMODE|PYTHONWARNINGS")
# a shell in the background starts its commands with SIGINT ignored, and their children inherit that
_INTERRUPTIBLE = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execvp('sh', sys.argv[1:])"
)


class Block(NamedTuple):
    """A block of code of a page, and the comment above it."""

    line: int
    language: str
    code: str
    mark: str = ""
    said: str = ""  # after the colon of the comment
    directly: bool = False  # below the block before, with nothing between them


class Mismatch(Exception):
    """What the page says is not what happens."""


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of code of a page, in order."""
    text = page.read_text(encoding="utf-8")
    found: list[Block] = []
    end = 0
    for fence in _FENCE.finditer(text):
        before = text[: fence.start()]
        mark = _MARK.search(before)
        language, code = fence.groups()
        marked, said = (mark[1], mark[2] or "") if mark else ("", "")
        directly = bool(found) and not before[end:].strip()
        found.append(Block(before.count("\n") + 1, language, code, marked, said, directly))
        end = fence.end()
    return found


def matches(expected: str, written: str) -> bool:
    """Whether a text is as expected, where ``...`` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in expected.strip().split("..."))
    return re.fullmatch(pattern, written.strip(), re.DOTALL) is not None


def isolated(port: int) -> dict[str, str]:
    """Return an environment whose servers and clients find each other over this UDP port, and nobody else."""
    kept = {name: value for name, value in os.environ.items() if not _NOT_A_READERS.match(name)}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)])
    return kept | {
        "EPICS_PVA_ADDR_LIST": "127.0.0.1",
        "EPICS_PVA_AUTO_ADDR_LIST": "NO",
        "EPICS_PVA_BROADCAST_PORT": str(port),
        "EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1",
        "EPICS_PVAS_SERVER_PORT": "0",
        "PATH": path,
        "PYTHONUNBUFFERED": "1",
    }


class Follower:
    """Somebody who does what a page says, in a folder."""

    def __init__(self, page: Path, folder: Path, environment: dict[str, str]) -> None:
        self._page = page
        self._folder = folder
        self._environment = environment
        self._running: list[tuple[Block, subprocess.Popen[str], IO[str]]] = []
        self._written: str | None = None
        self._typed = ""  # into interactive sessions

    def follow(self) -> int:
        """Do everything, and return how many blocks were followed.

        Raises:
            Mismatch: something fails, or writes other things than the page says.
        """
        done = 0
        with ExitStack() as stack:
            stack.callback(self._kill)
            for block in blocks_of(self._page):
                done += self._do(block)
            self._interrupt()
        return done

    def _do(self, block: Block) -> bool:
        written, self._written = self._written, None
        if block.mark == "not followed":
            return False
        if block.mark == "file":
            (self._folder / block.said).write_text(block.code, encoding="utf-8")
        elif block.mark == "goes on":
            self._start(block)
        elif block.language in ("sh", "bash"):
            self._written = self._run(block, ["sh", "-e", "-c", block.code])
        elif block.language == "pycon":
            self._session(block)
        elif block.language == "text" and written is not None and block.directly:
            if not matches(block.code, written):
                raise self._mismatch(block, f"the page shows\n{block.code}but this was written:\n{written}")
        elif block.language == "python":
            raise self._mismatch(block, "nothing says what to do with this code")
        else:
            return False
        return True

    def _run(self, block: Block, command: list[str]) -> str:
        done = subprocess.run(
            command,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        if done.returncode:
            raise self._mismatch(block, f"exit code {done.returncode}:\n{done.stdout}")
        return done.stdout

    def _session(self, block: Block) -> None:
        name = f"session-{block.line}.txt"
        self._typed += block.code
        (self._folder / name).write_text(self._typed, encoding="utf-8")
        check = (
            "import doctest, sys; sys.exit(doctest.testfile("
            f"{name!r}, module_relative=False, optionflags=doctest.ELLIPSIS).failed)"
        )
        self._run(block, [sys.executable, "-c", check])

    def _start(self, block: Block) -> None:
        *before, last = block.code.splitlines()
        code = "\n".join([*before, f"exec {last}"])
        output = (self._folder / f"output-{block.line}.txt").open("w+", encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-c", _INTERRUPTIBLE, "sh", "-e", "-c", code],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._running.append((block, process, output))
        deadline = time.monotonic() + SECONDS
        while not (written := self._output(output)).endswith("\n"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise self._mismatch(block, f"it has not begun, and wrote:\n{written}")
            time.sleep(0.01)
        self._written = written

    def _interrupt(self) -> None:
        for block, process, output in reversed(self._running):
            if process.poll() is not None:
                raise self._mismatch(block, f"it has ended by itself, and wrote:\n{self._output(output)}")
            process.send_signal(signal.SIGINT)
            process.wait(SECONDS)
            if process.returncode not in (0, 130, -signal.SIGINT):
                raise self._mismatch(
                    block, f"exit code {process.returncode} after Ctrl-C:\n{self._output(output)}"
                )

    def _kill(self) -> None:
        for _, process, output in self._running:
            process.kill()
            process.wait()
            output.close()

    def _output(self, output: IO[str]) -> str:
        return Path(output.name).read_text(encoding="utf-8")

    def _mismatch(self, block: Block, why: str) -> Mismatch:
        return Mismatch(f"{self._page}:{block.line}: {why}")


def follow(page: Path, port: int) -> int:
    """Follow a page in a folder that is removed afterwards, and return how many of its blocks were followed.

    Raises:
        Mismatch: what the page says is not what happens.
    """
    with tempfile.TemporaryDirectory() as folder:
        return Follower(page.resolve(), Path(folder), isolated(port)).follow()


def main() -> int:
    for name in sys.argv[1:]:
        try:
            done = follow(Path(name), random.SystemRandom().randint(10_000, 30_000))
        except Mismatch as mismatch:
            print(mismatch, file=sys.stderr)
            return 1
        print(f"{name}: {done} blocks followed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
