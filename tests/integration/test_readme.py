"""The examples of README.md, taken from the file itself and run as a user would."""

from __future__ import annotations

import doctest
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from peers.ports import free_port

# a test run in the background is started with SIGINT ignored, and its children inherit that
INTERRUPTIBLE = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
README = Path(__file__).parents[2] / "README.md"


def examples() -> dict[str, str]:
    """The code blocks that are marked ``<!-- example: NAME -->``."""
    blocks = re.findall(
        r"^<!-- example: (\w+) -->\n```\w+\n(.*?)^```$",
        README.read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    return dict(blocks)


@pytest.fixture
def environment() -> dict[str, str]:
    """Where the examples' server and client find one another, and nobody else does."""
    return os.environ | {
        "EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1",
        "EPICS_PVA_ADDR_LIST": "127.0.0.1",
        "EPICS_PVA_AUTO_ADDR_LIST": "NO",
        "EPICS_PVA_BROADCAST_PORT": str(free_port()),
        "EPICS_PVA_SERVER_PORT": "0",
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture
def served(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The README's server, running."""
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE + examples()["server"]],
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
        [sys.executable, "-c", examples()[name]],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=40,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout
    return finished.stdout


def test_server_and_client(served: subprocess.Popen[str], environment: dict[str, str]) -> None:
    output = run("client", environment)
    assert "int32_t[] value = {5}[1, 2, 3, 4, 5]" in output
    assert 'string message = "ints are positive"' in output
    assert "value is [1, 2, 3, 4, 5]" in output.splitlines()
    assert run("put", environment) == "put operation successful\n"


def test_server_stops_cleanly_when_interrupted(served: subprocess.Popen[str]) -> None:
    served.send_signal(signal.SIGINT)
    assert served.stdout is not None
    assert "Stopping server" in served.stdout.read()


def test_put_example_times_out_where_nothing_is_served(environment: dict[str, str]) -> None:
    assert run("put", environment) == "put operation failed: Timed out\n"


def test_values() -> None:
    test = doctest.DocTestParser().get_doctest(examples()["values"], {}, "README.md", str(README), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    report: list[str] = []
    result = runner.run(test, out=report.append)
    assert result.attempted > 10
    assert not result.failed, "".join(report)
