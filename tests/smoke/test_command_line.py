"""The command that a wheel installs: the demonstration, and a put and a get of a PV."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Server, SharedPV

# asyncio's debug mode writes to stderr how long something took, on a machine that is busy
LEFT_OUT = ("EPICS_", "PYTHONASYNCIODEBUG", "PYTHONDEVMODE")
COMMAND = Path(sys.executable).with_name("aiopvxs.exe" if sys.platform == "win32" else "aiopvxs")


def run(settings: dict[str, str], *words: str) -> str:
    """Return what a command prints; it has to succeed, and finds nothing but what the settings name."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(LEFT_OUT)}
    result = subprocess.run(
        [COMMAND, *words], env={**kept, **settings}, capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def test_demo() -> None:
    told = run({}, "demo")
    assert "demo:setpoint" in told
    assert "42.0 mm" in told
    assert "It works" in told


@pytest.mark.parametrize("form", ["tree", "delta", "nt", "json", "jsonl", "csv"])
def test_get_in_each_form(form: str) -> None:
    pv = SharedPV(initial=NTScalar(float).create(2.5))
    with Server({"smoke:pv": pv}, Config.isolated()) as server:
        assert "2.5" in run(server.client_config(), "get", "-F", form, "smoke:pv")


def test_put() -> None:
    pv = SharedPV(initial=NTScalar(float).create(2.5))
    with Server({"smoke:pv": pv}, Config.isolated()) as server:
        run(server.client_config(), "put", "smoke:pv", "4.25")
        assert "4.25" in run(server.client_config(), "get", "smoke:pv")
