"""What a release changes: version, changelog, and the ranges of the packages above."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

import bump
from _release import changelog
from _release.levels import Levels
from _release.packages import PACKAGES, of_tag
from _release.ranges import read

from .conftest import replace, require, set_levels

DAY = datetime.date(2030, 1, 2)
CORE, NT, TOP = PACKAGES["aiopvxs-core"], PACKAGES["aiopvxs-nt"], PACKAGES["aiopvxs"]


def snapshot(tree: Path) -> dict[Path, str]:
    return {path.relative_to(tree): path.read_text() for path in tree.rglob("*.*") if path.is_file()}


def changed(tree: Path, before: dict[Path, str]) -> set[str]:
    return {path.as_posix() for path, text in snapshot(tree).items() if before[path] != text}


def log(tree: Path, package: str) -> str:
    return (tree / "packages" / package / "CHANGELOG.md").read_text()


def release_all(tree: Path) -> None:
    for package, version in (("aiopvxs-core", "0.1.0"), ("aiopvxs-nt", "0.1.0"), ("aiopvxs", "0.6.0")):
        bump.bump(tree, package, version, DAY)


@pytest.mark.parametrize("package", PACKAGES)
def test_version_and_changelog_of_one_package(tree: Path, package: str) -> None:
    before = snapshot(tree)
    bump.bump(tree, package, "0.8.9", DAY)
    assert changed(tree, before) == {PACKAGES[package].file, f"packages/{package}/CHANGELOG.md"}
    assert PACKAGES[package].version(tree) == (0, 8, 9)
    told = ", API levels 1 to 4" if package == "aiopvxs-core" else ""
    assert f"\n## Unreleased\n\n## 0.8.9 (2030-01-02){told}\n" in log(tree, package)


def test_the_first_release_has_the_version_of_the_tree(tree: Path) -> None:
    bump.bump(tree, "aiopvxs-core", "0.1.0", DAY)
    (release,) = changelog.releases(tree, CORE)
    assert release == changelog.Release((0, 1, 0), DAY, Levels(1, 4), "- The core.")
    with pytest.raises(SystemExit, match=r"has version 0\.1\.0 already"):
        bump.bump(tree, "aiopvxs-core", "0.1.0", DAY)


@pytest.mark.parametrize("version", ["0.0.1", "1.2", "1.2.3.15", "v1.2.3", "1.02.3", ""])
def test_a_wrong_version_changes_nothing(tree: Path, version: str) -> None:
    before = snapshot(tree)
    with pytest.raises(SystemExit):
        bump.bump(tree, "aiopvxs-core", version, DAY)
    assert snapshot(tree) == before


def test_a_changelog_without_unreleased_changes_changes_nothing(tree: Path) -> None:
    (tree / "packages/aiopvxs/CHANGELOG.md").write_text("# Changelog\n")
    before = snapshot(tree)
    with pytest.raises(SystemExit, match="has no section Unreleased"):
        bump.bump(tree, "aiopvxs", "9.0.0", DAY)
    assert snapshot(tree) == before


def test_a_version_beyond_the_ranges_is_admitted(tree: Path) -> None:
    release_all(tree)
    bump.bump(tree, "aiopvxs-core", "1.0.0", DAY)
    for package in (NT, TOP):
        assert str(read(tree, package, CORE)) == ">=0.1,<2"
        assert "\n## Unreleased\n\n- Accepts aiopvxs-core 1.0.0.\n\n## 0." in log(tree, package.name)
    assert str(read(tree, TOP, NT)) == ">=0.1,<1"


def test_who_needs_a_new_level_of_the_binding_no_longer_accepts_older_cores(tree: Path) -> None:
    release_all(tree)
    set_levels(tree, 1, 5)
    require(tree, "aiopvxs", 5)
    bump.bump(tree, "aiopvxs-core", "0.2.0", DAY)
    assert str(read(tree, TOP, CORE)) == ">=0.2,<1"
    assert "\n- Needs aiopvxs-core 0.2.0 or later.\n" in log(tree, "aiopvxs")
    assert str(read(tree, NT, CORE)) == ">=0.1,<1"
    assert "Needs" not in log(tree, "aiopvxs-nt")


def test_the_level_may_have_been_released_before_it_was_needed(tree: Path) -> None:
    release_all(tree)
    set_levels(tree, 1, 5)
    bump.bump(tree, "aiopvxs-core", "0.2.0", DAY)
    bump.bump(tree, "aiopvxs-core", "0.3.0", DAY)
    require(tree, "aiopvxs-nt", 5)
    bump.bump(tree, "aiopvxs-nt", "0.2.0", DAY)
    assert str(read(tree, NT, CORE)) == ">=0.2,<1"
    assert changelog.releases(tree, NT)[0].body == "- Needs aiopvxs-core 0.2.0 or later."
    assert NT.version(tree) == (0, 2, 0)


def test_who_needs_a_level_that_no_core_has_is_not_released(tree: Path) -> None:
    release_all(tree)
    set_levels(tree, 1, 5)
    require(tree, "aiopvxs", 5)
    before = snapshot(tree)
    with pytest.raises(SystemExit, match="release a later aiopvxs-core first"):
        bump.bump(tree, "aiopvxs", "0.7.0", DAY)
    assert snapshot(tree) == before


def test_raised_by_hand(tree: Path) -> None:
    release_all(tree)
    bump.bump(tree, "aiopvxs-nt", "0.2.0", DAY, ["aiopvxs"])
    assert str(read(tree, TOP, NT)) == ">=0.2,<1"
    assert "\n- Needs aiopvxs-nt 0.2.0 or later.\n" in log(tree, "aiopvxs")


def test_only_who_depends_on_it_is_raised(tree: Path) -> None:
    before = snapshot(tree)
    with pytest.raises(SystemExit, match="aiopvxs-core does not depend on aiopvxs-nt"):
        bump.bump(tree, "aiopvxs-nt", "0.2.0", DAY, ["aiopvxs-core"])
    assert snapshot(tree) == before


@pytest.mark.parametrize(
    ("tag", "package", "version"),
    [
        ("core-v0.2.0", CORE, (0, 2, 0)),
        ("nt-v1.0.12", NT, (1, 0, 12)),
        ("v10.0.0", TOP, (10, 0, 0)),
    ],
)
def test_tags(tag: str, package: object, version: object) -> None:
    assert of_tag(tag) == (package, version)
    assert of_tag(tag)[0].tag(of_tag(tag)[1]) == tag


@pytest.mark.parametrize("tag", ["0.2.0", "aiopvxs-0.2.0", "core-v0.2", "core-v0.2.0.15", "vcore-1.0.0", "v"])
def test_no_tag_of_a_release(tag: str) -> None:
    with pytest.raises(SystemExit):
        of_tag(tag)


def test_notes_are_the_section_of_that_version(tree: Path) -> None:
    release_all(tree)
    replace(tree / changelog.file(NT), r"^## Unreleased\n", "## Unreleased\n\n- More.\n")
    bump.bump(tree, "aiopvxs-nt", "0.2.0", DAY)
    assert changelog.notes(tree, NT, (0, 2, 0)) == "- More."
    assert changelog.notes(tree, NT, (0, 1, 0)) == "- The types."
    with pytest.raises(SystemExit, match=r"no section 0\.3\.0"):
        changelog.notes(tree, NT, (0, 3, 0))
