"""``python tools/fuzz/network --minutes 30``: hostile clients over TCP against a server of ours.

What must hold: the server does not crash, hang or grow, an honest client is answered after each of them, and
nothing is left of them. ``python tools/sanitized.py tools/fuzz/network --minutes 30`` has the memory watched.
Each client has a seed, and a failure shows the last ones: ``--seed S --rounds 1`` repeats one.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any

if __package__ in {None, ""}:  # started as a folder
    tools = Path(__file__).resolve().parents[2]
    sys.path[:0] = [str(tools), str(tools.parent / "tests")]

from fuzz.network.attack import Corpus, attack, honest_get
from fuzz.network.recording import record
from fuzz.network.target import FIXED
from peers.line_process import LineProcess

SANITIZED = "AIOPVXS_SANITIZED" in os.environ
_EVERY = 25  # after so many hostile clients the honest one comes
_PATIENCE = 60.0
_SPARE = 5000  # values of types once met, and values to be used again, are kept in bounds
_GROWTH = 600e6  # what was freed is not given back; types that swell take some hundred megabytes once


class _Broken(Exception):
    """Something that must hold does not."""


class _Target:
    """The server's process."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="fuzz-")
        self._log = f"{self._folder.name}/log"
        self.last_words = ""
        """What it wrote last, and what sanitizers have reported: once it has ended."""
        path = str(Path(__file__).with_name("target.py"))
        # a sanitizer's runtime reserves more than all memory there is
        limit = 0 if SANITIZED else 1000
        self._process = LineProcess([sys.executable, path, str(limit), self._log], env=self._environment())
        self.port: int = self._process.ready()["port"]

    def _environment(self) -> dict[str, str]:
        """Have reports here, and one of what PVXS reserves because a client says that so much will come."""
        options = f"{os.environ.get('ASAN_OPTIONS', '')}:log_path={self._folder.name}/report"
        return {**os.environ, "ASAN_OPTIONS": f"{options}:max_allocation_size_mb=1000"}

    @property
    def reports(self) -> str:
        """What sanitizers have reported."""
        return "".join(
            each.read_text(errors="replace") for each in sorted(Path(self._folder.name).glob("report*"))
        )

    @property
    def was_greedy(self) -> bool:
        """It has ended because PVXS asked for memory without end, which the sanitizer cannot refuse."""
        return "allocation-size-too-big" in self.reports or "out-of-memory" in self.reports

    def state(self) -> dict[str, Any]:
        """What it holds."""
        self._process.forget()
        self._process.send("state")
        return self._process.wait(lambda _: True, timeout=_PATIENCE)

    def rest(self) -> dict[str, Any]:
        """What it holds once nobody is connected any more."""
        end = time.monotonic() + _PATIENCE
        while True:
            state = self.state()
            if not state["connections"] and not state["operations"]:
                return state
            if time.monotonic() > end:
                raise _Broken(f"hostile clients are gone, and this is left: {state}")
            time.sleep(0.05)

    def close(self) -> int:
        """End it; return its status."""
        try:
            return self._process.close(_PATIENCE)
        finally:
            self.last_words = Path(self._log).read_text(errors="replace")[-10_000:] + self.reports
            self._folder.cleanup()


class _Run:
    """A target and its clients, one after the other."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.count = 0
        self.restarts = 0
        self.latest: deque[str] = deque(maxlen=2 * _EVERY)
        self.corpus: Corpus = {}
        self._start()

    def _start(self) -> None:
        self.target = _Target()
        self.corpus = self.corpus or record(self.target.port)
        self._before = self._state = self.target.rest()

    @property
    def memory(self) -> str:
        """What the server has."""
        return f"{self._state['memory'] / 1e6:.0f} MB"

    @property
    def greedy(self) -> str:
        """How often it had to be started again."""
        return f", {self.restarts} of them too greedy for a sanitizer" if self.restarts else ""

    def one(self) -> None:
        """Have one hostile client, and after some an honest one.

        Raises:
            _Broken, OSError, EOFError: the server does not do what it must.
        """
        seed = self._seed + self.count
        self.count += 1
        try:
            self.latest.append(f"--seed {seed} --rounds 1: {attack(seed, self.target.port, self.corpus)}")
            if self.count % _EVERY == 0:
                self.check()
        except (OSError, EOFError):
            if not self.target.was_greedy:
                raise
            with contextlib.suppress(OSError):
                self.target.close()
            self.restarts += 1
            self._start()
        if self.count % 1000 == 0:
            print(f"{self.count} clients, {self.memory}", flush=True)

    def check(self) -> None:
        """Check that an honest client is answered, and that the server holds what it held before.

        Raises:
            _Broken, OSError, EOFError: it is not so.
        """
        if (answer := honest_get(self.target.port)) != FIXED:
            raise _Broken(f"an honest client is answered {answer}")
        end = time.monotonic() + _PATIENCE
        while True:
            self._state = state = self.target.rest()
            if state["errors"]:
                raise _Broken("the server complains:\n" + "\n".join(state["errors"]))
            if not (more := self._more(state["instances"])):
                break
            if time.monotonic() > end:  # what a loop or a worker lets go takes its turn
                raise _Broken(more)
            time.sleep(0.05)
        if state["memory"] > self._before["memory"] + _GROWTH and not SANITIZED:
            raise _Broken(f"the server has {state['memory']} bytes, and had {self._before['memory']}")

    def _more(self, instances: dict[str, int]) -> str:
        """Tell what there is more of than there was, if anything."""
        before = self._before["instances"]
        for name, count in instances.items():
            if count > before.get(name, 0) + (_SPARE if name == "StructTop" else 0):
                return f"the server has {count} {name}, and had {before.get(name, 0)}"
        return ""


def main(arguments: list[str] | None = None) -> int:
    """Attack until the time or the number of clients is used up; return the exit status."""
    parser = argparse.ArgumentParser(prog="fuzz/network", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0, help="how long (default: %(default)s)")
    parser.add_argument("--rounds", type=int, help="how many clients instead")
    parser.add_argument("--seed", type=int, default=None, help="of the first client (default: the time)")
    options = parser.parse_args(arguments)
    first = int(time.time()) * 1000 if options.seed is None else options.seed
    until = time.monotonic() + 60 * options.minutes
    run = _Run(first)
    print(f"clients from --seed {first}; {len(run.corpus)} conversations", flush=True)
    try:
        while run.count < options.rounds if options.rounds is not None else time.monotonic() < until:
            run.one()
        run.check()
    except (_Broken, OSError, EOFError) as error:
        status = run.target.close()
        print("\n".join(run.latest) + f"\n{type(error).__name__}: {error}\nstatus {status}")
        print(run.target.last_words)
        return 1
    status = run.target.close()
    print(f"{run.count} clients{run.greedy}; the server has {run.memory}, and ended with status {status}")
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
