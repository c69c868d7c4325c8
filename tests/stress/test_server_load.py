"""A server under load: many PVs, posts without end, and clients that are killed, or stop reading.

``AIOPVXS_STRESS=full`` serves 10,000 PVs to 50 clients and posts 20,000 updates a second for five minutes;
``AIOPVXS_STRESS_RATE`` names another number. What the machine allowed is printed (``pytest -s``).
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import os
import signal
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aiopvxs import Server, SharedPV
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Operation, service
from aiopvxs_core.diagnostics import instance_snapshot
from peers.build import program
from peers.line_process import LineProcess
from waiting import eventually

FULL = os.environ.get("AIOPVXS_STRESS") == "full"
PVS, CLIENTS = (10_000, 50) if FULL else (500, 5)
RATE = float(os.environ.get("AIOPVXS_STRESS_RATE", "20000" if FULL else "4000"))
ROUNDS, SECONDS, KILL_EVERY = (5, 60.0, 2.0) if FULL else (2, 2.0, 0.7)
TYPES = 5000  # once met are kept for the next time, within bounds: by whatever ran before, too
COMMON = 20  # PVs that all clients monitor
PATIENCE = 120.0 if FULL else 40.0
SANITIZED = "AIOPVXS_SANITIZED" in os.environ

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="memory and descriptors are read from /proc"),
    pytest.mark.timeout(1200 if FULL else 180),
]


@service("load:rpc")
async def double(a: float) -> float:
    """Return twice as much."""
    return 2 * a


class Posting:
    """A thread that posts numbered updates to all PVs in turns, as fast as it was told, or can."""

    def __init__(self, pvs: list[SharedPV]) -> None:
        self._pvs = pvs
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.posted = 0
        self.seconds = 0.0
        self.last = [0] * len(pvs)

    def start(self) -> None:
        """Begin."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        """End, once all PVs have the same number of updates."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        begin, count = time.monotonic(), 0
        while not self._stop.is_set():
            for index, pv in enumerate(self._pvs):
                self.last[index] += 1
                pv.post(self.last[index])
                count += 1
                if count % 100 == 0:
                    ahead = begin + count / RATE - time.monotonic()
                    if ahead > 0:
                        time.sleep(ahead)
        self.posted += count
        self.seconds += time.monotonic() - begin


class Client:
    """A process that monitors a part of the PVs, and may be killed and started again."""

    def __init__(self, server: Server, first: int, count: int) -> None:
        source = Path(__file__).with_name("programs") / "watch_many.cpp"
        executable = program(source, [Path(__file__).parents[1] / "peers"])
        self.indices = [*range(COMMON), *range(first, first + count)]
        self._command = [str(executable), str(first), str(count), str(COMMON)]
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("EPICS_PVA")}
        self._env = {**inherited, **server.client_config()}
        self._env.pop("LD_PRELOAD", None)  # of sanitizers, which it was not built with
        self.restarts = -1
        self.restart()

    def restart(self) -> None:
        """Start it; end the one before without a farewell."""
        if self.restarts >= 0:
            self.kill()
        self._process = LineProcess(self._command, env=self._env)
        self.restarts += 1

    def kill(self) -> None:
        """End it as a crash does."""
        self._process.kill()
        self._process.close()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self._process.pid, number)

    def tell(self) -> dict[str, Any]:
        """What it has seen."""
        self._process.ready()
        self._process.send("tell")
        message = self._process.wait(lambda each: "values" in each, timeout=PATIENCE)
        self._process.forget()
        self._process._messages.append({"event": "ready"})
        return message

    def close(self) -> int:
        """End it; return its status."""
        return self._process.close(PATIENCE)


@dataclass(frozen=True)
class State:
    """What the server's process holds while nothing happens."""

    memory: int
    descriptors: int
    instances: dict[str, int]
    values: int
    """Its own and PVXS's: queues of subscriptions keep what they have sent, to use it again."""

    @classmethod
    def now(cls) -> State:
        """Look at this process."""
        gc.collect()
        getattr(ctypes.CDLL(None), "malloc_trim", int)(0)  # what is free and scattered is no growth
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        counts = {name: count for name, count in instance_snapshot().items() if count}
        values = counts.pop("StructTop", 0)
        for name in ("ServerGPR", "ServerGPRExec"):
            # clients put and call all the time: of what is under way each has one or two
            assert counts.pop(name, 0) <= 2 * CLIENTS + 2
        return cls(pages * os.sysconf("SC_PAGE_SIZE"), len(os.listdir("/proc/self/fd")), counts, values)

    @classmethod
    async def at_rest(cls, like: State | None) -> State:
        """Look once there is as much as there was, or time is up."""
        with contextlib.suppress(TimeoutError):
            await eventually(lambda: like is None or cls.now().instances == like.instances, PATIENCE)
        return cls.now()


