"""Print the changelog section of a release tag, such as core-v0.2.0."""

from __future__ import annotations

import sys
from pathlib import Path

from _release import changelog
from _release.packages import of_tag

ROOT = Path(__file__).resolve().parent.parent


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: release_notes.py TAG")
    print(changelog.notes(ROOT, *of_tag(sys.argv[1])))
