"""Check what is in finished wheels, and what their compiled modules are linked with.

Usage: check_wheel.py [--repaired] WHEEL...

Wheels of all systems are read on any system. ``--repaired`` also refuses those that the package index would.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement

from _dev.places import ROOT
from _dist import binary, linkage
from _dist.lines import LINES

STUBS = ROOT / "packages" / "aiopvxs-core" / "src" / "aiopvxs_core" / "_core"


def problems(wheel: Path, repaired: bool = False) -> Iterator[str]:
    """Yield one sentence for each thing that a published wheel must not be or lack."""
    package = wheel.name.split("-")[0]
    if repaired and "-linux_" in wheel.name:
        yield "its tag says linux, not manylinux, so the package index refuses it: it was not repaired."
    with zipfile.ZipFile(wheel) as archive:
        names = [PurePosixPath(name) for name in archive.namelist()]
        yield from _content_problems(package, names)
        metadata = _metadata(archive, names)
        if metadata is None:
            yield "it has no METADATA."
            return
        if package == "aiopvxs_core":
            yield from _core_problems(archive, names, metadata)


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


def _metadata(archive: zipfile.ZipFile, names: list[PurePosixPath]) -> Message | None:
    for name in names:
        if name.parts[0].endswith(".dist-info") and name.name == "METADATA":
            return BytesParser().parsebytes(archive.read(str(name)))
    return None


def _core_problems(archive: zipfile.ZipFile, names: list[PurePosixPath], metadata: Message) -> Iterator[str]:
    missing = [name for name in sorted(path.name for path in STUBS.glob("*.pyi")) if _stub(name) not in names]
    if missing:
        yield f"the stubs of the extension are missing: {', '.join(missing)}."
    libraries = [name for name in names if name.suffix in {".so", ".pyd", ".dylib", ".dll"}]
    modules = [name for name in libraries if name.parent == PurePosixPath("aiopvxs_core")]
    if len(modules) != 1 or libraries != modules:
        yield f"it has {len(libraries)} compiled files in place of aiopvxs_core/_core."
        return
    with tempfile.TemporaryDirectory() as folder:
        links = binary.read(Path(archive.extract(str(modules[0]), folder)))
    for problem in linkage.problems(links):
        yield f"{modules[0]} {problem}"
    yield from _metadata_problems(metadata, linkage.linked_pvxs(links))


def _stub(name: str) -> PurePosixPath:
    return PurePosixPath("aiopvxs_core", "_core", name)


def _metadata_problems(metadata: Message, linked: list[tuple[int, int]]) -> Iterator[str]:
    """Yield what the metadata tells otherwise than the line, or than the library that is linked."""
    version = str(metadata["Version"])
    number = version.rpartition(".")[2]
    line = LINES.get(int(number)) if number.isdecimal() else None
    if line is None:
        yield f"its version {version} does not end with a line of pvxs."
        return
    for major, minor in linked:
        if (major, minor) != line.oldest[:2]:
            yield f"it is linked with pvxs {major}.{minor}, and its version {version} says another line."
    declared = [
        requirement
        for requirement in map(Requirement, metadata.get_all("Requires-Dist", []))
        if requirement.name == "pvxslibs"
    ]
    if declared != [Requirement(line.requirement)]:
        told = " and ".join(map(str, declared)) or "no pvxslibs"
        yield f"it requires {told}, where {line.requirement} belongs to the pvxs of its version {version}."


def main() -> int:
    parser = argparse.ArgumentParser(description="Check finished wheels.")
    parser.add_argument("--repaired", action="store_true", help="refuse what the package index refuses")
    parser.add_argument("wheels", nargs="+", type=Path, metavar="WHEEL")
    options = parser.parse_args()
    absent = [str(wheel) for wheel in options.wheels if not zipfile.is_zipfile(wheel)]
    if absent:
        parser.error(f"{', '.join(absent)} is not a wheel")
    found = [
        f"{wheel}: {problem}" for wheel in options.wheels for problem in problems(wheel, options.repaired)
    ]
    print("\n".join(found) or f"{len(options.wheels)} wheels are as they should be.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
