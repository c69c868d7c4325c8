"""Where things are: the packages, and the ignored folder that the development commands keep their work in."""

from __future__ import annotations

import sys
from pathlib import Path

__all__ = ["PACKAGES", "ROOT", "STATE", "python_of"]

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".dev"
# in the order in which they depend on each other
PACKAGES = ("aiopvxs-core", "aiopvxs-nt", "aiopvxs")


def python_of(environment: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
