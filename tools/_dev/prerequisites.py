"""What must be on the machine before anything is built; each thing missing is one sentence."""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from .console import Failure

__all__ = ["check"]

_PROBE = "#include <optional>\nint main() { return std::optional<int>(0).value(); }\n"


def check() -> None:
    """Raise Failure if this Python cannot make environments, or nothing can compile C++17 for it."""
    _check_venv()
    if sys.platform != "win32":  # there CMake finds Visual Studio by itself
        _check_headers()
        _check_compiler()


def _check_venv() -> None:
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        raise Failure(
            f"The Python at {sys.executable} cannot make virtual environments, because its modules venv and "
            "ensurepip are missing (on Debian they are in the package python3-venv)."
        )


def _check_headers() -> None:
    header = Path(sysconfig.get_path("include")) / "Python.h"
    if not header.exists():
        raise Failure(
            f"The headers of the Python at {sys.executable} are missing: there is no {header} (on Debian "
            "they are in the package python3-dev)."
        )


def _check_compiler() -> None:
    candidates = [os.environ["CXX"]] if os.environ.get("CXX") else ["c++", "g++", "clang++"]
    commands = [words for words in map(shlex.split, candidates) if words]
    command = next((words for words in commands if shutil.which(words[0])), None)
    if command is None:
        raise Failure(
            f"No C++ compiler was found ({', '.join(candidates)}); building aiopvxs needs one for C++17, "
            "such as g++ or clang++."
        )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "probe.cpp"
        source.write_text(_PROBE)
        result = subprocess.run(
            [*command, "-std=c++17", str(source), "-o", str(Path(folder) / "probe")],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    if result.returncode != 0:
        raise Failure(
            f"The C++ compiler {shlex.join(command)} cannot build a C++17 program; it says:\n"
            f"{result.stderr.strip()}"
        )
