"""What the comparison of docstring signatures and stubs accepts and refuses."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from _stubs import docstrings, pyi
from _stubs.signature import Signature, describes, text


def stub(folder: Path, source: str) -> list[Signature]:
    (folder / "__init__.pyi").write_text(source)
    return pyi.read(folder)["f"]


def module(*docs: str) -> list[Signature]:
    """The signatures that are read from a pybind11 function with these overloads."""

    def f() -> None: ...

    f.__doc__ = docs[0] + "\n\nText.\n"
    if len(docs) > 1:
        lines = "\n\n".join(f"{number}. {doc}\n\nText." for number, doc in enumerate(docs, 1))
        f.__doc__ = f"f(*args, **kwargs)\nOverloaded function.\n\n{lines}\n"
    holder = ModuleType("m")
    holder.__dict__["f"] = f
    return docstrings.read(holder)["f"]


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ("f() -> None", "()"),
        ("f(self: m.X, a: dict[str, int], b: str = 'a, (b') -> int", "(self, a, b=...)"),
        (
            "f(a: int, /, b: int, *, c: collections.abc.Callable[[int], None] = <x, y>) -> None",
            "(a, /, b, *, c=...)",
        ),
        ("f(*args, **kwargs) -> None", "(*args, **kwargs)"),
        ("f(self: object, **fields) -> None", "(self, **fields)"),
    ],
)
def test_docstring(doc: str, expected: str) -> None:
    assert [text(signature) for signature in module(doc)] == [expected]


def test_overloads_of_a_docstring() -> None:
    found = module("f(a: int) -> int", "f(a: str, b: int = 1) -> str")
    assert [text(signature) for signature in found] == ["(a)", "(a, b=...)"]


@pytest.mark.parametrize(
    ("doc", "source", "good"),
    [
        ("f(a: int, b: int = 1) -> None", "def f(a: int, b: int = 2) -> None: ...", True),
        ("f(a: int) -> None", "def f(b: int) -> None: ...", False),
        ("f(a: int) -> None", "def f(*, a: int) -> None: ...", False),
        ("f(a: int, *, b: int) -> None", "def f(a: int, *, b: int) -> None: ...", True),
        ("f(a: int = 1) -> None", "def f(a: int) -> None: ...", False),
        ("f(a: int) -> None", "def f(a: int, c: int = 1) -> None: ...", False),
    ],
)
def test_one_signature(tmp_path: Path, doc: str, source: str, good: bool) -> None:
    assert describes(stub(tmp_path, source), module(doc)) is good


OVERLOADS = """
@overload
def f(a: int) -> int: ...
@overload
def f(a: int, b: str) -> str: ...
"""


@pytest.mark.parametrize(
    ("doc", "good"),
    [
        ("f(a: int, b: object = None) -> object", True),
        ("f(a: int, b: object) -> object", False),  # the first overload leaves out what is needed
        ("f(a: int, b: object = None, c: int = 1) -> object", False),  # no overload names c
        ("f(b: object = None, a: int = 1) -> object", False),  # another order
    ],
)
def test_overloads_that_split_one_signature(tmp_path: Path, doc: str, good: bool) -> None:
    assert describes(stub(tmp_path, OVERLOADS), module(doc)) is good


def test_fewer_overloads_than_the_module_has(tmp_path: Path) -> None:
    assert not describes(
        stub(tmp_path, "def f(a: int) -> int: ..."), module("f(a: int) -> int", "f(b: str) -> str")
    )


def test_signatures_that_the_c_api_keeps() -> None:
    holder = ModuleType("builtins")
    holder.__dict__["list"] = list
    found = docstrings.read(holder)
    assert [text(signature) for signature in found["list.sort"]] == ["(self, *, key=..., reverse=...)"]
    assert [text(signature) for signature in found["list.append"]] == ["(self, object, /)"]
    assert [text(signature) for signature in found["list.copy"]] == ["(self)"]
