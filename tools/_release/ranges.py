"""The ranges of versions in which the packages accept each other: >=X.Y,<Z."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .packages import PACKAGES, Package, Version, text_of

__all__ = ["Range", "dependents", "file", "of", "read", "write"]


@dataclass(frozen=True)
class Range:
    """From one version on, up to but without another one."""

    lower: Version
    upper: Version

    def has(self, version: Version) -> bool:
        """Tell whether pip would take that version."""
        return self.lower <= version < self.upper

    def __str__(self) -> str:
        """Write it as pip reads it."""
        return f">={_short(self.lower)},<{_short(self.upper)}"


def dependents(root: Path, needed: Package) -> list[Package]:
    """Return the packages that depend on one of ours."""
    return [package for package in PACKAGES.values() if read(root, package, needed) is not None]


def file(package: Package) -> str:
    """Return where the ranges of a package are written."""
    return f"{package.folder}/pyproject.toml"


def read(root: Path, package: Package, needed: Package) -> Range | None:
    """Return the range that a package declares, None if it does not depend on the other."""
    return of((root / file(package)).read_text(encoding="utf-8"), package, needed)


def of(text: str, package: Package, needed: Package) -> Range | None:
    """Return the range in the text of a pyproject.toml."""
    match = _find(text, needed)
    if match is None:
        return None
    bounds = re.fullmatch(r">=([\d.]+),<([\d.]+)", match[1], re.ASCII)
    if bounds is None:
        raise SystemExit(f"{package.name} needs {needed.name}{match[1]}; that is not a range >=X.Y,<Z.")
    return Range(_version(bounds[1]), _version(bounds[2]))


def write(text: str, needed: Package, accepted: Range) -> str:
    """Return the text of a pyproject.toml with another range."""
    match = _find(text, needed)
    assert match is not None
    return text[: match.start(1)] + str(accepted) + text[match.end(1) :]


def _find(text: str, needed: Package) -> re.Match[str] | None:
    return re.search(rf'^  "{re.escape(needed.name)}(?=[<>=!~ ])([^"]*)",$', text, re.MULTILINE)


def _version(text: str) -> Version:
    parts = [int(part) for part in text.split(".")]
    major, minor, patch = [*parts, 0, 0][:3]
    return major, minor, patch


def _short(version: Version) -> str:
    text = text_of(version)
    while text.endswith(".0"):
        text = text.removesuffix(".0")
    return text
