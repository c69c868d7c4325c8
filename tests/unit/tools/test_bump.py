"""Versions and changelogs."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

import bump
import release_notes

DAY = datetime.date(2030, 1, 2)


@pytest.fixture
def tree(tmp_path: Path, root: Path) -> Path:
    """The files of one package that carry its version."""
    for package, (name, _) in bump.FILES.items():
        for file in (name, f"packages/{package}/CHANGELOG.md"):
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text((root / file).read_text())
    return tmp_path


@pytest.mark.parametrize("package", bump.FILES)
def test_bump_writes_version_and_changelog_of_one_package(tree: Path, package: str) -> None:
    before = {path: path.read_text() for path in tree.rglob("*.*") if path.is_file()}
    bump.bump(tree, package, "7.8.9", DAY)
    changed = {path for path, text in before.items() if path.read_text() != text}
    assert changed == {tree / bump.FILES[package][0], tree / "packages" / package / "CHANGELOG.md"}
    assert '"7.8.9"' in (tree / bump.FILES[package][0]).read_text()
    changelog = (tree / "packages" / package / "CHANGELOG.md").read_text()
    assert "\n## Unreleased\n\n## 7.8.9 (2030-01-02)\n" in changelog
    assert release_notes.notes(tree, f"{package}-7.8.9").startswith("- ")


@pytest.mark.parametrize("version", ["0.0.1", "1.2", "1.2.3.15", "v1.2.3", ""])
def test_bump_refuses_and_changes_nothing(tree: Path, version: str) -> None:
    before = {path: path.read_text() for path in tree.rglob("*.*") if path.is_file()}
    with pytest.raises(SystemExit):
        bump.bump(tree, "aiopvxs-core", version, DAY)
    assert {path: path.read_text() for path in before} == before


def test_bump_needs_a_section_of_unreleased_changes(tree: Path) -> None:
    changelog = tree / "packages" / "aiopvxs" / "CHANGELOG.md"
    changelog.write_text("# Changelog\n")
    before = (tree / bump.FILES["aiopvxs"][0]).read_text()
    with pytest.raises(SystemExit, match="has no section Unreleased"):
        bump.bump(tree, "aiopvxs", "9.0.0", DAY)
    assert (tree / bump.FILES["aiopvxs"][0]).read_text() == before


@pytest.mark.parametrize("tag", ["aiopvxs-core-0.0.0", "aiopvxs", "other-1.2.3"])
def test_no_notes_for_an_unknown_release(tree: Path, tag: str) -> None:
    with pytest.raises(SystemExit):
        release_notes.notes(tree, tag)
