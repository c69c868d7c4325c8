"""Levels of the binding: those that the core has, and the one that each package above it needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .packages import Package

__all__ = ["Levels", "of_core", "required"]


@dataclass(frozen=True)
class Levels:
    """What aiopvxs_core calls API_OLDEST and API_LEVEL."""

    oldest: int
    newest: int

    def have(self, level: int) -> bool:
        """Tell whether a package that needs this level can be imported."""
        return self.oldest <= level <= self.newest


def of_core(root: Path) -> Levels:
    """Return the levels of the tree's core."""
    path = root / "packages/aiopvxs-core/cpp/version.cpp"
    return Levels(_number(path, "constexpr int api_oldest = "), _number(path, "constexpr int api_level = "))


def required(root: Path, package: Package) -> int:
    """Return the level that a package checks for when it is imported."""
    return _number(root / package.folder / "src" / package.module / "_compat.py", "REQUIRED_API_LEVEL = ")


def _number(path: Path, before: str) -> int:
    text = path.read_text(encoding="utf-8")
    match = re.search(rf"^{re.escape(before)}(\d+);?$", text, re.MULTILINE)
    if match is None:
        raise SystemExit(f"{path} has no line {before}…")
    return int(match[1])
