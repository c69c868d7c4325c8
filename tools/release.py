"""Make and check the files of a release, in dist/, and its notes, in notes.md.

Usage: release.py TAG [--wheels FOLDER]. The core's sdists are made here, its wheels come from cibuildwheel; a
pure package is made whole. Nothing is made if the tree is not the release that the tag says.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import check_versions
import check_wheel
from _dev.places import ROOT
from _dist.platforms import IDENTIFIERS
from _release import changelog
from _release.packages import PACKAGES, Package, Version, of_tag, text_of


def missing(names: list[str], version: Version) -> Iterator[str]:
    """Yield the wheels of the core that are not among the files, as cibuildwheel calls them."""
    for line, systems in IDENTIFIERS.items():
        for identifier in itertools.chain(*systems.values()):
            python, platform = identifier.split("-")
            system, _, architecture = platform.partition("_")
            start = f"aiopvxs_core-{text_of(version)}.{line}-{python}-{python}-{system.removesuffix('x')}"
            if not any(name.startswith(start) and name.endswith(f"_{architecture}.whl") for name in names):
                yield f"line {line}, {identifier}"


def _make(package: Package, folder: Path) -> None:
    if package == PACKAGES["aiopvxs-core"]:
        for line in IDENTIFIERS:
            command = [sys.executable, "tools/sdist.py", "--line", line, "--outdir", str(folder)]
            subprocess.run(command, cwd=ROOT, check=True)
    else:
        command = [sys.executable, "-m", "build", "--outdir", str(folder), package.folder]
        subprocess.run(command, cwd=ROOT, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Make and check the files of a release.")
    parser.add_argument("tag")
    parser.add_argument("--wheels", type=Path, help="the folder with the core's wheels")
    parser.add_argument("--folder", type=Path, default=ROOT / "dist", help="for the files; it is emptied")
    options = parser.parse_args()
    package, version = of_tag(options.tag)
    found = list(check_versions.problems(ROOT, options.tag))
    if found:
        print("\n".join(found))
        return 1
    folder: Path = options.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _make(package, folder)
    if package == PACKAGES["aiopvxs-core"]:
        for wheel in sorted(options.wheels.glob("*.whl")) if options.wheels else ():
            shutil.copy(wheel, folder)
        names = [path.name for path in folder.glob("*.whl")]
        found += [f"There is no wheel of {name}." for name in missing(names, version)]
    made = sorted(folder.iterdir())
    twine = subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *map(str, made)], check=False)
    for path in made:
        if path.suffix == ".whl":
            found += [f"{path.name}: {problem}" for problem in check_wheel.problems(path, repaired=True)]
    (ROOT / "notes.md").write_text(changelog.notes(ROOT, package, version) + "\n", encoding="utf-8")
    print(
        "\n".join(found) or f"{len(made)} files of {package.name} {text_of(version)} are fit to be published."
    )
    return 1 if found or twine.returncode != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
