"""``dev.py demo``: the packages built and installed, a server in one process, a client in another."""

from __future__ import annotations

import hashlib
import os
import queue
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from . import wheels
from .console import Failure, run, say
from .places import ROOT, STATE, python_of

__all__ = ["main"]

_PATIENCE = 60.0


def main() -> int:
    """Build what changed, run the two processes, and return the exit status."""
    say("Building and installing aiopvxs (the first time takes some minutes)")
    python = _install(wheels.build(os.environ.get("AIOPVXS_PVXS_LINE") or wheels.LINES[0]))
    say("\nStarting a server in one process, and a client in another")
    server = subprocess.Popen(
        [python, ROOT / "tools" / "demo_server.py"], stdout=subprocess.PIPE, text=True, env=_environment()
    )
    try:
        config = _first_line(server)
        say(f"the server listens, and a client finds it with {config}")
        command = [str(python), str(ROOT / "tools" / "demo_client.py"), config]
        status = subprocess.run(command, env=_environment(), check=False, timeout=_PATIENCE).returncode
    finally:
        server.terminate()
        rest, _ = server.communicate(timeout=_PATIENCE)
    say(rest.rstrip())
    if status != 0 or server.returncode != 0:
        both = f"exit status {status} of the client, {server.returncode} of the server"
        raise Failure(f"The demo failed: {both}.")
    say("\nThe client's put changed what the server serves.")
    return 0


def _install(made: list[Path]) -> Path:
    """Return the interpreter of the demo's environment, with these wheels in it."""
    environment = STATE / "demo"
    python = python_of(environment)
    digest = hashlib.sha256(sys.version.encode())
    for wheel in made:
        digest.update(wheel.read_bytes())
    stamp = STATE / "demo.sha256"
    if not (python.exists() and stamp.exists() and stamp.read_text() == digest.hexdigest()):
        stamp.unlink(missing_ok=True)
        shutil.rmtree(environment, ignore_errors=True)
        log = STATE / "demo.log"
        run("make the virtual environment .dev/demo", [sys.executable, "-m", "venv", environment], log=log)
        wheels.install(python, made, log)
        stamp.write_text(digest.hexdigest())
    return python


def _environment() -> dict[str, str]:
    """Return this environment without what would point the demo at a real control system."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("EPICS_", "PYTHON"))}
    return kept | {"PYTHONUNBUFFERED": "1"}


def _first_line(server: subprocess.Popen[str]) -> str:
    """Return what the server says when it is ready, however long its interpreter takes to start."""
    lines: queue.Queue[str] = queue.Queue()
    stream = server.stdout
    assert stream is not None
    threading.Thread(target=lambda: lines.put(stream.readline()), daemon=True).start()
    try:
        line = lines.get(timeout=_PATIENCE).strip()
    except queue.Empty:
        raise Failure(f"The demo's server was not ready after {_PATIENCE:.0f} s.") from None
    if not line:
        raise Failure("The demo's server ended at once; the reason is above.")
    return line