class Scene:
    """A server with its PVs, its clients and what posts."""

    def __init__(self, server: Server, pvs: list[SharedPV], clients: list[Client]) -> None:
        self.server = server
        self.clients = clients
        self.posting = Posting(pvs)

    async def all_up_to_date(self, clients: list[Client] | None = None) -> None:
        """Wait until each monitor shows the last value, and check that nothing went wrong."""

        def missing() -> str:
            for number, client in enumerate(self.clients if clients is None else clients):
                seen = client.tell()
                assert seen["errors"] == [], seen["errors"]
                assert client.restarts or not seen["lost"], f"client {number} lost {seen['lost']} PVs"
                expected = [self.posting.last[index] for index in client.indices]
                wrong = sum(a != b for a, b in zip(seen["values"], expected, strict=True))
                if wrong:
                    return f"client {number} has {wrong} wrong values"
            return ""

        end = time.monotonic() + PATIENCE
        while problem := await asyncio.to_thread(missing):
            assert time.monotonic() < end, problem
            await asyncio.sleep(0.05)

    async def killing(self, seconds: float) -> None:
        """Kill and restart one client after the other for so long."""
        end, turn = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            await asyncio.sleep(KILL_EVERY)
            await asyncio.to_thread(self.clients[turn % CLIENTS].restart)
            turn += 1


@pytest.fixture
async def put_pv() -> SharedPV:
    pv = SharedPV(NTScalar(T.Int32), 0, serial=True, max_waiting=1000)

    @pv.on_put
    async def _(pv: SharedPV, op: Operation) -> None:
        await asyncio.sleep(0)
        pv.post(op.value)

    return pv


@pytest.fixture
async def scene(put_pv: SharedPV) -> Any:
    pvs = [SharedPV(NTScalar(T.Int32), 0) for _ in range(PVS)]
    names: dict[str, Any] = {f"load:{index}": pv for index, pv in enumerate(pvs)}
    names["load:put"] = put_pv
    each = PVS // CLIENTS
    with ExitStack() as stack:
        async with Server(names, Config.isolated(), services=[double]) as server:
            clients = []
            for number in range(CLIENTS):
                clients.append(await asyncio.to_thread(Client, server, number * each, each))
                stack.callback(clients[-1].kill)
            made = Scene(server, pvs, clients)
            stack.callback(made.posting.stop)
            await made.all_up_to_date()
            yield made
            made.posting.stop()


async def test_nothing_grows_while_clients_come_and_go(scene: Scene, capsys: Any) -> None:
    states = []
    for _ in range(ROUNDS):
        scene.posting.start()
        await scene.killing(SECONDS)
        await asyncio.to_thread(scene.posting.stop)
        await scene.all_up_to_date()
        states.append(await State.at_rest(states[0] if states else None))
    rate = scene.posting.posted / scene.posting.seconds
    restarts = sum(client.restarts for client in scene.clients)
    with capsys.disabled():
        print(f"\n{rate:,.0f} posts/s of {RATE:,.0f}, {restarts} restarts")
        for state in states:
            print(f"{state.memory / 1e6:.0f} MB, {state.descriptors} descriptors, {state.values} values")
    assert restarts >= ROUNDS
    assert states[-1].instances == states[0].instances
    assert {state.descriptors for state in states} == {states[0].descriptors}
    monitors = sum(len(client.indices) for client in scene.clients)
    assert all(state.values < 5 * PVS + 6 * monitors + TYPES for state in states)
    if not SANITIZED:
        assert states[-1].memory < 1.1 * states[ROUNDS // 2 - 1].memory + 16e6


async def test_a_client_that_stops_reading(scene: Scene) -> None:
    """It slows nobody down, its updates take no room without bound, and it goes on where it is woken."""
    stopped, *others = scene.clients
    stopped.signal(signal.SIGSTOP)
    try:
        memories = []
        for _ in range(3):
            scene.posting.start()
            await asyncio.sleep(SECONDS)
            await asyncio.to_thread(scene.posting.stop)
            await scene.all_up_to_date(others)
            memories.append(State.now().memory)
        if not SANITIZED:
            assert memories[-1] < memories[0] + 16e6, memories
    finally:
        stopped.signal(signal.SIGCONT)
    stopped.restarts += FULL  # a server gives a silent client up after a while: it has to come back
    await scene.all_up_to_date()
