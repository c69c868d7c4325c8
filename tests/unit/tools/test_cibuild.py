"""What is built where."""

from __future__ import annotations

from pathlib import Path

import pytest

import cibuild
from _dist.platforms import IDENTIFIERS
from _dist.repair import command


@pytest.mark.parametrize(
    ("line", "system", "machine", "count"),
    [
        ("15", "linux", "x86_64", 5),
        ("15", "linux", "aarch64", 1),
        ("14", "linux", "x86_64", 4),
        ("14", "linux", "aarch64", 0),
        ("15", "macos", "arm64", 5),
        ("14", "windows", "AMD64", 4),
    ],
)
def test_chosen(line: str, system: str, machine: str, count: int) -> None:
    names = cibuild.chosen(line, system, machine)
    assert len(set(names)) == len(names) == count
    assert set(names) <= set(IDENTIFIERS[line][system])


@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_the_commands_that_repair_take_a_wheel_and_a_folder(root: Path, system: str) -> None:
    words = command(root, system)
    assert {"{wheel}", "{dest_dir}"} <= set(words)
    assert "--exclude" in words
