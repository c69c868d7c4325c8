"""What the check of the workflows finds."""

from __future__ import annotations

from pathlib import Path

import pytest

import check_workflows

GOOD = """\
on: push
permissions: {}
jobs:
  one:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    strategy:
      matrix:
        include: [{ env: lint }]
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
      - run: python tools/dev.py test -e lint
      - run: python tools/dev.py test -e py311-pvxs15 -- tests/unit
      - run: python tools/dev.py test -e ${{ matrix.env }}
  two:
    uses: ./.github/workflows/wheels.yml
"""
KNOWN = {"lint", "py311-pvxs15"}


def found(folder: Path, text: str) -> list[str]:
    (folder / "a.yml").write_text(text)
    return list(check_workflows.problems(folder, KNOWN))


def test_good(tmp_path: Path) -> None:
    assert found(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2", "@v4", "is not pinned to a commit"),
        (" # v4.2.2", "", "is not pinned to a commit"),
        ("./.github/workflows/wheels.yml", "other/repo/.github/workflows/wheels.yml@main", "is not pinned"),
        ("permissions: {}\n", "", "does not say what it may do"),
        ("    timeout-minutes: 5\n", "", "has no timeout-minutes"),
        ("test -e lint", "test -e lnt", "tox has no environment lnt"),
        ("env: lint", "env: lnt", "tox has no environment lnt"),
        ("python tools/dev.py test -e lint", "pip install ruff && ruff check", "is not a tox environment"),
        ("test -e lint", "test -e lint && curl example.org", "is not a tox environment"),
    ],
)
def test_wrong(tmp_path: Path, before: str, after: str, told: str) -> None:
    assert GOOD.count(before) == 1
    (problem,) = found(tmp_path, GOOD.replace(before, after))
    assert told in problem


def test_environments_of_this_repository(root: Path) -> None:
    known = check_workflows.environments(root / "tox.ini")
    assert {"lint", "docs", "wheels", "versions", "smoke-py310", "smoke-py314", "py312-pvxs14"} <= known
    assert "smoke-py39" not in known
    assert list(check_workflows.problems(root / ".github" / "workflows", known)) == []
