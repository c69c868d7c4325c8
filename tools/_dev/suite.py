"""``dev.py test``: tox in an environment of its own, told of every interpreter on the machine."""

from __future__ import annotations

import subprocess
import sys

from . import interpreters, prerequisites
from .console import run, say
from .places import ROOT, STATE, python_of

__all__ = ["main"]

TOX = "tox>=4.26,<5"
# what the full environments of tox.ini's default list run on
PREFERRED = "3.11"


def main(arguments: list[str]) -> int:
    """Run tox and return its exit status."""
    prerequisites.check()
    found = interpreters.find()
    for version in interpreters.SUPPORTED:
        say(f"Python {version}: {found.get(version, 'not found, its environments are skipped')}")
    python = python_of(STATE / "tox")
    ready = STATE / "tox.ready"
    if not ready.exists() or not python.exists():
        log = STATE / "tox.log"
        run("make the environment of tox", [sys.executable, "-m", "venv", "--clear", STATE / "tox"], log=log)
        run("install tox", [python, "-m", "pip", "install", "--disable-pip-version-check", TOX], log=log)
        ready.touch()
    discover = ["--discover", *(str(path) for path in found.values())]
    command = [str(python), "-m", "tox", "run", *discover, *(arguments or _default(list(found)))]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _default(versions: list[str]) -> list[str]:
    """Return no argument, so that tox runs its default list; without 3.11 also the full suite on another."""
    if PREFERRED in versions:
        return []
    names = ["py" + version.replace(".", "") for version in versions]
    full = [f"{names[-1]}-pvxs15", f"{names[-1]}-pvxs14"]
    smoke = [f"smoke-{name}" for name in names]
    return ["-e", ",".join([*full, *smoke, "lint", "type", "docs", "packages"])]
