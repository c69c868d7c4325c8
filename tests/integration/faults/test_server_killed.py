"""A server that is killed and started again, under load: every operation ends as the documentation says."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from aiopvxs import Context, Disconnected
from aiopvxs.data import Value
from peers import ScriptedServer
from peers.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

# The whole of it with AIOPVXS_TEST_ROUNDS=20.
ROUNDS = int(os.environ.get("AIOPVXS_TEST_ROUNDS", "2"))
NAMES = [f"pv:{number}" for number in range(50)]
MONITORS = 1000
HELD = [f"held:{number}" for number in range(50)]  # the server takes requests and does not answer
WATCHED = [f"watched:{number}" for number in range(MONITORS)]


class Lives:
    """A server that is killed and started again on the same ports; what was executed in all its lives."""

    def __init__(self) -> None:
        self._tcp, self._udp = free_port(), free_port()
        self._executed: Counter[tuple[str, int]] = Counter()
        self.server: ScriptedServer
        self.begin(0)
        self.config = self.server.config

    def begin(self, life: int) -> None:
        self.server = ScriptedServer(tcp_port=self._tcp, udp_port=self._udp)
        assert self.server.address == f"127.0.0.1:{self._tcp}"
        for name in HELD:
            self.server.add(name, "int32", value=life)
            for kind in ("put", "rpc"):
                self.server.on(name, "exec", kind, "hold")
        for name in [*WATCHED, *NAMES]:
            self.server.add(name, "int32", value=life)

    def kill(self) -> None:
        self.server.kill()
        self.server.close()
        for event in self.server.printed("exec"):
            if event["request_kind"] == "put":
                self._executed["put", event["value"]["value"]] += 1
            elif event["request_kind"] == "rpc":
                self._executed["rpc", int(event["value"]["query"]["number"])] += 1

    def executed(self, kind: str, number: int) -> int:
        """How often the servers saw it."""
        return self._executed[kind, number]


@pytest.fixture
def lives() -> Iterator[Lives]:
    made = Lives()
    yield made
    made.server.close()


@pytest.mark.timeout(120 * ROUNDS)
async def test_gets_puts_and_calls(lives: Lives) -> None:
    started: dict[tuple[str, int], asyncio.Future[Any]] = {}
    async with Context(lives.config, use_env=False) as ctx:
        await asyncio.gather(*(ctx.get(name) for name in [*NAMES, *HELD]))
        for life in range(1, ROUNDS + 1):
            gets = [ctx.get(name) for name in [*NAMES, *HELD] for _ in range(2)]
            for name in [*NAMES, *HELD]:
                number = len(started)
                started["put", number] = ctx.put(name, number)
                started["rpc", number] = ctx.rpc(name, number=number)
            for name in HELD:
                await lives.server.event("exec", pv=name, request_kind="put")
                await lives.server.event("exec", pv=name, request_kind="rpc")
            gets += [ctx.get(name) for name in NAMES]
            lives.kill()
            gets += [ctx.get(name) for name in NAMES]  # some notice only now, all are answered
            lives.begin(life)
            assert all(isinstance(got, Value) for got in await asyncio.gather(*gets))
            await asyncio.gather(*started.values(), return_exceptions=True)
        lives.kill()
    outcomes: Counter[str] = Counter()
    for (kind, number), operation in started.items():
        error = operation.exception()
        if error is None:
            assert lives.executed(kind, number) == 1, (kind, number)
        else:
            assert isinstance(error, Disconnected)
            assert lives.executed(kind, number) <= 1, (kind, number)
        outcomes[f"{kind} {type(error).__name__}"] += 1
    # those that were held were executed once each, and told so
    assert outcomes["put Disconnected"] >= ROUNDS * len(HELD), outcomes
    assert outcomes["rpc Disconnected"] >= ROUNDS * len(HELD), outcomes


@pytest.mark.timeout(120 * ROUNDS)
async def test_monitors(lives: Lives) -> None:
    last: dict[str, int] = {}
    changed = asyncio.Event()

    async def all_show(number: int) -> None:
        while [name for name in WATCHED if last.get(name) != number]:
            changed.clear()
            await changed.wait()

    async with Context(lives.config, use_env=False) as ctx:

        def show(name: str) -> Any:
            def update(value: Value) -> None:
                last[name] = value.as_int("value")
                changed.set()

            return update

        subscriptions = [ctx.monitor(name, show(name)) for name in WATCHED]
        await all_show(0)
        for life in range(1, ROUNDS + 1):
            for name in WATCHED:
                lives.server.post(name, {"value": -life})
            lives.kill()
            lives.begin(life)
            await all_show(life)
        for name in WATCHED:
            assert lives.server.post(name, {"value": 1_000_000}) == 1  # one subscription each
        await all_show(1_000_000)
        assert all(subscription.connected for subscription in subscriptions)
