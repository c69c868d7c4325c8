"""What several files of the project have to agree on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PACKAGES = ("aiopvxs-core", "aiopvxs-nt", "aiopvxs")


def lists(text: str, name: str) -> list[list[str]]:
    """The values of ``name = [...]`` in a TOML file, one string a line (Python 3.10 has no TOML reader)."""
    blocks = re.findall(rf"^{name} = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    return [re.findall(r'^  "(.*)",$', block, re.MULTILINE) for block in blocks]


def test_extra_and_dependency_group_test_are_equal(root: Path) -> None:
    extra, group = lists((root / "pyproject.toml").read_text(), "test")
    assert extra == group
    assert "pytest>=8.2" in extra


@pytest.mark.parametrize("package", PACKAGES)
def test_licence_is_the_same_everywhere(root: Path, package: str) -> None:
    assert (root / "packages" / package / "LICENSE").read_bytes() == (root / "LICENSE").read_bytes()


@pytest.mark.parametrize("package", PACKAGES)
def test_package_is_complete(root: Path, package: str) -> None:
    folder = root / "packages" / package
    module = package.replace("-", "_")
    assert (folder / "src" / module / "py.typed").exists()
    assert (folder / "README.md").read_text().startswith(f"# {package}\n")
    assert "\n## Unreleased\n" in (folder / "CHANGELOG.md").read_text()
    assert 'license = "BSD-3-Clause"' in (folder / "pyproject.toml").read_text()


def test_what_ci_starts_is_the_command_of_the_readme(root: Path) -> None:
    assert (root / ".ci" / "run").read_text().split("exec ")[1].strip() == "python3 tools/dev.py test"
