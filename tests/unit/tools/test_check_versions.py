"""What the check of versions, ranges and changelogs finds."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

import bump
import check_versions

from .conftest import replace, require, set_levels

DAY = datetime.date(2030, 1, 2)
RELEASES = (("aiopvxs-core", "0.1.0"), ("aiopvxs-nt", "0.1.0"), ("aiopvxs", "0.6.0"))


@pytest.fixture
def released(tree: Path) -> Path:
    for package, version in RELEASES:
        bump.bump(tree, package, version, DAY)
    return tree


def test_this_repository(root: Path) -> None:
    assert list(check_versions.problems(root)) == []


def test_before_and_after_a_release(tree: Path) -> None:
    assert list(check_versions.problems(tree)) == []
    for package, version in RELEASES:
        bump.bump(tree, package, version, DAY)
        assert list(check_versions.problems(tree)) == []


@pytest.mark.parametrize("tag", ["core-v0.1.0", "nt-v0.1.0", "v0.6.0"])
def test_a_tag_needs_a_dated_changelog(tree: Path, tag: str) -> None:
    assert any("tools/bump.py makes it" in problem for problem in check_versions.problems(tree, tag))
    for package, version in RELEASES:
        bump.bump(tree, package, version, DAY)
    assert list(check_versions.problems(tree, tag)) == []


def test_a_tag_of_another_version(released: Path) -> None:
    found = list(check_versions.problems(released, "nt-v0.2.0"))
    assert found[0] == "The tag nt-v0.2.0 is not of version 0.1.0, which aiopvxs-nt has."


def test_what_a_release_depends_on_is_released_first(tree: Path) -> None:
    bump.bump(tree, "aiopvxs-nt", "0.1.0", DAY)
    (problem,) = check_versions.problems(tree, "nt-v0.1.0")
    assert problem == "No aiopvxs-core>=0.1,<1 was released; aiopvxs-nt could not be installed."


def test_a_version_changed_without_bump(released: Path) -> None:
    replace(released / "packages/aiopvxs-nt/pyproject.toml", r'^version = ".*"', 'version = "0.2.0"')
    (problem,) = check_versions.problems(released)
    assert problem == "aiopvxs-nt has version 0.2.0, but its changelog ends with 0.1.0."


def test_a_heading_that_is_no_release(released: Path) -> None:
    replace(released / "packages/aiopvxs-nt/CHANGELOG.md", r"^## 0\.1\.0 .*", "## 0.1.0, some day")
    with pytest.raises(SystemExit, match="has a heading that"):
        list(check_versions.problems(released))


def test_releases_out_of_order(released: Path) -> None:
    log = released / "packages/aiopvxs-nt/CHANGELOG.md"
    log.write_text(log.read_text() + "\n## 0.2.0 (2031-01-01)\n\n- Too low.\n")
    (problem,) = check_versions.problems(released)
    assert "does not have the newest release first" in problem


def test_a_core_without_its_levels(released: Path) -> None:
    replace(released / "packages/aiopvxs-core/CHANGELOG.md", r", API levels .*", "")
    assert any("does not tell the API levels" in problem for problem in check_versions.problems(released))


def test_a_range_without_the_tree(released: Path) -> None:
    replace(released / "packages/aiopvxs/pyproject.toml", r'"aiopvxs-nt>=.*",', '"aiopvxs-nt>=0.2,<1",')
    assert list(check_versions.problems(released)) == [
        "aiopvxs needs aiopvxs-nt>=0.2,<1, but the tree has 0.1.0."
    ]


def test_a_pin(released: Path) -> None:
    replace(released / "packages/aiopvxs/pyproject.toml", r'"aiopvxs-nt>=.*",', '"aiopvxs-nt==0.1.0",')
    (problem,) = check_versions.problems(released)
    assert problem == "aiopvxs pins aiopvxs-nt; others could not upgrade it alone."


def test_a_level_that_the_core_of_the_tree_lacks(released: Path) -> None:
    require(released, "aiopvxs-nt", 5)
    (problem,) = check_versions.problems(released)
    assert problem == "aiopvxs-nt needs level 5 of the binding; the tree's core has 1 to 4."


def test_a_release_that_accepts_a_core_without_its_level(released: Path) -> None:
    set_levels(released, 1, 5)
    require(released, "aiopvxs", 5)
    assert list(check_versions.problems(released)) == []  # the next release of the core raises the range
    assert list(check_versions.problems(released, "v0.6.0")) == [
        "aiopvxs accepts aiopvxs-core 0.1.0, which lacks level 5 of the binding."
    ]
