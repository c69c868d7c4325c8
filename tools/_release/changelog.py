"""Changelogs: what was released, when, and with which levels of the binding."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from pathlib import Path

from .levels import Levels
from .packages import Package, Version, parse, text_of

__all__ = ["Release", "add", "date", "file", "notes", "releases"]

_UNRELEASED = "\n## Unreleased\n"
_HEADING = re.compile(
    r"(?P<version>\S+) \((?P<day>\d{4}-\d\d-\d\d)\)(?:, API levels (?P<oldest>\d+) to (?P<newest>\d+))?"
)


@dataclass(frozen=True)
class Release:
    """A dated heading, and what is below it."""

    version: Version
    day: datetime.date
    levels: Levels | None
    """Of the binding; only the core has them."""
    body: str


def file(package: Package) -> str:
    """Return where the changelog of a package is."""
    return f"{package.folder}/CHANGELOG.md"


def releases(root: Path, package: Package) -> list[Release]:
    """Return the releases of a package, the newest first, as they stand in its changelog."""
    sections = re.split(r"^## ", (root / file(package)).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    found = []
    for section in sections:
        heading, _, body = section.partition("\n")
        if heading == "Unreleased":
            continue
        match = _HEADING.fullmatch(heading)
        if match is None:
            raise SystemExit(
                f"The changelog of {package.name} has a heading that tools/bump.py does not write: {heading}"
            )
        levels = Levels(int(match["oldest"]), int(match["newest"])) if match["oldest"] else None
        day = datetime.date.fromisoformat(match["day"])
        found.append(Release(parse(match["version"]), day, levels, body.strip()))
    return found


def notes(root: Path, package: Package, version: Version) -> str:
    """Return what the changelog says of one release."""
    for release in releases(root, package):
        if release.version == version:
            return release.body
    raise SystemExit(
        f"The changelog of {package.name} has no section {text_of(version)}; tools/bump.py makes it."
    )


def date(history: str, package: Package, version: Version, day: datetime.date, levels: Levels | None) -> str:
    """Return a changelog whose unreleased changes are those of this version."""
    if history.count(_UNRELEASED) != 1:
        raise SystemExit(
            f"The changelog of {package.name} has no section Unreleased to become {text_of(version)}."
        )
    told = f", API levels {levels.oldest} to {levels.newest}" if levels else ""
    return history.replace(_UNRELEASED, f"{_UNRELEASED}\n## {text_of(version)} ({day.isoformat()}){told}\n")


def add(history: str, package: Package, line: str) -> str:
    """Return a changelog with one more unreleased change, at the end of them."""
    before, heading, rest = history.partition(_UNRELEASED)
    if not heading:
        raise SystemExit(f"The changelog of {package.name} has no section Unreleased.")
    changes, mark, older = rest.partition("\n## ")
    return f"{before}{heading}{changes.rstrip()}\n- {line}\n{mark}{older}"
