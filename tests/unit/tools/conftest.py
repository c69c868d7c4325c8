"""The tools' modules, imported from their files as the tools themselves do."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


VERSIONED = (
    "packages/aiopvxs-core/cmake/pvxs_line.py",
    "packages/aiopvxs-core/cpp/version.cpp",
    "packages/aiopvxs-nt/src/aiopvxs_nt/_compat.py",
    "packages/aiopvxs/src/aiopvxs/_compat.py",
    *(f"packages/{name}/pyproject.toml" for name in ("aiopvxs-core", "aiopvxs-nt", "aiopvxs")),
)
TEXTS = {
    "aiopvxs-core": ("0.1.0", "The core."),
    "aiopvxs-nt": ("0.1.0", "The types."),
    "aiopvxs": ("0.6.0", "The client."),
}


@pytest.fixture
def tree(tmp_path: Path, root: Path) -> Path:
    """The files that a release changes or reads, of a repository that has released nothing yet."""
    for name in VERSIONED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((root / name).read_text())
    for package, (version, change) in TEXTS.items():
        log = tmp_path / "packages" / package / "CHANGELOG.md"
        log.write_text(f"# Changelog of {package}\n\n## Unreleased\n\n- {change}\n")
        for name in VERSIONED:
            if f"/{package}/" in name and name.endswith((".toml", "_line.py")):
                replace(tmp_path / name, r'^(version|VERSION) = "[^"]+"', rf'\1 = "{version}"', many=True)
        for needed in ("aiopvxs-core", "aiopvxs-nt"):
            replace(log.with_name("pyproject.toml"), rf'"{needed}>=[^"]*"', f'"{needed}>=0.1,<1"', many=True)
    set_levels(tmp_path, 1, 4)
    require(tmp_path, "aiopvxs-nt", 1)
    require(tmp_path, "aiopvxs", 4)
    return tmp_path


def replace(path: Path, pattern: str, text: str, many: bool = False) -> None:
    """Change one line of a file, or as many as there are."""
    changed, count = re.subn(pattern, text, path.read_text(), flags=re.MULTILINE)
    assert many or count == 1
    path.write_text(changed)


def set_levels(tree: Path, oldest: int, newest: int) -> None:
    """Let the core of a tree have these levels of the binding."""
    file = tree / "packages/aiopvxs-core/cpp/version.cpp"
    replace(file, r"api_oldest = \d+;", f"api_oldest = {oldest};")
    replace(file, r"api_level = \d+;", f"api_level = {newest};")


def require(tree: Path, package: str, level: int) -> None:
    """Let a package of a tree need this level of the binding."""
    file = tree / "packages" / package / "src" / package.replace("-", "_") / "_compat.py"
    replace(file, r"^REQUIRED_API_LEVEL = \d+", f"REQUIRED_API_LEVEL = {level}")


sys.path.insert(0, str(ROOT / "packages" / "aiopvxs-core" / "cmake"))
