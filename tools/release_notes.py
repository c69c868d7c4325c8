"""Print the changelog section of a release tag, such as aiopvxs-core-0.2.0."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def notes(root: Path, tag: str) -> str:
    """Return the section of the tag's version in the changelog of its package."""
    match = re.fullmatch(r"(aiopvxs(?:-nt|-core)?)-(\d+\.\d+\.\d+)", tag)
    if match is None:
        raise SystemExit(f"{tag!r} is not a tag of the form PACKAGE-X.Y.Z.")
    package, version = match.groups()
    changelog = root / "packages" / package / "CHANGELOG.md"
    sections = re.split(r"^## ", changelog.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for section in sections[1:]:
        heading, _, body = section.partition("\n")
        if heading.split(" ")[0] == version:
            return body.strip()
    raise SystemExit(f"{changelog} has no section {version}; tools/bump.py makes it.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: release_notes.py TAG")
    print(notes(ROOT, sys.argv[1]))
