"""Every Python example of the documentation that is no whole program runs, against servers on loopback."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from examples.fragments import DOCS, Runner, examples, module
from examples.scenes import SCENES, nothing

ROOT = DOCS.parent
PAGES = sorted(page for page in [*ROOT.glob("packages/*/*.md"), *DOCS.rglob("*.md")] if examples(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
async def test_page(
    page: Path, pva_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scene = asynccontextmanager(SCENES.get(page.relative_to(ROOT).as_posix(), nothing))
    with module(page) as home:
        names = vars(home)
        async with Runner(page, names, dict(os.environ)) as runner, scene(names):
            for block in examples(page):
                await runner.run(block)


def test_scenes_are_those_of_pages() -> None:
    assert SCENES.keys() <= {page.relative_to(ROOT).as_posix() for page in PAGES}
