"""Pairs of versions that do not fit: pip refuses them, and an import of what was forced does."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from _dev.console import run
from _dev.places import ROOT
from _release import levels, ranges
from _release.packages import Package, Version, text_of

from .combinations import NT, TOP

__all__ = ["expected", "refusals"]

_PIP = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"]


def refusals(core: Path, folder: Path, log: Path) -> list[str]:
    """Install pairs that do not fit, and return one sentence for each that was not refused as it should.

    Args:
        core: the wheel of the core below them.
        folder: for trees and wheels.
        log: the file for the output of what is run.
    """
    accepted = ranges.read(ROOT, TOP, NT)
    assert accepted is not None
    beyond = _wheel(folder, NT, 0, accepted.upper, log)
    failed = [] if _pip_refuses(core, beyond, folder, log) else [f"pip took aiopvxs-nt {accepted.upper}."]
    has = levels.of_core(ROOT)
    version = core.name.split("-")[1]
    for package in (NT, TOP):
        for level in (has.newest + 1, has.oldest - 1):
            wheel = _wheel(folder, package, level, package.version(ROOT), log)
            force: list[str | Path] = [*_PIP, "--no-deps", "--force-reinstall", core, wheel]
            run(f"force {package.name} that needs level {level} onto the core", force, log=log)
            told = _import(package)
            if told != expected(package, level, version, has):
                failed.append(f"{package.name}, which needs level {level} of the binding: {told}")
            # the next one is refused for its own sake
            pure = _wheel(folder, package, levels.required(ROOT, package), package.version(ROOT), log)
            run(
                f"put {package.name} of this tree back",
                [*_PIP, "--no-deps", "--force-reinstall", pure],
                log=log,
            )
    return failed


def expected(package: Package, level: int, core: str, has: levels.Levels) -> str:
    """Return the last line of the import of a package that needs a level which the core lacks."""
    if level > has.newest:
        problem, mend = "which is older", "pip install --upgrade aiopvxs-core"
    else:
        problem, mend = "which no longer has it", f"pip install --upgrade {package.name}"
    return (
        f"ImportError: {package.name} {text_of(package.version(ROOT))} needs level {level} of the binding; "
        f"aiopvxs-core {core} has levels {has.oldest} to {has.newest}, {problem}. To mend it: {mend}"
    )


def _wheel(folder: Path, package: Package, level: int, version: Version, log: Path) -> Path:
    """Build a package of this tree with another version, and another level that it asks for."""
    tree = folder / f"{package.name}-{text_of(version)}-{level}"
    made = list((tree / "dist").glob("*.whl"))
    if made:
        return made[0]
    source = tree / package.folder
    shutil.copytree(ROOT / package.folder, source)
    file = tree / package.file
    file.write_text(package.with_version(file.read_text(encoding="utf-8"), version), encoding="utf-8")
    compat = source / "src" / package.module / "_compat.py"
    text, count = re.subn(
        r"^REQUIRED_API_LEVEL = \d+$", f"REQUIRED_API_LEVEL = {level}", compat.read_text(), flags=re.MULTILINE
    )
    assert count == 1
    compat.write_text(text)
    build: list[str | Path] = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        tree / "dist",
        source,
    ]
    run(f"build {package.name} {text_of(version)} that needs level {level}", build, log=log)
    return next((tree / "dist").glob("*.whl"))


def _pip_refuses(core: Path, beyond: Path, folder: Path, log: Path) -> bool:
    """Tell whether pip refuses this tree's aiopvxs with an aiopvxs-nt beyond its range."""
    top = _wheel(folder, TOP, levels.required(ROOT, TOP), TOP.version(ROOT), log)
    result = subprocess.run(
        [*_PIP, "--dry-run", "--no-index", "--find-links", folder, core, beyond, top],
        capture_output=True,
        text=True,
        check=False,
    )
    with log.open("a", encoding="utf-8") as file:
        file.write(result.stdout + result.stderr)
    reason = f"{TOP.name} {text_of(TOP.version(ROOT))} depends on {NT.name}"
    return result.returncode != 0 and reason in result.stdout + result.stderr


def _import(package: Package) -> str:
    """Return what an import that fails says last."""
    command = [sys.executable, "-c", f"import {package.module}"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode == 0:
        return "it was imported."
    return result.stderr.strip().splitlines()[-1]
