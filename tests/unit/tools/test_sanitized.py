"""A finding of the sanitizers fails the run, wherever it is made; where there are none, that is said."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from _dev import prerequisites, sanitized, wheels

LIBRARIES = sanitized.runtime(sanitized.compiler()) if sys.platform == "linux" else None
needs_sanitizers = pytest.mark.skipif(LIBRARIES is None, reason="the C++ compiler here has no sanitizers")

PROGRAM = """
#include <climits>
#include <cstdlib>
int main(int count, char **) {
    int *numbers = new int[3]();
    int past = %s;
    delete[] numbers;
    return past & 0;
}
"""


def build(folder: Path, finding: str) -> str:
    return build_program(folder, PROGRAM % finding, sanitized.KINDS["memory"])


def build_program(folder: Path, text: str, kind: sanitized.Kind) -> str:
    source, program = folder / "program.cpp", folder / "program"
    source.write_text(text)
    options = ["-g", f"-fsanitize={kind.flags}"]
    subprocess.run([*sanitized.compiler(), *options, str(source), "-o", str(program)], check=True)
    return str(program)


@needs_sanitizers
@pytest.mark.parametrize(
    ("finding", "report"),
    [
        ("numbers[count + 2]", "heap-buffer-overflow"),
        ("INT_MAX + count", "signed integer overflow"),
        ("static_cast<int>(1e20 * count)", "outside the range of representable values"),
    ],
)
def test_a_finding_ends_the_process(
    finding: str, report: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert LIBRARIES is not None
    assert sanitized.run([build(tmp_path, finding)], LIBRARIES) == -signal.SIGABRT
    assert report in capfd.readouterr().err


RACE = """
#include <thread>
int number = 0;
int main() {
    std::thread other([]() { number++; });
    number++;
    other.join();
    return 0;
}
"""


def test_a_race_ends_the_process(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    kind = sanitized.KINDS["threads"]
    libraries = sanitized.runtime(sanitized.compiler(), kind)
    if libraries is None:
        pytest.skip("the C++ compiler here has no ThreadSanitizer")
    assert sanitized.run([build_program(tmp_path, RACE, kind)], libraries, kind) != 0
    assert "data race" in capfd.readouterr().err


@needs_sanitizers
def test_a_finding_in_a_child_that_nobody_asks_fails_the_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    program = build(tmp_path, "numbers[count + 2]")
    hidden = f"import subprocess; subprocess.run([{program!r}], stderr=subprocess.DEVNULL)"
    assert LIBRARIES is not None
    assert sanitized.run([sys.executable, "-c", hidden], LIBRARIES) == 1
    assert "heap-buffer-overflow" in capfd.readouterr().err


@needs_sanitizers
def test_the_status_of_a_run_without_findings_is_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    assert LIBRARIES is not None
    assert sanitized.run([sys.executable, "-c", ""], LIBRARIES) == 0
    assert sanitized.run([sys.executable, "-c", "raise SystemExit(3)"], LIBRARIES) == 3
    assert "sanitizers" not in capfd.readouterr().err


def test_a_compiler_without_sanitizers_is_said_to_be_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unexpected(*_: object) -> list[Path]:
        raise AssertionError("nothing is to be built")

    monkeypatch.setattr(prerequisites, "check", lambda: None)
    monkeypatch.setattr(sanitized, "compiler", lambda: ["c++"])
    monkeypatch.setattr(sanitized, "runtime", lambda command, kind: None)
    monkeypatch.setattr(wheels, "build", unexpected)
    assert sanitized.main(["-m", "pytest"]) == 0
    assert capsys.readouterr().out.startswith("SKIPPED: c++ has no AddressSanitizer here")


def test_a_compiler_that_fails_has_none() -> None:
    assert sanitized.runtime(["false"]) is None
