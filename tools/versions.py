"""Prove that the packages work together in each combination of versions that their ranges allow.

Each combination is installed by pip from wheels, as a user's pip would, and tested; what the ranges do not
allow is refused by pip, and if forced, at import, by the sentence that tells how to mend it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from _dev import wheels
from _dev.console import Failure, run, say
from _dev.places import ROOT
from _dist import trial
from _dist.combinations import CORE, NT, TOP, Source, last, new, oldest
from _dist.incompatible import refusals
from _dist.lines import LINES
from _release.packages import PACKAGES

PYTHON = Path(sys.executable)


@dataclass(frozen=True)
class Combination:
    """Versions that are installed together, and what is run then."""

    name: str
    sources: tuple[Source, ...]
    tests: tuple[str, ...] = ()
    """Folders of tests/unit, each with the tests of the package that it is named for."""
    line: str = "15"


def combinations(folder: Path) -> list[Combination]:
    """Return what has to work."""
    tree = {p: Source(p, p.version(ROOT), ROOT, ROOT, "this tree") for p in PACKAGES.values()}
    newest = new(ROOT, folder)
    old_core = oldest(ROOT, folder, CORE, (NT, TOP))
    old_nt = oldest(ROOT, folder, NT, (TOP,))
    old_top = last(ROOT, folder, TOP)
    everything = tuple(tree.values())
    return [
        *(Combination(f"this tree, line {line}", everything, line=line) for line in ("15", "14")),
        Combination(
            "the pure packages on the oldest core that they allow",
            (old_core, newest[NT], newest[TOP]),
            ("nt", "aiopvxs"),
        ),
        Combination(
            "the newest aiopvxs on the oldest aiopvxs-nt that it allows",
            (tree[CORE], old_nt, newest[TOP]),
            ("aiopvxs",),
        ),
        Combination(
            "the aiopvxs before it on the newest aiopvxs-nt",
            (tree[CORE], newest[NT], old_top),
            ("nt", "aiopvxs"),
        ),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description="Test the combinations of versions.")
    parser.add_argument("--folder", type=Path, required=True, help="for wheels and trees; it is emptied")
    folder: Path = parser.parse_args().folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    failed = []
    for number, combination in enumerate(combinations(folder)):
        say(f"\n{combination.name}\n  " + "\n  ".join(map(str, combination.sources)))
        try:
            _try(combination, folder / str(number))
        except (Failure, subprocess.CalledProcessError) as failure:
            failed.append(f"{combination.name}: {failure}")
    say("\nwhat is not allowed is refused")
    (core, *_) = wheels.build("15")
    failed += refusals(core, folder / "refused", folder / "refused.log")
    say("\n" + ("\n".join(failed) or "The packages work in every combination that their ranges allow."))
    return 1 if failed else 0


def _try(combination: Combination, folder: Path) -> None:
    folder.mkdir()
    log = folder / "log"
    for source in combination.sources:
        shutil.copy(_built(source, combination.line, folder, log), folder)
    _install(combination, folder, log)
    run("smoke tests", trial.smoke_command(PYTHON), log=log, cwd=folder)
    for name in combination.tests:
        (source,) = (source for source in combination.sources if source.package.name.endswith(name))
        options = ["-q", "-p", "no:cacheprovider", f"tests/unit/{name}"]
        command: list[str | Path] = [PYTHON, "-m", "pytest", *options]
        run(f"tests of {source}", command, log=log, cwd=source.tests)


def _built(source: Source, line: str, folder: Path, log: Path) -> Path:
    """Return the wheel of a source; only the core costs time, and this tree's is kept."""
    command: list[str | Path]
    if source.package != CORE:
        made = folder / source.package.name
        options: list[str | Path] = ["--wheel", "--no-isolation", "--outdir", made]
        command = [PYTHON, "-m", "build", *options, source.root / source.package.folder]
        run(f"build {source.package.name}", command, log=log)
        return next(made.glob("*.whl"))
    if source.root == ROOT:
        return wheels.build(line)[0]
    command = [PYTHON, "tools/wheels.py", "--line", line]  # with the tools of its own tree
    run(f"build {source}", command, log=log, cwd=source.root)
    return next((source.root / ".dev").glob(f"*-pvxs{line}/wheels/{CORE.name}/*.whl"))


def _install(combination: Combination, folder: Path, log: Path) -> None:
    """Let pip install these very versions, and check that it finds nothing wrong with them."""
    pip: list[str | Path] = [PYTHON, "-m", "pip", "--disable-pip-version-check"]
    pins = [f"{source.package.name}=={_version(source, combination.line)}" for source in combination.sources]
    run("take out what was there", [*pip, "uninstall", "--yes", *PACKAGES], log=log)
    constraint = folder / "constraint.txt"
    constraint.write_text(LINES[int(combination.line)].requirement + "\n", encoding="utf-8")
    options: list[str | Path] = ["--find-links", folder, "--constraint", constraint]
    run(f"pip install {' '.join(pins)}", [*pip, "install", *options, *pins], log=log)
    for source in combination.sources:
        found = trial.version_of(PYTHON, source.package.name)
        if found != _version(source, combination.line):
            raise Failure(f"pip installed {source.package.name} {found}, not {source}.")


def _version(source: Source, line: str) -> str:
    text = ".".join(map(str, source.version))
    return f"{text}.{line}" if source.package == CORE else text


if __name__ == "__main__":
    sys.exit(main())
