"""Processes, rounds and results: what all measurements share."""

from __future__ import annotations

import importlib.util
import os
import statistics
import sys
from collections.abc import Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.environments import p4p_python
from peers.build import program
from peers.line_process import LineProcess, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HERE = Path(__file__).parent
TOOLS = HERE.parent
PEERS = TOOLS.parent / "tests" / "peers"
REFERENCE = "C++ one-shot"
SCALARS = 10_000
ARRAYS = (1_000, 100_000, 1_000_000, 8_000_000)

Clients = Mapping[str, LineProcess]
Replies = dict[str, list[Message]]


class BenchmarkError(RuntimeError):
    """A process under measurement reports a failure."""


@dataclass(frozen=True)
class Row:
    """One line of the table: a value per column, and its ratio to the first column."""

    title: str
    values: Mapping[str, float]
    form: Callable[[float], str]
    target: str = ""

    def ratios(self) -> dict[str, float]:
        """Each value divided by the reference's."""
        first = next(iter(self.values.values()))
        return {name: value / first for name, value in self.values.items()}


@dataclass(frozen=True)
class Options:
    """What holds for a whole run."""

    quick: bool = False
    apart: bool = False
    """Servers have one core and clients another, and PVXS cannot give its threads a real-time priority."""

    def command(self, command: Sequence[str], *, serves: bool) -> Sequence[str]:
        """The command of a process: as it is, or with its place."""
        if not self.apart:
            return command
        cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        if len(cores) < 2:
            raise BenchmarkError("--apart needs Linux and two cores")
        place = ("taskset", "--cpu-list", str(cores[0] if serves else cores[1]))
        ordinary = ("setpriv", "--bounding-set=-sys_nice", "--inh-caps=-sys_nice")
        return [*place, *(ordinary if os.geteuid() == 0 else ()), *command]


@dataclass
class Bench:
    """The processes of one run."""

    options: Options
    stack: ExitStack = field(default_factory=ExitStack)

    def scaled(self, full: int, quick: int) -> int:
        """A number of rounds or operations: all, or few where the run is to be quick."""
        return quick if self.options.quick else full

    def start(
        self, command: Sequence[str], config: Mapping[str, str] | None = None
    ) -> tuple[LineProcess, Message]:
        """Start a process that belongs to this run; wait until it is ready."""
        env = {key: value for key, value in os.environ.items() if not key.startswith("EPICS_PVA")}
        env["PYTHONPATH"] = os.pathsep.join(filter(None, [str(TOOLS), env.get("PYTHONPATH")]))
        command = self.options.command(command, serves=not config)
        process = LineProcess(command, env={**env, **(config or {})})
        ready = process.ready()
        self.stack.callback(process.close)
        return process, ready

    def measure(self, clients: Clients, command: str, rounds: int, *, warm_up: bool = True) -> Replies:
        """Run ``command`` in every client, round after round, each round beginning with another client.

        Args:
            clients: By column name.
            command: "VERB COUNT ARGUMENT".
            rounds: How often.
            warm_up: Run each once before, uncounted: connects its channels.
        """
        names = list(clients)
        if warm_up:
            for name in names:
                ask(clients[name], command)
        replies: Replies = {name: [] for name in names}
        for number in range(rounds):
            turn = number % len(names)
            for name in [*names[turn:], *names[:turn]]:
                replies[name].append(ask(clients[name], command))
        return replies


def ask(process: LineProcess, command: str, timeout: float = 120.0) -> Message:
    """Send one command, wait for its outcome.

    Raises:
        BenchmarkError: It failed.
    """
    start = len(process.messages())
    process.send(command)
    reply = process.wait(lambda _: True, start=start, timeout=timeout)
    if reply["event"] != "done":
        raise BenchmarkError(f"{command}: {reply['error']}")
    return reply


def medians(replies: Replies, key: str = "seconds", per: int = 1) -> dict[str, float]:
    """The median of one number of the replies, by column, divided by ``per``."""
    return {name: statistics.median(reply[key] for reply in all_) / per for name, all_ in replies.items()}


def rates(replies: Replies, count: int) -> dict[str, float]:
    """Median operations per second."""
    return {name: count / seconds for name, seconds in medians(replies).items()}


def installed(*modules: str) -> bool:
    """Whether all these can be imported."""
    return all(importlib.util.find_spec(module) is not None for module in modules)


def cpp(name: str) -> str:
    """The compiled program of a C++ source of the benchmark."""
    return str(program(HERE / "cpp" / f"{name}.cpp", includes=[PEERS]))


def worker(name: str, *words: str) -> list[str]:
    """The command of a Python worker."""
    return [sys.executable, "-m", f"bench.workers.{name}", *words]


def p4p_worker(name: str) -> list[str]:
    """The command of a Python worker that uses p4p; empty where there is no p4p."""
    python = p4p_python()
    return [str(python), "-m", f"bench.workers.{name}"] if python else []


def server_command(kind: str) -> list[str]:
    """The command of the C++ server, or of ours."""
    words = [str(SCALARS), *map(str, ARRAYS)]
    return [cpp("bench_server"), *words] if kind == "C++" else worker("aiopvxs_server", *words)


def client_commands() -> dict[str, list[str]]:
    """The clients that can run here, by column name; the reference comes first."""
    commands = {REFERENCE: [cpp("bench_client")]}
    if installed("aiopvxs"):
        commands["aiopvxs"] = worker("aiopvxs_client")
    if installed("aiopvxs", "uvloop"):
        commands["aiopvxs, uvloop"] = worker("aiopvxs_client", "--uvloop")
    if p4p := p4p_worker("p4p_client"):
        commands["p4p"] = p4p
    return commands


@contextmanager
def opened(options: Options) -> Iterator[Bench]:
    """A run; all its processes end with it."""
    bench = Bench(options)
    with bench.stack:
        yield bench
