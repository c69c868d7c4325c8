"""Normative types as PVXS's own builders make them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.data import TypeDef
from aiopvxs.nt import NTURI, NTEnum, NTNDArray, NTScalar, NTTable
from peers.build import program

FLAGS = ("display", "control", "valueAlarm", "form")
TABLE = NTTable({"pos": float, "name": str}, labels=["Position", "name"])
OTHERS = {
    "NTEnum": NTEnum().build(),
    "NTNDArray": NTNDArray().build(),
    "NTTable": TABLE.build(),
    "NTURI": NTURI({"a": float, "b": str}).build(),
}


@pytest.fixture(scope="module")
def theirs() -> dict[str, str]:
    """What the program prints, by title."""
    source = Path(__file__).with_name("programs") / "nt_types.cpp"
    printed = subprocess.run([program(source)], capture_output=True, text=True, check=True).stdout
    parts = [part.partition("\n") for part in printed.split("== ")[1:]]
    return {title: text.rstrip("\n") for title, _, text in parts}


def shown(definition: TypeDef) -> str:
    return str(definition.create())


@pytest.mark.parametrize("code", [T.Float64, T.Int16A, T.String, T.BoolA])
def test_ntscalar(theirs: dict[str, str], code: T) -> None:
    for flags in range(16):
        chosen = {name: bool(flags & 1 << bit) for bit, name in enumerate(FLAGS)}
        assert shown(NTScalar(code, **chosen).build()) == theirs[f"{code.name} {flags}"], chosen  # type: ignore[arg-type]


@pytest.mark.parametrize("name", OTHERS)
def test_others(theirs: dict[str, str], name: str) -> None:
    assert shown(OTHERS[name]) == theirs[name]


def test_labels_of_a_table(theirs: dict[str, str]) -> None:
    assert '{2}["Position", "name"]' in theirs["NTTable labels"]
    assert TABLE.create().as_string_list("labels") == ["Position", "name"]
