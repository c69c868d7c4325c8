"""Set the version of one package, and date its changelog.

Usage: bump.py PACKAGE VERSION, for example bump.py aiopvxs-core 0.2.0 (the pvxs line is not part of it).
"""

from __future__ import annotations

import argparse
import datetime
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_STATIC = r'^version = "([^"]+)"'
# where a package's version is written
FILES = {
    "aiopvxs": ("packages/aiopvxs/pyproject.toml", _STATIC),
    "aiopvxs-nt": ("packages/aiopvxs-nt/pyproject.toml", _STATIC),
    "aiopvxs-core": ("packages/aiopvxs-core/cmake/pvxs_line.py", r'^VERSION = "([^"]+)"'),
}


def bump(root: Path, package: str, version: str, today: datetime.date) -> None:
    """Write the version and the dated heading of the changelog; nothing is written if either cannot be."""
    name, pattern = FILES[package]
    file = root / name
    changelog = root / "packages" / package / "CHANGELOG.md"
    text = file.read_text(encoding="utf-8")
    matches = list(re.finditer(pattern, text, re.MULTILINE))
    if len(matches) != 1:
        raise SystemExit(f"{file} has {len(matches)} lines that look like its version, not one.")
    present = matches[0]
    if _key(version) <= _key(present.group(1)):
        raise SystemExit(f"{package} has version {present.group(1)} already; {version} is not later.")
    history = changelog.read_text(encoding="utf-8")
    if history.count("\n## Unreleased\n") != 1:
        raise SystemExit(f"{changelog} has no section Unreleased to become {version}.")
    heading = f"\n## Unreleased\n\n## {version} ({today.isoformat()})\n"
    file.write_text(text[: present.start(1)] + version + text[present.end(1) :], encoding="utf-8")
    changelog.write_text(history.replace("\n## Unreleased\n", heading), encoding="utf-8")


def _key(version: str) -> tuple[int, ...]:
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise SystemExit(f"{version!r} is not a version of the form X.Y.Z.")
    return tuple(int(part) for part in version.split("."))


def main() -> int:
    parser = argparse.ArgumentParser(description="Set the version of one package, and date its changelog.")
    parser.add_argument("package", choices=sorted(FILES))
    parser.add_argument("version")
    options = parser.parse_args()
    bump(ROOT, options.package, options.version, datetime.datetime.now(datetime.timezone.utc).date())
    return 0


if __name__ == "__main__":
    sys.exit(main())
