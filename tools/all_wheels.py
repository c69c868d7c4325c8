"""Make what is published, for every interpreter on this machine and both pvxs lines, and try each wheel.

The core's wheels are built, repaired, checked, and smoke-tested in an empty environment each; the sdists of
both lines are built once more, with the oldest pvxslibs of their line. Prints a table of it all.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import check_wheel
from _dev import interpreters, wheels
from _dev.console import Failure, run, say
from _dev.places import ROOT, STATE
from _dist import trial
from _dist.lines import LINES, VARIABLE
from _dist.platforms import IDENTIFIERS
from _dist.repair import repair

# logs and environments; what is published stays alone in its folder
WORK = STATE / "all-wheels"
TITLES = ("wheel", "interpreter", "line", "repaired tag", "checks", "smoke")


@dataclass
class Row:
    """What became of one wheel."""

    wheel: str
    interpreter: str
    line: str
    tag: str = "-"
    checks: str = "-"
    smoke: str = "-"

    @property
    def good(self) -> bool:
        """Whether everything was done, and found well."""
        return self.tag != "-" and (self.checks, self.smoke) == ("ok", "ok")


def main() -> int:
    parser = argparse.ArgumentParser(description="Build, repair, check and try all wheels of this machine.")
    parser.add_argument("--folder", type=Path, default=ROOT / "dist", help="for the files; it is emptied")
    parser.add_argument("--python", action="append", choices=interpreters.SUPPORTED, help="only this one")
    parser.add_argument("--line", action="append", choices=wheels.LINES, help="only this one")
    parser.add_argument("--without-sdists", action="store_true", help="do not build the sdists once more")
    options = parser.parse_args()
    folder: Path = options.folder.resolve()
    for emptied in (folder, WORK):
        shutil.rmtree(emptied, ignore_errors=True)
        emptied.mkdir(parents=True)
    lines = options.line or wheels.LINES
    found = {
        version: python
        for version, python in interpreters.find().items()
        if version in (options.python or interpreters.SUPPORTED)
    }
    rows = [
        _wheel(version, python, line, folder)
        for version, python in found.items()
        for line in lines
        if any(name.startswith(_tag(version)) for name in IDENTIFIERS[line]["linux"])
    ]
    rows += [] if options.without_sdists else [_sdist(line, folder) for line in lines]
    made = sorted(map(str, [*folder.glob("*.whl"), *folder.glob("*.tar.gz")]))
    twine = subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *made], check=False)
    say("\n" + table(rows))
    return 0 if rows and all(row.good for row in rows) and twine.returncode == 0 else 1


def _tag(version: str) -> str:
    return "cp" + version.replace(".", "")


def _wheel(version: str, python: Path, line: str, folder: Path) -> Row:
    """Build, repair, check and try the core's wheel of one interpreter and line."""
    say(f"\nPython {version}, line {line}")
    row = Row("-", version, line)
    with _told_in(row):
        core, *pure = _build(python, line)
        row.wheel = core.name
        for wheel in pure:
            shutil.copy(wheel, folder)
        log = WORK / f"{_tag(version)}-{line}.log"
        _finish(row, core, folder, python, pure, log)
    return row


def _finish(
    row: Row, core: Path, folder: Path, python: Path, others: Sequence[str | Path], log: Path
) -> None:
    """Repair a core into a folder, check it, and try it with the other requirements."""
    repaired = repair(ROOT, core, folder)
    row.tag = repaired.stem.split("-", 4)[4]
    checked = [repaired, *(other for other in others if isinstance(other, Path))]
    found = [f"{path.name}: {problem}" for path in checked for problem in check_wheel.problems(path, True)]
    for problem in found:
        say(problem)
    row.checks = "FAILED" if found else "ok"
    row.smoke = "FAILED"  # unless it comes to the end
    trial.smoke(trial.empty_environment(python, WORK / "env", log), [repaired, *others], log)
    row.smoke = "ok"


@contextlib.contextmanager
def _told_in(row: Row) -> Iterator[None]:
    """Let a failure end this row, and not the others."""
    try:
        yield
    except (Failure, subprocess.CalledProcessError) as failure:
        say(f"{row.wheel}: {failure}\n{getattr(failure, 'stderr', None) or ''}")


def _build(python: Path, line: str) -> list[Path]:
    """Build with another interpreter, and return the wheels of the three packages."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [str(python), "tools/wheels.py", "--line", line]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        output = []
        for text in process.stdout:
            print(text, end="", flush=True)
            output.append(text.strip())
    if process.returncode != 0:
        raise Failure(f"{' '.join(command)} failed (exit status {process.returncode}).")
    return [ROOT / name for name in output if name.endswith(".whl")]


def _sdist(line: str, folder: Path) -> Row:
    """Make an sdist of the core, and build it as pip does, with the oldest pvxslibs of the line."""
    oldest = "pvxslibs==" + ".".join(map(str, LINES[int(line)].oldest))
    say(f"\nThe sdist of line {line}, with {oldest}")
    row = Row("-", ".".join(map(str, sys.version_info[:2])), line)
    log = WORK / f"sdist-{line}.log"
    with _told_in(row):
        made: list[str | Path] = [sys.executable, "tools/sdist.py", "--line", line, "--outdir", folder]
        run("make the sdist", made, log=log, cwd=ROOT)
        (sdist,) = folder.glob(f"aiopvxs_core-*.{line}.tar.gz")
        row.wheel = sdist.name
        scratch = WORK / f"from-sdist-{line}"
        build: list[str | Path] = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", scratch]
        run("build a wheel from it", [*build, sdist], log=log, env=_held(oldest), cwd=WORK)
        (core,) = scratch.glob("*.whl")
        pure = list(folder.glob("*-py3-none-any.whl"))
        _finish(row, core, scratch, Path(sys.executable), [*pure, oldest], log)
    return row


def _held(requirement: str) -> dict[str, str]:
    """Return an environment in which pip builds with just that version of something."""
    constraint = WORK / "constraint.txt"
    constraint.write_text(requirement + "\n", encoding="utf-8")
    # new versions of pip read the second one when they build, and old ones the first
    names = ("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT")
    kept = {name: value for name, value in os.environ.items() if name != VARIABLE}
    return kept | dict.fromkeys(names, str(constraint))


def table(rows: Sequence[Row]) -> str:
    """Return the rows under their titles, in columns as wide as they need."""
    cells = [
        TITLES,
        *((row.wheel, row.interpreter, row.line, row.tag, row.checks, row.smoke) for row in rows),
    ]
    widths = [max(len(line[column]) for line in cells) for column in range(len(TITLES))]
    lines = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
