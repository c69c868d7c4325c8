"""The wheels that a release of the core must have, and the table of those that were made."""

from __future__ import annotations

import all_wheels
import release
from _dist.platforms import IDENTIFIERS

PLATFORMS = {
    "manylinux_x86_64": "manylinux2014_x86_64.manylinux_2_17_x86_64",
    "manylinux_aarch64": "manylinux_2_28_aarch64",
    "macosx_universal2": "macosx_11_0_universal2",
    "win_amd64": "win_amd64",
}


def names() -> list[str]:
    return [
        f"aiopvxs_core-0.1.0.{line}-{python}-{python}-{PLATFORMS[platform]}.whl"
        for line, systems in IDENTIFIERS.items()
        for identifiers in systems.values()
        for python, platform in (identifier.split("-") for identifier in identifiers)
    ]


def test_complete() -> None:
    assert len(names()) == 28
    assert list(release.missing(names(), (0, 1, 0))) == []


def test_each_one_is_missed() -> None:
    for name in names():
        (told,) = release.missing([other for other in names() if other != name], (0, 1, 0))
        line, identifier = told.split(", ")
        assert line.removeprefix("line ") in name
        assert identifier.split("-")[0] in name


def test_those_of_another_version_do_not_count() -> None:
    assert len(list(release.missing(names(), (0, 1, 1)))) == 28


def test_table_has_columns_of_equal_width() -> None:
    rows = [
        all_wheels.Row("a-wheel.whl", "3.11", "15", "manylinux_2_28_x86_64", "ok", "ok"),
        all_wheels.Row("-", "3.14", "14"),
    ]
    lines = all_wheels.table(rows).splitlines()
    assert len(lines) == 4
    assert len({len(line) for line in lines}) == 1
    assert "| a-wheel.whl | 3.11" in lines[2]
    assert [row.good for row in rows] == [True, False]
