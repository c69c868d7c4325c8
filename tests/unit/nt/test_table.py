from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from aiopvxs_core.data import FieldLookupError, Member, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_nt import NTTable, TableReading, assign, load, unwrap
from strategies import examples

COLUMNS = {"pos": T.Float64, "count": T.Int32, "on": T.Bool, "name": T.String}
CONTENT: dict[str, Any] = {
    "pos": [0.5, 1.5, np.nan],
    "count": [1, -2, 3],
    "on": [True, False, True],
    "name": ["a", "", "grün"],
}


@pytest.fixture
def value() -> Value:
    return NTTable(COLUMNS).create({"value": CONTENT})


def read(value: Value) -> TableReading:
    reading = unwrap(value)
    assert isinstance(reading, TableReading)
    return reading


def test_reading(value: Value) -> None:
    reading = read(value)
    assert list(reading.value) == list(COLUMNS)
    assert reading.labels == list(COLUMNS)
    assert len(reading) == 3
    assert reading["count"].tolist() == [1, -2, 3]
    assert reading["name"] == ["a", "", "grün"]
    assert reading["pos"].flags.writeable is False
    assert reading.rows()[1] == {"pos": 1.5, "count": -2, "on": False, "name": ""}
    assert str(reading) == "3 rows of pos, count, on, name"
    assert reading == read(value.clone())
    assert "<th>pos</th>" in reading._repr_html_()


def test_labels() -> None:
    nt = NTTable([("a", int)], labels=["Länge"])
    assert read(nt.create()).labels == ["Länge"]
    bare = TypeDef(T.Struct, [Member(T.Struct, "value", [Member(T.Int32A, "x")])], id="epics:nt/NTTable:1.0")
    without = bare.create()
    without["value.x"] = [1, 2]
    # as an IOC's group is, which may have a field before the others
    assert read(without).labels == ["x"]
    assign(without, [{"x": 5}])
    assert without["value.x"] == [5]


def same(value: Value) -> bool:
    again = value.as_dict("value")
    return all(
        again[name] == content if name != "pos" else np.array_equal(again[name], content, equal_nan=True)
        for name, content in CONTENT.items()
    )


def test_pandas(value: Value) -> None:
    frame = read(value).to_pandas()
    assert list(frame.columns) == list(COLUMNS)
    assert [str(frame[name].dtype) for name in ("pos", "count", "on")] == ["float64", "int32", "bool"]
    assert frame["name"].tolist() == CONTENT["name"]
    assert frame.attrs["labels"] == list(COLUMNS)
    empty = value.cloneEmpty()
    assign(empty, frame)
    assert same(empty)
    assert empty.as_string_list("labels") == list(COLUMNS)
    assign(empty, frame[["name", "on", "count", "pos"]].iloc[::-1])
    assert empty["value.count"] == [3, -2, 1]


def test_columns_of_numbers_are_not_copied() -> None:
    size = 100_000
    columns = {f"c{number}": np.arange(size, dtype=np.float64) for number in range(10)}
    value = NTTable(dict.fromkeys(columns, float)).create({"value": columns})
    reading = read(value)
    frame = reading.to_pandas()
    table = reading.to_arrow()
    for name in columns:
        assert np.shares_memory(frame[name].to_numpy(), reading[name])
        assert np.shares_memory(table.column(name).chunk(0).to_numpy(zero_copy_only=True), reading[name])


def test_polars(value: Value) -> None:
    frame = read(value).to_polars()
    assert frame.schema == {"pos": pl.Float64, "count": pl.Int32, "on": pl.Boolean, "name": pl.String}
    empty = value.cloneEmpty()
    assign(empty, frame)
    assert same(empty)


def test_arrow(value: Value) -> None:
    table = read(value).to_arrow()
    assert table.schema.names == list(COLUMNS)
    empty = value.cloneEmpty()
    assign(empty, table)
    assert same(empty)
    # whatever speaks the protocol takes the reading itself
    assert str(pa.table(read(value))) == str(table)
    assert pl.DataFrame(read(value))["name"].to_list() == CONTENT["name"]
    assign(empty, pa.RecordBatchReader.from_stream(table))
    assert same(empty)


def test_structured_numpy(value: Value) -> None:
    array = read(value).to_numpy()
    assert array.dtype.names == tuple(COLUMNS)
    assert array["name"].tolist() == CONTENT["name"]
    assert np.asarray(read(value)).dtype == array.dtype
    empty = NTTable(array.dtype).create(array)
    assert empty.typedef() == value.typedef()
    assert same(empty)
    with pytest.raises(ValueError, match="copy"):
        read(value).__array__(copy=False)


