"""Which releases of the packages have to work together, and where the source of each one is.

*New* is this tree with the next minor version, so that pip can tell it from the release before it. *Old* is the
oldest release that the ranges of the new packages allow: the source of its tag. As long as a package has released
nothing in its range, that is this tree, as the first release that it will be.
"""

from __future__ import annotations

import datetime
import shutil
import subprocess
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import bump
from _release import changelog, levels, ranges
from _release.packages import PACKAGES, Package, Version, text_of

__all__ = ["CORE", "NT", "TOP", "Source", "new", "oldest"]

CORE, NT, TOP = PACKAGES["aiopvxs-core"], PACKAGES["aiopvxs-nt"], PACKAGES["aiopvxs"]


@dataclass(frozen=True)
class Source:
    """The source of one version of a package."""

    package: Package
    version: Version
    root: Path
    """Of a tree that has it."""
    origin: str
    """Where that comes from, as the user reads it."""

    @property
    def requirement(self) -> str:
        """What pip installs it with; a core has its line behind the version."""
        return f"{self.package.name}=={text_of(self.version)}{'.*' if self.package == CORE else ''}"


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
        bump.bump(copy, package.name, text_of(version), datetime.date.today())
        found[package] = Source(package, version, copy, "this tree as its next release")
    return found


def oldest(root: Path, folder: Path, needed: Package, dependents: Iterable[Package]) -> Source:
    """Return the source of the oldest release of a package that all these packages of the tree accept."""
    released = sorted(
        release.version
        for release in changelog.releases(root, needed)
        if all(_accepts(root, dependent, needed, release) for dependent in dependents)
    )
    if not released:
        return Source(needed, needed.version(root), root, "this tree as its first release")
    version = released[0]
    tag = needed.tag(version)
    return Source(needed, version, _checkout(root, folder / tag, tag), f"the tag {tag}")


def _accepts(root: Path, dependent: Package, needed: Package, release: changelog.Release) -> bool:
    accepted = ranges.read(root, dependent, needed)
    if accepted is not None and not accepted.has(release.version):
        return False
    # a core without the level is left out of the range when the next one is released
    return release.levels is None or release.levels.have(levels.required(root, dependent))


def _checkout(root: Path, folder: Path, tag: str) -> Path:
    """Unpack the tree of a tag."""
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
