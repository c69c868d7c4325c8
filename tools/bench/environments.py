"""The environment of p4p: its own, so that neither package decides what the other is measured with."""

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


def requirements() -> list[str]:
    """p4p, and the same numpy as here."""
    return [f"p4p=={P4P}", f"numpy=={version('numpy')}"]


@cache
def p4p_python() -> Path | None:
    """The interpreter that has p4p, made by the first call; None, with a word about it, if that fails."""
    name = f"p4p-{P4P}-python-{sys.version_info.major}.{sys.version_info.minor}-numpy-{version('numpy')}"
    place = STATE / "bench" / name
    python = python_of(place)
    complete = place / "complete"
    if complete.exists():
        return python
    print(f"making {place} …", file=sys.stderr, flush=True)
    venv.create(place, clear=True, with_pip=True)
    command = [str(python), "-m", "pip", "install", "--quiet", *requirements()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"Without p4p, which could not be installed:\n{done.stderr}", file=sys.stderr)
        return None
    complete.touch()
    return python
