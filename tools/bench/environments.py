"""Environments of other packages, so that none decides what another is measured with."""

from __future__ import annotations

import subprocess
import sys
import venv
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from _dev.places import STATE, python_of

if TYPE_CHECKING:
    from pathlib import Path

P4P = "4.3.0"
BITSHUFFLE = "0.5.2"


def p4p_python() -> Path | None:
    """The interpreter that has p4p, and the same numpy as here."""
    return _python_with("p4p", P4P)


def bitshuffle_python() -> Path | None:
    """The interpreter that has bitshuffle: its wheels are for CPython 3.10 to 3.12."""
    return _python_with("bitshuffle", BITSHUFFLE)


@cache
def _python_with(package: str, release: str) -> Path | None:
    """Make an interpreter with a package; None, with a word about it, if that fails."""
    numpy = version("numpy")
    name = f"{package}-{release}-python-{sys.version_info.major}.{sys.version_info.minor}-numpy-{numpy}"
    place = STATE / "bench" / name
    python = python_of(place)
    complete = place / "complete"
    if complete.exists():
        return python
    print(f"making {place} …", file=sys.stderr, flush=True)
    venv.create(place, clear=True, with_pip=True)
    requirements = [f"{package}=={release}", f"numpy=={numpy}"]
    command = [str(python), "-m", "pip", "install", "--quiet", "--only-binary", package, *requirements]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"Without {package}, which could not be installed:\n{done.stderr}", file=sys.stderr)
        return None
    complete.touch()
    return python
