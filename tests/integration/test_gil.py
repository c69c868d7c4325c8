"""The hard rule, shown: pvxs threads never take the GIL."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Server, SharedPV
from peers import CommandClient


@pytest.fixture
def server() -> Iterator[Server]:
    with Server({"stored": SharedPV(NTScalar(T.Int32), 42)}, Config.isolated()) as running:
        yield running


def hold_the_gil(seconds: float) -> None:
    """Stay in one C call that does not release the GIL for at least so long."""
    length = 20
    while True:
        start = time.monotonic()
        assert re.fullmatch(r"(a|aa)*b", "a" * length) is None  # exponential in the length
        took = time.monotonic() - start
        if took >= seconds:
            return
        length += 1 if took > seconds / 4 else 2


def test_stored_value_is_served_while_python_is_stuck(
    server: Server, command_client: type[CommandClient], tmp_path: Path
) -> None:
    client = command_client(server.client_config())
    client.run("get", "stored")  # compiled, and known to work
    for attempt, seconds in enumerate((1.0, 2.0, 4.0, 8.0)):  # how long a busy machine takes to start it
        answer = tmp_path / f"answer{attempt}"
        with answer.open("w") as output, client.start("get", "stored", stdout=output) as process:
            hold_the_gil(seconds)
            released = time.time()
            assert process.wait(20) == 0
        assert json.loads(answer.read_text())["value"]["value"] == 42
        if answer.stat().st_mtime < released:
            return
    pytest.fail("The value was never served before Python gave up the GIL")


def test_client_operations_complete_while_python_is_stuck() -> None:
    """An operation's network part needs no GIL either: it is done by the time that Python looks."""
    script = """
import asyncio, re, time
from aiopvxs import Context, Server, SharedPV
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config

async def main():
    async with Server({"stored": SharedPV(NTScalar(T.Int32), 42)}, Config.isolated()) as server:
        async with Context(server.client_config(), use_env=False) as ctx:
            pending = [ctx.get("stored") for _ in range(3)]
            assert re.fullmatch(r"(a|aa)*b", "a" * 32) is None
            # one pass of the loop for the descriptor, one for the futures: no network wait is left
            for _ in range(3):
                await asyncio.sleep(0)
            assert all(operation.done() for operation in pending)

asyncio.run(main())
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=50)
