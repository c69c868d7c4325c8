"""The pvxs line that the core is built for, and the metadata that follows from it.

One source gives ``X.Y.Z.15`` on pvxslibs 1.5 and ``X.Y.Z.14`` on pvxslibs 1.4. An sdist carries its line as
the last component of its version, in PKG-INFO; a working tree has no PKG-INFO and asks the environment.
This module is scikit-build-core's provider for ``[[tool.dynamic-metadata]]`` and needs nothing but Python.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The version of the binding, the same for all lines (tools/bump.py edits it).
VERSION = "0.1.0"

VARIABLE = "AIOPVXS_PVXS_LINE"
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Line:
    """One line of pvxs: the oldest pvxslibs that it is built and tested with, and the first too new one."""

    number: int
    oldest: tuple[int, int, int]

    @property
    def version(self) -> str:
        """Version of the distribution aiopvxs-core."""
        return f"{VERSION}.{self.number}"

    @property
    def requirement(self) -> str:
        """What pvxslibs calls ABI compatible: its minor version, not below the one tested."""
        major, minor, _ = self.oldest
        return f"pvxslibs>={'.'.join(map(str, self.oldest))},<{major}.{minor + 1}.0a1"

    def accepts(self, version: str) -> bool:
        """Tell whether a pvxslibs of that version fulfils ``requirement``."""
        match = re.match(r"(\d+)\.(\d+)\.(\d+)(a|b|rc|\.dev)?", version)
        if match is None:
            return False
        found = tuple(int(part) for part in match.groups()[:3])
        before = found == self.oldest and match.group(4) is not None
        return found[:2] == self.oldest[:2] and found >= self.oldest and not before


LINES = {15: Line(15, (1, 5, 3)), 14: Line(14, (1, 4, 1))}
DEFAULT = 15


def current() -> Line:
    """Return the line of this source: frozen in an sdist, else AIOPVXS_PVXS_LINE, else the default."""
    info = ROOT / "PKG-INFO"
    if info.exists():
        frozen = re.search(r"^Version: .*\.(\d+)\s*$", info.read_text(encoding="utf-8"), re.MULTILINE)
        return _line(frozen.group(1) if frozen else "", f"the version in {info}")
    return _line(os.environ.get(VARIABLE) or str(DEFAULT), VARIABLE)


def _line(text: str, origin: str) -> Line:
    if text.isdecimal() and int(text) in LINES:
        return LINES[int(text)]
    known = " and ".join(str(number) for number in sorted(LINES))
    raise SystemExit(f"aiopvxs-core has the pvxs lines {known}; {origin} asks for {text!r}.")


def check_pvxslibs(line: Line, version: str) -> None:
    """Stop the build if the pvxslibs found is of another line: it would link, and fail at import."""
    if not line.accepts(version):
        raise SystemExit(
            f"aiopvxs-core {line.version} is built with {line.requirement}, but this environment has "
            f'pvxslibs {version}. Install the right one (python -m pip install "{line.requirement}") or '
            f"choose the other line with {VARIABLE} in a working tree."
        )


def get_requires_for_dynamic_metadata(_settings: dict[str, Any]) -> list[str]:
    """Return the build requirements of the line (called by scikit-build-core)."""
    return [current().requirement]


def dynamic_metadata(settings: dict[str, Any], _project: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of ``[project]`` that depend on the line (called by scikit-build-core)."""
    line = current()
    return {"version": line.version, "dependencies": [line.requirement, *settings["dependencies"]]}
