"""README and the pages with whole programs, followed to the letter."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from examples.fragments import DOCS, is_followed
from follow import blocks_of, follow
from peers.ports import free_port

ROOT = DOCS.parent
PAGES = sorted(
    page
    for page in [*ROOT.glob("*.md"), *ROOT.glob("packages/*/*.md"), *DOCS.rglob("*.md")]
    if is_followed(page)
)


@pytest.mark.skipif(sys.platform == "win32", reason="the pages are written for a POSIX shell")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page(page: Path) -> None:
    assert follow(page, free_port()) > 2


def test_readme_and_the_whole_tutorial_are_followed() -> None:
    assert {ROOT / "README.md", *(DOCS / "tutorial").glob("*.md")} <= set(PAGES)


def test_no_example_is_hidden_from_the_tests() -> None:
    for page in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        text = page.read_text(encoding="utf-8")
        assert "\n ```" not in text, f"{page}: a block that is indented is found by no test"
        assert len(blocks_of(page)) * 2 == sum(line.startswith("```") for line in text.splitlines()), page


def test_what_is_not_followed_has_a_reason() -> None:
    for page in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for block in blocks_of(page):
            if block.mark in ("not followed", "not run"):
                assert len(block.said) > 10, f"{page}:{block.line}"
