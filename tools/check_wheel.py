"""Check what is in finished wheels: typed, no tests, the licence, nothing but $ORIGIN in a RUNPATH.

Usage: check_wheel.py WHEEL...
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

# the neighbour in site-packages that libpvxs lives in
RUNPATH = {"$ORIGIN/../pvxslibs/lib"}


def problems(wheel: Path) -> Iterator[str]:
    """Yield one sentence for each thing that a published wheel must not be or lack."""
    package = wheel.name.split("-")[0]
    with zipfile.ZipFile(wheel) as archive:
        names = [PurePosixPath(name) for name in archive.namelist()]
        yield from _content_problems(package, names)
        for name in names:
            if name.suffix == ".so":
                yield from _library_problems(archive, name)


def _content_problems(package: str, names: list[PurePosixPath]) -> Iterator[str]:
    top = {name.parts[0] for name in names}
    strange = sorted(name for name in top if name != package and not name.endswith(".dist-info"))
    if strange:
        yield f"it installs {', '.join(strange)} beside {package}."
    if PurePosixPath(package, "py.typed") not in names:
        yield f"{package}/py.typed is missing."
    if not any(name.name == "LICENSE" for name in names):
        yield "the licence is missing."
    unwanted = [name for name in names if {"tests", "__pycache__", "conftest.py"} & set(name.parts)]
    if unwanted:
        yield f"it contains {unwanted[0]}."
    if package == "aiopvxs_core":
        extensions = [name for name in names if name.suffix in {".so", ".pyd"}]
        if len(extensions) != 1 or extensions[0].parent != PurePosixPath(package):
            yield f"it has {len(extensions)} extension modules in place of aiopvxs_core/_core."
        if PurePosixPath(package, "_core", "__init__.pyi") not in names:
            yield "the stubs of the extension are missing."


def _library_problems(archive: zipfile.ZipFile, name: PurePosixPath) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        library = archive.extract(str(name), folder)
        command = ["readelf", "-d", library]
        listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    paths = re.findall(r"\((RUNPATH|RPATH)\).*\[(.*)\]", listing)
    for kind, value in paths:
        foreign = set(value.split(":")) - RUNPATH
        if kind == "RPATH" or foreign:
            yield f"{name} has {kind} {value}; allowed is RUNPATH {' or '.join(RUNPATH)}."
    if not paths:
        yield f"{name} has no RUNPATH, so it would not find libpvxs."
    if re.search(r"\(NEEDED\).*\[libCom", listing):
        yield f"{name} is linked with libCom, whose soname changes with each release of epicscorelibs."


def main() -> int:
    if shutil.which("readelf") is None and any("linux" in name for name in sys.argv[1:]):
        print("readelf is missing; the package binutils has it.", file=sys.stderr)
        return 1
    found = [f"{wheel}: {problem}" for wheel in sys.argv[1:] for problem in problems(Path(wheel))]
    print("\n".join(found) or f"{len(sys.argv) - 1} wheels are as they should be.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
