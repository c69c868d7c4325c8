"""Build what would be published, check it, and let pip choose among it as a user's pip would.

For both pvxs lines: the sdist of the core, and a wheel. The default line's wheel is built from its sdist in
isolation, as pip builds it; the other one is what tools/wheels.py has. Then, in new environments, pip
installs aiopvxs from the folder of the wheels, with and without a pin of pvxslibs, and the smoke tests run
on what it took.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import check_wheel
from _dev import wheels
from _dev.places import ROOT, python_of

PURE = ("aiopvxs-nt", "aiopvxs")


def main() -> int:
    parser = argparse.ArgumentParser(description="Build and check the distributions.")
    parser.add_argument("--folder", type=Path, required=True, help="an empty folder for what is built")
    folder: Path = parser.parse_args().folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    _build(folder)
    made = sorted(map(str, [*folder.glob("*.whl"), *folder.glob("*.tar.gz")]))
    _run("-m", "twine", "check", "--strict", *made)
    found = [f"{path}: {problem}" for path in folder.glob("*.whl") for problem in check_wheel.problems(path)]
    for requirements, ending in ((["aiopvxs"], ".15"), (["aiopvxs", "pvxslibs~=1.4.0"], ".14")):
        version = _chosen(folder, requirements)
        if not version.endswith(ending):
            found.append(f"pip install {' '.join(requirements)} took aiopvxs-core {version}, not {ending}.")
    print("\n".join(found) or f"{len(made)} files are fit to be published.")
    return 1 if found else 0


def _build(folder: Path) -> None:
    _run("tools/sdist.py", "--line", "14", "--outdir", str(folder))
    # without --sdist or --wheel, build makes the sdist, and the wheel from it
    for name in ("aiopvxs-core", *PURE):
        _run("-m", "build", "--outdir", str(folder), f"packages/{name}", AIOPVXS_PVXS_LINE="15")
    shutil.copy(wheels.build("14")[0], folder)


def _chosen(folder: Path, requirements: list[str]) -> str:
    """Return the version of the core that pip takes for them; it has to pass the smoke tests."""
    environment = folder / "chosen"
    venv.create(environment, clear=True, with_pip=True)
    python = python_of(environment)
    pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--find-links", folder]
    # the wheels, not the sdists beside them
    ours = ["--only-binary", "aiopvxs-core,aiopvxs-nt,aiopvxs"]
    subprocess.run([*pip, *ours, *requirements, "pytest"], check=True, cwd=folder)
    smoke = ROOT / "tests" / "smoke"
    subprocess.run([python, "-m", "pytest", "-q", "-c", smoke / "pytest.ini", smoke], check=True, cwd=folder)
    code = "import importlib.metadata; print(importlib.metadata.version('aiopvxs-core'))"
    return subprocess.run(
        [python, "-c", code], check=True, cwd=folder, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


def _run(*arguments: str, **variables: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, cwd=ROOT, env={**os.environ, **variables})


if __name__ == "__main__":
    sys.exit(main())