def test_rows(value: Value) -> None:
    rows = read(value).rows()
    empty = value.cloneEmpty()
    assign(empty, rows)
    assert same(empty)
    assign(empty, [list(row.values()) for row in rows])
    assert same(empty)
    assign(empty, [])
    assert read(empty).rows() == []
    assert not read(empty)


@dataclasses.dataclass
class Row:
    pos: float
    count: int
    on: bool
    name: str


def test_row_model(value: Value) -> None:
    nt = NTTable(Row)
    rows = [Row(0.5, 1, True, "a"), Row(2.0, 2, False, "ü")]
    made = nt.create(rows)
    assert nt.validate(made) is None  # type: ignore[func-returns-value]
    assert load(list[Row], made) == rows
    assert [member.code for member in nt.build().members[1].children] == [
        T.Float64A, T.Int64A, T.BoolA, T.StringA,
    ]  # fmt: skip
    assert load(list[Row], value)[1] == Row(1.5, -2, False, "")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (pd.DataFrame({"pos": [1.0]}), r"missing \['count', 'on', 'name'\], unknown \[\]"),
        ([{"pos": 1.0}], r"row 0 has the columns \['pos'\]"),
        ([[1, 2]], "row 0 has 2 elements, and there are 4 columns"),
        (np.zeros(2, [("x", float)]), r"unknown \['x'\]"),
    ],
    ids=["frame", "dict", "list", "array"],
)
def test_tables_that_do_not_fit(value: Value, given: object, text: str) -> None:
    before = value.clone()
    with pytest.raises(ValueError, match=text):
        assign(value, given)
    assert value == before


@pytest.mark.parametrize("given", [5, "abc", [5], object(), np.zeros(3)], ids=repr)
def test_what_is_no_table(value: Value, given: object) -> None:
    before = value.clone()
    with pytest.raises(TypeError, match="a table takes|is a int, not"):
        assign(value, given)
    assert value == before


def test_contents_that_do_not_fit_leave_it_as_it_was(value: Value) -> None:
    before = value.clone()
    frame = read(value).to_pandas()
    frame["count"] = [2**40, 1, 1]
    with pytest.raises(ValueError, match="count"):
        assign(value, frame)
    missing = read(value).to_pandas().astype({"name": object})
    missing.loc[0, "name"] = None
    with pytest.raises((ValueError, TypeError), match="name"):
        assign(value, missing)
    assert value == before


def test_columns_of_different_length() -> None:
    value = NTTable({"x": int, "y": int}).create({"value": {"x": [1, 2], "y": [1]}})
    reading = read(value)
    assert len(reading) == 1
    for verb in (reading.to_pandas, reading.to_polars, reading.to_arrow, reading.to_numpy, reading.rows):
        with pytest.raises(ValueError, match=r"different lengths: \{'x': 2, 'y': 1\}"):
            verb()


def test_a_library_that_is_missing_is_named(value: Value, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, extra, verb in (
        ("pandas", "pandas", "to_pandas"),
        ("polars", "polars", "to_polars"),
        ("pyarrow", "arrow", "to_arrow"),
    ):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(ImportError, match=rf'pip install "aiopvxs-nt\[{extra}\]"'):
            getattr(read(value), verb)()


CELLS = {
    T.Float64: st.floats(allow_nan=False),
    T.Int8: st.integers(-128, 127),
    T.UInt64: st.integers(0, 2**64 - 1),
    T.Int64: st.integers(-(2**63), 2**63 - 1),
    T.Bool: st.booleans(),
    T.String: st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
}


@st.composite
def tables(draw: st.DrawFn) -> Value:
    kinds = draw(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(list(CELLS)), min_size=1))
    rows = draw(st.integers(0, 5))
    content = {
        name: draw(st.lists(CELLS[kind], min_size=rows, max_size=rows)) for name, kind in kinds.items()
    }
    return NTTable(kinds).create({"value": content})


@examples(60)
@given(tables())
def test_every_way_out_leads_back(value: Value) -> None:
    reading = read(value)
    ways: list[Any] = [reading.to_pandas(), reading.to_polars(), reading.to_arrow(), reading.rows(), reading]
    # numpy cuts NUL off the end of texts, so the texts above have none
    ways.append(reading.to_numpy())
    for given_ in ways:
        again = value.cloneEmpty()
        assign(again, given_)
        assert again["value"] == value["value"], type(given_)


