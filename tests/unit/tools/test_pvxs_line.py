"""The line: from the environment in a working tree, frozen in an sdist."""

from __future__ import annotations

from pathlib import Path

import pvxs_line
import pytest


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(pvxs_line, "ROOT", tmp_path)
    monkeypatch.delenv(pvxs_line.VARIABLE, raising=False)
    return tmp_path


def test_default(tree: Path) -> None:
    assert pvxs_line.current().number == 15


def test_from_the_environment(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pvxs_line.VARIABLE, "14")
    assert pvxs_line.current().number == 14


@pytest.mark.parametrize("text", ["13", "1.5", "x", "-14", "²"])
def test_unknown_line_is_refused(tree: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(pvxs_line.VARIABLE, text)
    with pytest.raises(SystemExit, match=r"has the pvxs lines 14 and 15; AIOPVXS_PVXS_LINE asks for"):
        pvxs_line.current()


def test_frozen_in_an_sdist_whatever_the_environment_says(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree / "PKG-INFO").write_text("Metadata-Version: 2.4\nName: aiopvxs-core\nVersion: 0.1.0.14\n")
    monkeypatch.setenv(pvxs_line.VARIABLE, "15")
    assert pvxs_line.current().number == 14


def test_sdist_without_a_line_is_refused(tree: Path) -> None:
    (tree / "PKG-INFO").write_text("Metadata-Version: 2.4\nName: aiopvxs-core\nVersion: 0.1.0\n")
    with pytest.raises(SystemExit, match="has the pvxs lines"):
        pvxs_line.current()


@pytest.mark.parametrize(
    ("line", "version", "accepted"),
    [
        (15, "1.5.3", True),
        (15, "1.5.12", True),
        (15, "1.5.4a1", True),
        (15, "1.5.3a1", False),
        (15, "1.5.2", False),
        (15, "1.4.1", False),
        (15, "1.6.0a1", False),
        (15, "none", False),
        (14, "1.4.1", True),
        (14, "1.4.0", False),
        (14, "1.5.3", False),
    ],
)
def test_accepts(line: int, version: str, accepted: bool) -> None:
    assert pvxs_line.LINES[line].accepts(version) is accepted


def test_foreign_pvxslibs_stops_the_build() -> None:
    with pytest.raises(SystemExit) as caught:
        pvxs_line.check_pvxslibs(pvxs_line.LINES[15], "1.4.1")
    text = str(caught.value)
    assert "is built with pvxslibs>=1.5.3,<1.6.0a1, but this environment has pvxslibs 1.4.1." in text


def test_metadata_of_a_line(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pvxs_line.VARIABLE, "14")
    assert pvxs_line.dynamic_metadata({"dependencies": ["numpy>=1.24"]}, {}) == {
        "version": f"{pvxs_line.VERSION}.14",
        "dependencies": ["pvxslibs>=1.4.1,<1.5.0a1", "numpy>=1.24"],
    }
    assert pvxs_line.get_requires_for_dynamic_metadata({}) == ["pvxslibs>=1.4.1,<1.5.0a1"]
