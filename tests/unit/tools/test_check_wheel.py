"""What the check of finished wheels finds."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

import check_wheel

GOOD = {
    "aiopvxs/__init__.py": "",
    "aiopvxs/py.typed": "",
    "aiopvxs-1.0.dist-info/METADATA": "",
    "aiopvxs-1.0.dist-info/licenses/LICENSE": "",
}


def wheel(folder: Path, files: dict[str, str], package: str = "aiopvxs") -> Path:
    path = folder / f"{package}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_good(tmp_path: Path) -> None:
    assert list(check_wheel.problems(wheel(tmp_path, GOOD))) == []


@pytest.mark.parametrize("name", ["aiopvxs/py.typed", "aiopvxs-1.0.dist-info/licenses/LICENSE"])
def test_missing(tmp_path: Path, name: str) -> None:
    files = {key: text for key, text in GOOD.items() if key != name}
    (problem,) = check_wheel.problems(wheel(tmp_path, files))
    assert "is missing" in problem


@pytest.mark.parametrize(
    "name", ["aiopvxs/tests/test_x.py", "aiopvxs/conftest.py", "aiopvxs/__pycache__/a.pyc", "tests/test_x.py"]
)
def test_unwanted(tmp_path: Path, name: str) -> None:
    found = list(check_wheel.problems(wheel(tmp_path, GOOD | {name: ""})))
    assert any(name.split("/", maxsplit=1)[0] in problem or name in problem for problem in found)


def test_core_needs_one_extension_and_its_stubs(tmp_path: Path) -> None:
    files = {name.replace("aiopvxs", "aiopvxs_core", 1): text for name, text in GOOD.items()}
    found = list(check_wheel.problems(wheel(tmp_path, files, "aiopvxs_core")))
    assert found == [
        "it has 0 extension modules in place of aiopvxs_core/_core.",
        "the stubs of the extension are missing.",
    ]