def test_values_that_are_missing_are_refused() -> None:
    value = NTTable({"n": int, "s": str}).create([(1, "a")])
    before = value.as_dict()
    whole = pd.DataFrame({"n": [1, 2], "s": ["a", "b"]})
    for frame, column in (
        (whole.assign(s=["a", None]), "s"),
        (whole.assign(n=pd.array([1, None], dtype="Int64")), "n"),
        (whole.assign(s=pd.Categorical(["a", None])), "s"),
        (whole.assign(s=["a", None]).to_records(index=False), "s"),
    ):
        with pytest.raises(ValueError, match=f"column '{column}' has .*row 1"):
            assign(value, frame)
    assert value.as_dict() == before
    floats = NTTable({"x": float}).create(pd.DataFrame({"x": [1.0, None]}))
    assert np.isnan(unwrap(floats)["x"][1])


def test_columns_that_are_none() -> None:
    reading: Any = unwrap(NTTable({"x": float, "s": str}).create([(1.5, "a")]))
    with pytest.raises(KeyError, match=r"no column is called 'y', only \['x', 's'\]"):
        _ = reading["y"]
    assert {name: list(column) for name, column in dict(reading).items()} == {"x": [1.5], "s": ["a"]}
    assert f"{reading:>22}" == "        1 rows of x, s"
    with pytest.raises(TypeError, match="columns are a dict of names and types, .* not a DataFrame"):
        NTTable(pd.DataFrame({"x": [1]}))


class Columns(pydantic.BaseModel):
    """As ophyd-async has them."""

    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)

    x: np.ndarray[tuple[int], np.dtype[np.float64]]
    s: Sequence[str]


@dataclasses.dataclass
class MoreColumns:
    n: NDArray[np.int32]
    b: list[bool] = dataclasses.field(default_factory=list)


def test_a_dict_of_columns_is_told_where_they_go() -> None:
    value = NTTable({"x": float, "s": str}).create([(1.5, "a")])
    before = value.as_dict()
    with pytest.raises(FieldLookupError, match="a dict names fields, and 'x', 's' are in the field 'value'"):
        assign(value, {"x": [1.0], "s": ["a"]})
    with pytest.raises(FieldLookupError, match="has no field 'y'"):
        assign(value, {"y": [1.0]})
    assert value.as_dict() == before


def test_models_of_columns() -> None:
    assert NTTable(Columns).build() == NTTable({"x": float, "s": str}).build()
    assert NTTable(MoreColumns).build() == NTTable({"n": np.int32, "b": bool}).build()
    value = NTTable(Columns).create(Columns(x=np.array([0.5, 1.5]), s=["a", "b"]))
    assert unwrap(value).rows() == [{"x": 0.5, "s": "a"}, {"x": 1.5, "s": "b"}]  # type: ignore[attr-defined]
    assert value.as_string_list("labels") == ["x", "s"]
    for back in (load(Columns, value), unwrap(value, Columns)):
        assert (back.x.tolist(), back.s) == ([0.5, 1.5], ["a", "b"])
    more = unwrap(NTTable({"n": int, "z": str}).create([(1, "a")]), MoreColumns)
    assert (more.n.tolist(), more.b) == ([1], [])


def test_models_of_columns_that_do_not_fit() -> None:
    value = NTTable({"x": float, "s": str}).create([(1.5, "a")])
    before = value.as_dict()
    with pytest.raises(ValueError, match=r"different lengths: \{'x': 2, 's': 1\}"):
        assign(value, Columns(x=np.array([0.5, 1.5]), s=["a"]))
    with pytest.raises(ValueError, match=r"missing \['x'\], unknown \[\]"):
        assign(value, dataclasses.make_dataclass("Less", [("s", list[str])])(["b"]))
    assert value.as_dict() == before
    with pytest.raises(ValueError, match="Columns.s: the field was not asked for, only x"):
        unwrap(value, Columns, fields="value.x")
    with pytest.raises(ValueError, match="Columns is made of columns, and only alarm was asked for"):
        unwrap(value, Columns, fields="alarm")
    value["value.x"] = [1, 2]
    with pytest.raises(ValueError, match="the columns of the table have different lengths"):
        load(Columns, value)
    with pytest.raises(ValueError, match=r"MoreColumns\.n: the value has no such field"):
        load(MoreColumns, value)
