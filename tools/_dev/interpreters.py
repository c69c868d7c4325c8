"""The interpreters on this machine, those of pyenv among them although they are not on the PATH."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["SUPPORTED", "find"]

SUPPORTED = ("3.10", "3.11", "3.12", "3.13", "3.14")


def find() -> dict[str, Path]:
    """Return an interpreter for each supported version: this one, then pyenv's, then the PATH's."""
    found = {".".join(map(str, sys.version_info[:2])): Path(sys.executable)}
    for version in SUPPORTED:
        for candidate in [*_pyenv(version), *_path(version)]:
            if version not in found and _works(candidate, version):
                found[version] = candidate
    return {version: found[version] for version in SUPPORTED if version in found}


def _pyenv(version: str) -> list[Path]:
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    pattern = re.compile(re.escape(version) + r"\.(\d+)")
    matches = [(int(match[1]), path) for path in root.glob("*") if (match := pattern.fullmatch(path.name))]
    return [path / "bin" / "python" for _, path in sorted(matches, reverse=True)]


def _path(version: str) -> list[Path]:
    name = shutil.which(f"python{version}")
    return [Path(name)] if name else []


def _works(python: Path, version: str) -> bool:
    """Tell whether it starts and is what its name says; a shim of pyenv may be neither."""
    code = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    try:
        result = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return result.returncode == 0 and result.stdout.strip() == version
