"""Make what is published, for every interpreter on this machine and both pvxs lines, and try each wheel.

The core's wheels are built, repaired, checked, and smoke-tested in an empty environment each; the sdists of
both lines are built once more, with the oldest pvxslibs of their line. Prints a table of it all.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
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
    try:
        built = _build(python, line)
        row.wheel = built[0].name
        repaired = repair(ROOT, built[0], folder)
        row.tag = repaired.stem.split("-", 4)[4]
        for pure in built[1:]:
            shutil.copy(pure, folder)
        row.checks = _checked([repaired, *built[1:]])
        log = WORK / f"{_tag(version)}-{line}.log"
        trial.smoke(trial.empty_environment(python, WORK / "env", log), [repaired, *built[1:]], log)
        row.smoke = "ok"
    except (Failure, subprocess.CalledProcessError) as failure:
        say(f"{failure}\n{getattr(failure, 'stderr', None) or ''}")
        row.smoke = "FAILED" if row.checks != "-" else "-"
    return row


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


def _checked(files: Sequence[Path]) -> str:
    """Tell what the check of wheels finds, in as many words as a cell of the table has room for."""
    found = [f"{path.name}: {problem}" for path in files for problem in check_wheel.problems(path, True)]
    for problem in found:
        say(problem)
    return "FAILED" if found else "ok"


def _sdist(line: str, folder: Path) -> Row:
    """Make an sdist of the core, and build it as pip does, with the oldest pvxslibs of the line."""
    version = ".".join(map(str, sys.version_info[:2]))
    oldest = ".".join(map(str, LINES[int(line)].oldest))
    say(f"\nThe sdist of line {line}, with pvxslibs {oldest}")
    row = Row("-", version, line, tag="-")
    log = WORK / f"sdist-{line}.log"
    scratch = WORK / f"from-sdist-{line}"
    constraint = WORK / f"constraint-{line}.txt"
    constraint.write_text(f"pvxslibs=={oldest}\n", encoding="utf-8")
    # new versions of pip read the second one when they build, and old ones the first
    names = ("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT")
    environment = {**os.environ, **dict.fromkeys(names, str(constraint))}
    environment.pop(VARIABLE, None)
    try:
        command: list[str | Path] = [sys.executable, "tools/sdist.py", "--line", line, "--outdir", folder]
        run("make the sdist", command, log=log, cwd=ROOT)
        (sdist,) = folder.glob(f"aiopvxs_core-*.{line}.tar.gz")
        row.wheel = sdist.name
        pip: list[str | Path] = [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--no-deps",
            "--wheel-dir",
            scratch,
            sdist,
        ]
        run("build a wheel from it", pip, log=log, env=environment, cwd=WORK)
        (built,) = scratch.glob("*.whl")
        repaired = repair(ROOT, built, scratch)
        row.tag = "from the sdist: " + repaired.stem.split("-", 4)[4]
        row.checks = _checked([repaired])
        pure = list(folder.glob("*-py3-none-any.whl"))
        python = trial.empty_environment(Path(sys.executable), WORK / "env", log)
        trial.smoke(python, [repaired, *pure, f"pvxslibs=={oldest}"], log)
        row.smoke = "ok"
    except (Failure, subprocess.CalledProcessError) as failure:
        say(f"{failure}\n{getattr(failure, 'stderr', None) or ''}")
        row.smoke = "FAILED"
    return row


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
