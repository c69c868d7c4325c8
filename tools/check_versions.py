"""Check that versions, changelogs, ranges and levels of the binding agree; ``--tag TAG`` before a release."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from _release import changelog, levels, ranges
from _release.packages import PACKAGES, Package, of_tag, text_of

ROOT = Path(__file__).resolve().parent.parent
CORE = PACKAGES["aiopvxs-core"]


def problems(root: Path, tag: str | None = None) -> Iterator[str]:
    """Yield one sentence for each thing that does not agree."""
    for package in PACKAGES.values():
        yield from _history(root, package)
        for needed in PACKAGES.values():
            yield from _range(root, package, needed)
    if tag is not None:
        yield from _release(root, tag)


def _history(root: Path, package: Package) -> Iterator[str]:
    dated = [release.version for release in changelog.releases(root, package)]
    present = package.version(root)
    if dated and dated[0] != present:
        yield (
            f"{package.name} has version {text_of(present)}, but its changelog ends with {text_of(dated[0])}."
        )
    if sorted(set(dated), reverse=True) != dated:
        yield f"The changelog of {package.name} does not have the newest release first, and each one once."
    if package == CORE and any(release.levels is None for release in changelog.releases(root, package)):
        yield f"The changelog of {package.name} does not tell the API levels of each release."


def _range(root: Path, package: Package, needed: Package) -> Iterator[str]:
    text = (root / package.folder / "pyproject.toml").read_text(encoding="utf-8")
    if re.search(rf'"{re.escape(needed.name)}(?![\w-])[^"]*==', text):
        yield f"{package.name} pins {needed.name}; others could not upgrade it alone."
        return
    accepted = ranges.read(root, package, needed)
    if accepted is None:
        return
    present = needed.version(root)
    if not accepted.has(present):
        yield f"{package.name} needs {needed.name}{accepted}, but the tree has {text_of(present)}."
    if needed != CORE:
        return
    level, has = levels.required(root, package), levels.of_core(root)
    if not has.have(level):
        yield (
            f"{package.name} needs level {level} of the binding; the tree's core has {has.oldest} to "
            f"{has.newest}."
        )


def _release(root: Path, tag: str) -> Iterator[str]:
    """Yield what keeps the tree from being the release of that tag."""
    package, version = of_tag(tag)
    present = package.version(root)
    if version != present:
        yield f"The tag {tag} is not of version {text_of(present)}, which {package.name} has."
    dated = {release.version for release in changelog.releases(root, package)}
    if version not in dated:
        yield f"The changelog of {package.name} has no section {text_of(version)}; tools/bump.py makes it."
    for needed in PACKAGES.values():
        accepted = ranges.read(root, package, needed)
        if accepted is None:
            continue
        released = [release for release in changelog.releases(root, needed) if accepted.has(release.version)]
        if not released:
            yield f"No {needed.name}{accepted} was released; {package.name} could not be installed."
        level = levels.required(root, package) if needed == CORE else 0
        for release in released:
            if release.levels is not None and not release.levels.have(level):
                yield (
                    f"{package.name} accepts {needed.name} {text_of(release.version)}, which lacks level "
                    f"{level} of the binding."
                )


def main() -> int:
    parser = argparse.ArgumentParser(description="Check that versions, changelogs and ranges agree.")
    parser.add_argument("--tag", help="the tag that is to be released")
    found = list(problems(ROOT, parser.parse_args().tag))
    print("\n".join(found) or "Versions, changelogs, ranges and levels agree.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
