"""Every public name of the three packages is in docs/reference.

The build of the documentation looks at what has become of it (docs/every_name.py); this looks at the pages'
text.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import aiopvxs
from public_names import MODULES, is_described, public, resolve

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
DIRECTIVE = re.compile(r"^( *)\.\. (auto\w+|py:\w+):: *([\w.]+).*\n((?:\1 +:.*\n)*)", re.MULTILINE)


def described_in(text: str) -> Iterator[str]:
    """The names that the directives of a page describe."""
    module = ""
    for _, kind, name, lines in DIRECTIVE.findall(text):
        if kind in ("automodule", "py:module", "py:currentmodule"):
            module = name
            yield module
            if ":members:" in lines:
                yield from described_by_itself(module, lines)
        else:
            yield name if name.startswith("aiopvxs") else f"{module}.{name}"


def described_by_itself(module: str, options: str) -> Iterator[str]:
    """The names of a module that autodoc describes: classes and functions, but no plain objects."""
    excluded = re.findall(r"\w+", options.partition(":exclude-members:")[2])
    loaded = importlib.import_module(module)
    for name in loaded.__all__:
        found = getattr(loaded, name)
        if name not in excluded and (inspect.isclass(found) or inspect.isroutine(found)):
            yield f"{module}.{name}"


@pytest.fixture(scope="module")
def described() -> set[str]:
    pages = [page.read_text(encoding="utf-8") for page in REFERENCE.glob("*.md")]
    return {name for text in pages for name in described_in(text)}


@pytest.mark.parametrize("path", list(public()))
def test_name_is_described(path: str, described: set[str]) -> None:
    assert is_described(path, described), f"{path} is nowhere in docs/reference"


def test_what_is_described_exists(described: set[str]) -> None:
    assert "aiopvxs.client.Context" in described
    for path in described:
        resolve(path)


def test_a_name_that_is_missing_is_noticed(described: set[str]) -> None:
    assert not is_described("aiopvxs.client.Context", described - {"aiopvxs.client.Context"})
    assert not is_described("aiopvxs.nt.MAJOR", {"aiopvxs.nt.MINOR"})


def test_modules_are_all_that_are_public() -> None:
    root = Path(aiopvxs.__file__).parent
    shown = [path for path in root.iterdir() if not path.name.startswith("_") and path.suffix in ("", ".py")]
    names = {f"aiopvxs.{path.stem}" for path in shown if path.stem != "cli"}  # a command, see its how-to
    assert names == {name for name in MODULES if name.startswith("aiopvxs.")}
