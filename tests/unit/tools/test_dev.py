"""The commands refuse in one sentence what they cannot work with."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import dev
from _dev import prerequisites
from _dev.console import Failure, run


def test_old_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    with pytest.raises(SystemExit, match=r"aiopvxs needs Python 3\.10 or later, and this is Python 3\.9\.18"):
        dev.main()


def test_no_command_is_a_usage_error(root: Path) -> None:
    result = subprocess.run(
        [sys.executable, root / "tools" / "dev.py"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert "usage: dev.py" in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there CMake finds the compiler")
class TestPrerequisites:
    def test_all_there(self) -> None:
        prerequisites.check()

    def test_no_compiler(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.delenv("CXX", raising=False)
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(Failure, match=r"^No C\+\+ compiler was found \(c\+\+, g\+\+, clang\+\+\)"):
            prerequisites.check()

    def test_compiler_that_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CXX", "false")
        with pytest.raises(Failure, match=r"^The C\+\+ compiler false cannot build a C\+\+17 program"):
            prerequisites.check()

    def test_no_headers(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
        with pytest.raises(
            Failure, match=r"^The headers of the Python at .* are missing: there is no .*Python\.h"
        ):
            prerequisites.check()


def test_failing_step_shows_the_end_of_its_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log"
    command = [
        sys.executable,
        "-c",
        "print('[1/2] Building CXX object CMakeFiles/x.dir/a.cpp.o'); raise SystemExit(3)",
    ]
    with pytest.raises(Failure, match=r"^compile failed \(exit status 3\); all of its output is in "):
        run("compile", command, log=log, env=dict(os.environ))
    assert "    [1/2] Building CXX object a.cpp\n" in capsys.readouterr().out
    assert "[1/2]" in log.read_text()
