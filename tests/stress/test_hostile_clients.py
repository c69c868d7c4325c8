"""Hostile clients over TCP; ``python tools/fuzz/network`` has them by the hour."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
import time
from random import Random
from typing import Any

import pytest

from aiopvxs_core import features
from fuzz.network import __main__ as program
from fuzz.network.attack import connected, honest_get
from fuzz.network.mutation import EMPTY_REQUEST, FIRST_CHANNEL, MUTATIONS, RPC, message, mutated, swelling
from fuzz.network.recording import frames
from fuzz.network.target import FIXED

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the server's memory is read from /proc")

CONNECTIONS = 10_000 if os.environ.get("AIOPVXS_STRESS") == "full" else 1000
CONVERSATION = [message(1, b"abc"), message(7, b"\x01\x00name"), message(10, bytes(range(20)), 0x80)]


@pytest.mark.timeout(300)
def test_some_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    status = program.main(["--seed", "1", "--rounds", "150"])
    output = capsys.readouterr().out
    assert status == 0, output
    assert output.splitlines()[-1].startswith("150 clients; ")


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_mutation_is_repeatable_and_changes_something(name: str) -> None:
    made = [MUTATIONS[name](Random(seed), list(CONVERSATION)) for seed in range(20)]
    assert made == [MUTATIONS[name](Random(seed), list(CONVERSATION)) for seed in range(20)]
    assert any(each != CONVERSATION for each in made)
    assert mutated(Random(5), CONVERSATION) == mutated(Random(5), CONVERSATION)


def test_a_stream_is_taken_apart() -> None:
    assert frames(b"".join(CONVERSATION)) == CONVERSATION
    control = b"\xca\x02\x01\x02\x40\x00\x00\x00"  # what looks like a size is its data
    assert frames(control + CONVERSATION[0]) == [control, CONVERSATION[0]]


# struct { struct[] { int32 b } a }, and 2,000,000,000 elements of which not one follows
COUNTED = b"\x80\x00\x01\x01a\x88\x80\x00\x01\x01b\x22" + b"\xfe\x00\x94\x35\x77"
GREEDY = {
    "count": [message(RPC, struct.pack("<IIB", FIRST_CHANNEL, 0x7000, 0) + COUNTED)],
    "types": swelling(5, 100),
}


def after_greedy(messages: list[bytes]) -> int:
    """Have a client send these messages, and another be served; return how the server ends."""
    target = program._Target()
    try:
        with connected(target.port) as stream:
            stream.sendall(message(1, struct.pack("<IHH", 0x10000, 0x7FFF, 0) + b"\x09anonymous\xff"))
            stream.sendall(message(7, struct.pack("<HI", 1, 1) + b"\x0cfuzz:handled"))
            begin = struct.pack("<IIB", FIRST_CHANNEL, 0x7000, 8) + EMPTY_REQUEST
            for each in (message(RPC, begin), *messages):
                stream.sendall(each)
            with contextlib.suppress(ConnectionError):
                while stream.recv(65536):
                    pass
        assert honest_get(target.port) == FIXED
        assert target.rest()["errors"] == []
    finally:
        status = target.close()
    return status


@pytest.mark.skipif(
    "nesting_limit" not in features, reason="PVXS 1.4 has no limit: docs/explanation/hostile-clients.md"
)
@pytest.mark.timeout(120)
def test_anys_that_nest_without_end_cost_the_connection_alone() -> None:
    deep = struct.pack("<IIB", FIRST_CHANNEL, 0x7000, 0) + b"\x82" * 200_000 + b"\x22abcd"
    assert after_greedy([message(RPC, deep)]) == 0


@pytest.mark.skipif("AIOPVXS_SANITIZED" in os.environ, reason="a sanitizer does not refuse memory, but ends")
@pytest.mark.timeout(120)
@pytest.mark.parametrize("kind", GREEDY)
def test_where_memory_is_limited_greed_costs_the_connection_alone(kind: str) -> None:
    """PVXS reserves what a few bytes of a client announce; see docs/explanation/hostile-clients.md."""
    assert after_greedy(GREEDY[kind]) == 0


def after_announcing(length: int, seconds: float) -> int:
    """Have a client announce so many bytes, send a million and go; return how many connections stay."""
    target = program._Target()
    try:
        with connected(target.port) as stream, contextlib.suppress(OSError):
            stream.settimeout(1.0)  # the server may read no more
            stream.sendall(b"\xca\x02\x00\x01" + struct.pack("<I", length) + bytes(1_000_000))
        for _ in range(3):  # others come and go meanwhile, and nobody is slowed down
            assert honest_get(target.port) == FIXED
        end = time.monotonic() + seconds
        while (left := target.state()["connections"]) and time.monotonic() < end:
            time.sleep(0.05)
        return int(left)
    finally:
        assert target.close() == 0


@pytest.mark.timeout(120)
def test_what_will_never_be_complete_ends_with_its_client() -> None:
    assert after_announcing(0xFFFF_FFF7, 20.0) == 0


@pytest.mark.timeout(120)
def test_a_length_that_pvxs_adds_up_wrongly_costs_a_connection_alone() -> None:
    """It reads no more then, and never sees that the client has gone; docs/explanation/hostile-clients.md.

    Its worker looks at it all the time, so this is kept short.
    """
    assert after_announcing(0xFFFF_FFF8, 0.5) == 1


@pytest.mark.timeout(600)
def test_connections_that_are_opened_and_dropped() -> None:
    """Some greet, some say nothing, and some go without a farewell; the server has nothing of them."""
    chance = Random(1)
    greeting = message(1, struct.pack("<IHH", 0x10000, 0x7FFF, 0) + b"\x09anonymous\xff")
    target = program._Target()
    try:
        before = target.rest()
        for _ in range(CONNECTIONS // 100):
            streams = [connected(target.port) for _ in range(100)]
            for stream in streams:
                if chance.random() < 0.3:
                    stream.sendall(greeting[: chance.randint(1, len(greeting))])
                if chance.random() < 0.3:
                    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                stream.close()
        assert honest_get(target.port) == FIXED
        after = target.rest()
        assert after["errors"] == []
        assert after["memory"] < before["memory"] + 100e6 or "AIOPVXS_SANITIZED" in os.environ
    finally:
        status = target.close()
    assert status == 0


@pytest.mark.timeout(120)
@pytest.mark.parametrize("fault", ["wrong answer", "complaint", "crash"])
def test_what_must_not_happen_is_noticed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    if fault == "wrong answer":
        monkeypatch.setattr(program, "honest_get", lambda port: 41)
    elif fault == "crash":
        end = program._Target.rest

        def rest(target: Any) -> Any:
            state = end(target)
            target._process._process.kill()
            return state

        monkeypatch.setattr(program._Target, "rest", rest)
    else:
        honest = program._Target.state
        monkeypatch.setattr(program._Target, "state", lambda self: honest(self) | {"errors": ["it hurts"]})
    assert program.main(["--seed", "1", "--rounds", "3"]) == 1
    output = capsys.readouterr().out
    assert "--seed 3 --rounds 1: " in output
    if fault == "complaint":
        assert "it hurts" in output
