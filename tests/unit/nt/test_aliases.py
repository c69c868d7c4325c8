"""Names that programs and numpy give to annotations."""

from __future__ import annotations

import dataclasses
import typing
from typing import Annotated, Any, Literal, Optional, TypeVar, Union

import numpy as np
import pytest
from numpy.typing import NDArray
from typing_extensions import TypeAliasType

from aiopvxs import nt
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs_nt.aliases import without_aliases

X = TypeVar("X")
Y = TypeVar("Y")

Meters = TypeAliasType("Meters", float)
Wave = TypeAliasType("Wave", NDArray[np.int16])
Length = TypeAliasType("Length", Annotated[Meters, nt.Units("m")])  # type: ignore[valid-type]
Pairs = TypeAliasType("Pairs", dict[Y, list[X]], type_params=(X, Y))
Maybe = TypeAliasType("Maybe", Union[X, None], type_params=(X,))  # noqa: UP007


@dataclasses.dataclass
class Row:
    length: Length  # type: ignore[valid-type]
    wave: Wave  # type: ignore[valid-type]
    name: Maybe[str] = None  # type: ignore[valid-type]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (int, int),
        (list[int], list[int]),
        (Meters, float),
        (list[Meters], list[float]),  # type: ignore[valid-type]
        (Length, Annotated[float, nt.Units("m")]),
        (Pairs[int, str], dict[str, list[int]]),  # type: ignore[misc]
        (Maybe[Meters], Optional[float]),  # type: ignore[misc, valid-type] # noqa: UP045
        (Union[Meters, str], Union[float, str]),  # type: ignore[valid-type] # noqa: UP007
        (Literal["Meters"], Literal["Meters"]),
        (Any, Any),
    ],
)
def test_an_alias_is_what_it_stands_for(given: object, expected: object) -> None:
    assert without_aliases(given) == expected


def test_metadata_stay() -> None:
    assert typing.get_args(without_aliases(Length))[1:] == (nt.Units("m"),)


def test_an_array_of_numpy() -> None:
    array = without_aliases(NDArray[np.int16])
    assert typing.get_origin(array) is np.ndarray
    assert typing.get_args(typing.get_args(array)[-1]) == (np.int16,)
    assert without_aliases(list[Wave]) == list[array]  # type: ignore[valid-type]


def test_an_alias_in_itself_stays() -> None:
    # as Python 3.12 makes one of "type Tree = dict[str, Tree]", whose words 3.10 does not know
    tree: Any = type("TypeAliasType", (), {})()
    tree.__value__ = dict[str, tree]
    assert without_aliases(tree) == dict[str, tree]
    assert without_aliases(list[tree]) == list[dict[str, tree]]


def test_fields_of_models() -> None:
    row = Row(1.5, np.arange(3, dtype=np.int16), "a")
    value = nt.dump(row)
    assert value["length.display.units"] == "m"
    assert value["wave"].type() == T.Int16A
    loaded = nt.load(Row, value)
    assert (loaded.length, loaded.wave.tolist(), loaded.name) == (1.5, [0, 1, 2], "a")  # type: ignore[attr-defined]


@dataclasses.dataclass
class Pair:
    x: int
    y: Meters  # type: ignore[valid-type]


def test_a_name_for_rows() -> None:
    rows = TypeAliasType("rows", list[Pair])
    table = nt.NTTable(Pair).create([Pair(1, 2.5), Pair(3, 4.5)])
    assert nt.load(rows, table) == [Pair(1, 2.5), Pair(3, 4.5)]  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="float.* is no model"):
        nt.load(Meters, table)  # type: ignore[arg-type]
