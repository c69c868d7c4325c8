"""The commands that repair wheels, as cibuildwheel's configuration has them."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["command", "repair"]


def command(root: Path, system: str) -> list[str]:
    """Return the words of a system's command; {dest_dir} and {wheel} are still in it."""
    text = (root / "packages" / "aiopvxs-core" / "pyproject.toml").read_text(encoding="utf-8")
    configuration: dict[str, Any] = tomllib.loads(text)
    return shlex.split(configuration["tool"]["cibuildwheel"][system]["repair-wheel-command"])


def repair(root: Path, wheel: Path, folder: Path) -> Path:
    """Repair a wheel of Linux into a folder that has no other one of its name, and return it."""
    before = set(folder.glob("*.whl"))
    filled = [
        word.replace("{dest_dir}", str(folder)).replace("{wheel}", str(wheel))
        for word in command(root, "linux")
    ]
    subprocess.run([sys.executable, "-m", *filled], check=True, capture_output=True, text=True)
    (made,) = set(folder.glob("*.whl")) - before
    return made
