"""Which sources the combinations of versions are made of, before and after the first releases."""

from __future__ import annotations

import datetime
import subprocess
from pathlib import Path

import pytest

import bump
from _dist import combinations
from _dist.combinations import CORE, NT, TOP

from .conftest import require, set_levels

DAY = datetime.date(2030, 1, 2)


@pytest.fixture
def repository(tree: Path) -> Path:
    git(tree, "init", "--quiet")
    return tree


def git(tree: Path, *words: str) -> None:
    identity = ["-c", "user.name=tests", "-c", "user.email=tests@localhost", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *words], cwd=tree, check=True)


def release(tree: Path, name: str, version: str) -> None:
    bump.bump(tree, name, version, DAY)
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message", f"{name} {version}")
    git(tree, "tag", bump.PACKAGES[name].tag(bump.parse(version)))


def release_all(tree: Path) -> None:
    for name, version in (("aiopvxs-core", "0.1.0"), ("aiopvxs-nt", "0.1.0"), ("aiopvxs", "0.6.0")):
        release(tree, name, version)


def test_nothing_was_released(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("sources")
    assert combinations.oldest(repository, folder, CORE, (NT, TOP)).root == repository
    assert combinations.last(repository, folder, TOP).origin == "this tree as its first release"


def test_oldest_is_the_tag_of_the_oldest_that_is_accepted(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("sources")
    release_all(repository)
    release(repository, "aiopvxs-nt", "0.2.0")
    release(repository, "aiopvxs-nt", "0.3.0")
    first = combinations.oldest(repository, folder, NT, (TOP,))
    assert (first.version, first.origin) == ((0, 1, 0), "the tag nt-v0.1.0")
    assert NT.version(first.root) == (0, 1, 0)
    assert NT.version(repository) == (0, 3, 0)
    assert combinations.last(repository, folder, NT).version == (0, 3, 0)


def test_a_core_without_the_level_is_not_the_oldest(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("sources")
    release_all(repository)
    set_levels(repository, 1, 5)
    release(repository, "aiopvxs-core", "0.2.0")
    require(repository, "aiopvxs", 5)
    assert combinations.oldest(repository, folder, CORE, (NT, TOP)).version == (0, 2, 0)
    assert combinations.oldest(repository, folder, CORE, (NT,)).version == (0, 1, 0)


def test_a_level_that_no_release_has_leaves_this_tree(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    release_all(repository)
    set_levels(repository, 1, 5)
    require(repository, "aiopvxs", 5)
    found = combinations.oldest(repository, tmp_path_factory.mktemp("sources"), CORE, (NT, TOP))
    assert found.root == repository


def test_a_tag_that_was_not_fetched(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    release_all(repository)
    git(repository, "tag", "--delete", "nt-v0.1.0")
    with pytest.raises(SystemExit, match=r"nt-v0\.1\.0 is in the changelog, but git cannot read its tag"):
        combinations.oldest(repository, tmp_path_factory.mktemp("sources"), NT, (TOP,))


def test_new_is_the_next_minor_version_of_a_copy(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    release_all(repository)
    made = combinations.new(repository, tmp_path_factory.mktemp("sources"))
    assert {package.name: source.version for package, source in made.items()} == {
        "aiopvxs-core": (0, 2, 0),
        "aiopvxs-nt": (0, 2, 0),
        "aiopvxs": (0, 7, 0),
    }
    assert all(package.version(source.root) == source.version for package, source in made.items())
    assert NT.version(repository) == (0, 1, 0)
