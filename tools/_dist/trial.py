"""Finished files tried as a user would: in an empty environment, away from the source tree."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from _dev.console import run
from _dev.places import ROOT, python_of

__all__ = ["SMOKE", "empty_environment", "smoke", "smoke_command", "version_of"]

SMOKE = ROOT / "tests" / "smoke"


def empty_environment(interpreter: Path, folder: Path, log: Path) -> Path:
    """Return the Python of a new environment that has nothing but pip."""
    run(f"make the environment {folder.name}", [interpreter, "-m", "venv", "--clear", folder], log=log)
    return python_of(folder)


def smoke(python: Path, requirements: Sequence[str | Path], log: Path) -> None:
    """Install into an environment, and run the smoke tests there.

    Raises:
        Failure: one of them failed.
    """
    pip: list[str | Path] = [python, "-m", "pip", "install", "--disable-pip-version-check", "--prefer-binary"]
    run("    install the wheels", [*pip, *requirements, "pytest"], log=log, cwd=log.parent)
    run("    run the smoke tests", smoke_command(python), log=log, cwd=log.parent)


def smoke_command(python: Path) -> list[str | Path]:
    """Return the command that runs the smoke tests with what an environment has."""
    # pytest-asyncio, where it is installed, asks for a configuration that these tests do not need
    plugins = ["-p", "no:cacheprovider", "-p", "no:asyncio"]
    return [python, "-m", "pytest", "-c", SMOKE / "pytest.ini", *plugins, SMOKE]


def version_of(python: Path, distribution: str) -> str:
    """Return the version that an environment has of a distribution."""
    code = f"import importlib.metadata; print(importlib.metadata.version({distribution!r}))"
    output = subprocess.run([python, "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout
    return output.strip()
