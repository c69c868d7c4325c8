"""Set the version of one package, date its changelog, and keep the ranges of those that depend on it.

Usage: bump.py PACKAGE VERSION, for example bump.py aiopvxs-core 0.2.0 (the pvxs line is not part of it).

A package whose range ends before the new version accepts it from then on; one that needs a level of the
binding which older cores lack accepts none of these any longer, nor does one that --raise names. Both get a
line in their changelog, and the commands that commit and tag are printed.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from _release import changelog, levels, ranges
from _release.packages import PACKAGES, Package, Version, parse, text_of

ROOT = Path(__file__).resolve().parent.parent
CORE = PACKAGES["aiopvxs-core"]


def bump(root: Path, name: str, version: str, today: datetime.date, raised: Collection[str] = ()) -> None:
    """Write what a release needs; nothing is written if any of it cannot be.

    Args:
        root: of the repository.
        name: of the package.
        version: the new one.
        today: what the changelog is dated with.
        raised: packages that shall no longer accept older versions of this one.
    """
    package, new = PACKAGES[name], parse(version)
    _check_later(root, package, new)
    files = Files(root)
    files[package.file] = package.with_version(files[package.file], new)
    told = levels.of_core(root) if package == CORE else None
    log = changelog.file(package)
    if ranges.read(root, package, CORE) is not None:
        _follow_core(files, package, _cores(root))
    files[log] = changelog.date(files[log], package, new, today, told)
    above = ranges.dependents(root, package)
    strange = set(raised) - {dependent.name for dependent in above}
    if strange:
        raise SystemExit(f"{', '.join(sorted(strange))} does not depend on {name}.")
    for dependent in above:
        _admit(files, dependent, package, new)
        if told is not None:
            _follow_core(files, dependent, {**_cores(root), new: told})
        if dependent.name in raised:
            _raise(files, dependent, package, new)
    files.write()


class Files(dict[str, str]):
    """Texts of files of the repository, read when first asked for, and written all together."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root

    def __missing__(self, name: str) -> str:
        """Read a file."""
        self[name] = (self.root / name).read_text(encoding="utf-8")
        return self[name]

    def write(self) -> None:
        """Write every file."""
        for name, text in self.items():
            (self.root / name).write_text(text, encoding="utf-8")


def _check_later(root: Path, package: Package, new: Version) -> None:
    present = package.version(root)
    dated = [release.version for release in changelog.releases(root, package)]
    # the first release has the version that the tree had all the time
    if new < present or any(new <= version for version in dated):
        last = text_of(max([present, *dated]))
        raise SystemExit(f"{package.name} has version {last} already; {text_of(new)} is not later.")


def _cores(root: Path) -> dict[Version, levels.Levels]:
    """Return the levels of the cores that were released."""
    found = changelog.releases(root, CORE)
    return {release.version: release.levels for release in found if release.levels is not None}


def _admit(files: Files, dependent: Package, package: Package, new: Version) -> None:
    """Widen the range of a dependent if it ends before the new version."""
    accepted = ranges.of(files[ranges.file(dependent)], dependent, package)
    assert accepted is not None
    if new >= accepted.upper:
        wider = replace(accepted, upper=(new[0] + 1, 0, 0))
        _change(files, dependent, package, wider, f"Accepts {package.name} {text_of(new)}.")


def _follow_core(files: Files, dependent: Package, cores: dict[Version, levels.Levels]) -> None:
    """Leave cores out of the range of a dependent if they lack the level that it needs."""
    accepted = ranges.of(files[ranges.file(dependent)], dependent, CORE)
    assert accepted is not None
    level = levels.required(files.root, dependent)
    known = sorted(version for version in cores if accepted.has(version))
    unfit = [version for version in known if not cores[version].have(level)]
    if not unfit:
        return
    fit = [version for version in known if version > unfit[-1]]
    if not fit:
        raise SystemExit(
            f"{dependent.name} needs level {level} of the binding, which {CORE.name} {text_of(unfit[-1])} "
            f"lacks: release a later {CORE.name} first."
        )
    _raise(files, dependent, CORE, fit[0])


def _raise(files: Files, dependent: Package, package: Package, lower: Version) -> None:
    accepted = ranges.of(files[ranges.file(dependent)], dependent, package)
    assert accepted is not None
    if accepted.lower < lower:
        line = f"Needs {package.name} {text_of(lower)} or later."
        _change(files, dependent, package, replace(accepted, lower=lower), line)


def _change(files: Files, dependent: Package, package: Package, accepted: ranges.Range, line: str) -> None:
    project, log = ranges.file(dependent), changelog.file(dependent)
    files[project] = ranges.write(files[project], package, accepted)
    files[log] = changelog.add(files[log], dependent, line)


def main() -> int:
    parser = argparse.ArgumentParser(description="Set the version of one package, and what follows from it.")
    parser.add_argument("package", choices=sorted(PACKAGES))
    parser.add_argument("version")
    parser.add_argument(
        "--raise",
        dest="raised",
        action="append",
        default=[],
        metavar="PACKAGE",
        help="a package that no longer accepts older versions of this one",
    )
    options = parser.parse_args()
    today = datetime.datetime.now(datetime.timezone.utc).date()
    bump(ROOT, options.package, options.version, today, options.raised)
    tag = PACKAGES[options.package].tag(parse(options.version))
    print(f"git commit -am '{options.package} {options.version}'\ngit tag {tag}\ngit push origin HEAD {tag}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
