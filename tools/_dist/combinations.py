"""Which releases of the packages have to work together, and where the source of each one is.

*New* is this tree with the next minor version, so that pip can tell it from the release before it. *Oldest*
is the oldest release that the ranges of the tree allow, *last* the last one: the source of its tag. As long
as a package has released nothing that fits, that is this tree, as the first release that it will be.
"""

from __future__ import annotations

import datetime
import shutil
import subprocess
import tarfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import bump
from _release import changelog, levels, ranges
from _release.packages import PACKAGES, Package, Version, text_of

__all__ = ["CORE", "NT", "TOP", "Source", "last", "new", "oldest"]

CORE, NT, TOP = PACKAGES["aiopvxs-core"], PACKAGES["aiopvxs-nt"], PACKAGES["aiopvxs"]


@dataclass(frozen=True)
class Source:
    """The source of one version of a package."""

    package: Package
    version: Version
    root: Path
    """Of a tree that has it."""
    tests: Path
    """Of the tree with its tests."""
    origin: str
    """Where that comes from, as the user reads it."""

    def __str__(self) -> str:
        """Name it."""
        return f"{self.package.name} {text_of(self.version)} ({self.origin})"


def new(root: Path, folder: Path) -> dict[Package, Source]:
    """Return the sources of a copy of the tree, released as the next minor version of each package."""
    copy = folder / "new"
    shutil.copytree(
        root / "packages", copy / "packages", ignore=shutil.ignore_patterns("build", "__pycache__")
    )
    found = {}
    for package in PACKAGES.values():
        major, minor, _ = package.version(root)
        version = (major, minor + 1, 0)
        today = datetime.datetime.now(datetime.timezone.utc).date()
        bump.bump(copy, package.name, text_of(version), today)
        found[package] = Source(package, version, copy, root, "this tree as its next release")
    return found


def oldest(root: Path, folder: Path, needed: Package, dependents: Iterable[Package]) -> Source:
    """Return the source of the oldest release of a package that all these packages of the tree accept."""
    released = sorted(
        release.version
        for release in changelog.releases(root, needed)
        if all(_accepts(root, dependent, needed, release) for dependent in dependents)
    )
    return _released(root, folder, needed, released[:1])


def last(root: Path, folder: Path, package: Package) -> Source:
    """Return the source of the last release of a package."""
    released = sorted(release.version for release in changelog.releases(root, package))
    return _released(root, folder, package, released[-1:])


def _released(root: Path, folder: Path, package: Package, found: Sequence[Version]) -> Source:
    if not found:
        return Source(package, package.version(root), root, root, "this tree as its first release")
    tag = package.tag(found[0])
    tree = _checkout(root, folder / tag, tag)
    return Source(package, found[0], tree, tree, f"the tag {tag}")


def _accepts(root: Path, dependent: Package, needed: Package, release: changelog.Release) -> bool:
    accepted = ranges.read(root, dependent, needed)
    if accepted is not None and not accepted.has(release.version):
        return False
    # a core without the level is left out of the range when the next one is released
    return release.levels is None or release.levels.have(levels.required(root, dependent))


def _checkout(root: Path, folder: Path, tag: str) -> Path:
    """Unpack the tree of a tag."""
    if folder.exists():
        return folder
    folder.mkdir(parents=True)
    archive = folder.with_suffix(".tar")
    result = subprocess.run(
        ["git", "archive", "--output", archive, tag], cwd=root, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise SystemExit(
            f"The release {tag} is in the changelog, but git cannot read its tag (a shallow clone has none): "
            f"{result.stderr.strip()}"
        )
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    archive.unlink()
    return folder
