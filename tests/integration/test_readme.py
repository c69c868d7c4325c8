"""What the examples of README.md do where it does not say so; that they work is in tests/docs."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from follow import blocks_of, isolated
from peers.ports import free_port

# a test run in the background is started with SIGINT ignored, and its children inherit that
INTERRUPTIBLE = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
README = Path(__file__).parents[2] / "README.md"


def example(name: str) -> str:
    """The code that is to be saved under this name."""
    (block,) = (block for block in blocks_of(README) if block.mark == "file" and block.said == name)
    return block.code


@pytest.fixture
def environment() -> dict[str, str]:
    """Where the examples' server and client find one another, and nobody else does."""
    return isolated(free_port())


@pytest.fixture
def served(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The README's server, running."""
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE + example("server.py")],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline().startswith("Starting server")
        yield process
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def run(name: str, environment: dict[str, str]) -> str:
    finished = subprocess.run(
        [sys.executable, "-c", example(name)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=40,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout
    return finished.stdout


@pytest.mark.skipif(sys.version_info < (3, 11), reason="an interrupt comes at any line before Python 3.11")
def test_server_stops_cleanly_when_interrupted(served: subprocess.Popen[str]) -> None:
    served.send_signal(signal.SIGINT)
    assert served.stdout is not None
    assert "Stopping server" in served.stdout.read()


def test_put_example_times_out_where_nothing_is_served(environment: dict[str, str]) -> None:
    assert run("put.py", environment) == "put operation failed: Timed out\n"
