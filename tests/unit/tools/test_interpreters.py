"""Interpreters of pyenv are found without being on the PATH; what does not start is not one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from _dev import interpreters

HERE = ".".join(map(str, sys.version_info[:2]))
OTHER = next(version for version in interpreters.SUPPORTED if version != HERE)


def make(root: Path, version: str, says: str) -> Path:
    python = root / "versions" / version / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{says}\n")
    python.chmod(0o755)
    return python


@pytest.fixture
def pyenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    return tmp_path


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


def test_this_interpreter_is_found(pyenv: Path) -> None:
    assert interpreters.find() == {HERE: Path(sys.executable)}


def test_newest_of_pyenv(pyenv: Path) -> None:
    make(pyenv, f"{OTHER}.9", f"echo {OTHER}")
    newest = make(pyenv, f"{OTHER}.10", f"echo {OTHER}")
    make(pyenv, f"{OTHER}.11-debug", f"echo {OTHER}")
    assert interpreters.find()[OTHER] == newest


def test_one_that_does_not_start_is_passed_over(pyenv: Path) -> None:
    make(pyenv, f"{OTHER}.10", "exit 127")
    older = make(pyenv, f"{OTHER}.9", f"echo {OTHER}")
    assert interpreters.find()[OTHER] == older


def test_one_that_is_another_version_is_passed_over(pyenv: Path) -> None:
    make(pyenv, f"{OTHER}.10", "echo 2.7")
    assert OTHER not in interpreters.find()
