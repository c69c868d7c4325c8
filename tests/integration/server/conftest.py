"""C++ clients that do what a well-behaved client command does not."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from peers.build import program
from peers.line_process import LineProcess

if TYPE_CHECKING:
    from aiopvxs.server import Server

StartProgram = Callable[..., LineProcess]


@pytest.fixture
def start_program() -> Iterator[StartProgram]:
    """Start ``programs/NAME.cpp`` as a client of a server: ``start_program("load", server, …)``."""
    folder = Path(__file__).with_name("programs")
    with ExitStack() as stack:

        def start(name: str, server: Server, *arguments: object) -> LineProcess:
            executable = program(folder / f"{name}.cpp", [Path(__file__).parents[2] / "peers"])
            inherited = {key: value for key, value in os.environ.items() if not key.startswith("EPICS_PVA")}
            process = LineProcess(
                [str(executable), *map(str, arguments)], env=inherited | server.client_config()
            )
            stack.callback(process.close)
            process.ready()
            return process

        yield start


Until = Callable[[Callable[[], object]], Awaitable[None]]


@pytest.fixture
def until() -> Until:
    """Wait for something that tells nobody when it happens: ``await until(lambda: …)``."""

    def poll(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 20.0
        while not condition():
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.005)

    async def wait(condition: Callable[[], object]) -> None:
        await asyncio.to_thread(poll, condition)

    return wait
