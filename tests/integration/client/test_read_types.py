"""Every normative type, and what else a PV may be, read and written through a server of ours."""

from __future__ import annotations

import dataclasses
import enum
from typing import Any

import numpy as np
import pandas as pd
import pytest

from aiopvxs import SharedPV
from aiopvxs import nt as nts
from aiopvxs.data import Member, TypeDef
from aiopvxs.data import TypeCodeEnum as T
from serving import serving


class Mode(enum.Enum):
    OFF = "off"
    ON = "on"
    TWELVE = "12"


@dataclasses.dataclass
class Stage:
    title: str
    mode: Mode
    positions: list[float]


@dataclasses.dataclass
class Row:
    x: float
    s: str


IMAGE = np.arange(6, dtype=np.uint16).reshape(2, 3)


TYPES: dict[str, tuple[Any, Any]] = {
    "NTScalar": (nts.NTScalar(T.Float64, units="mm", limits=(0, 9), alarms=(1, 2, 7, 8)), 3.5),
    "NTScalarArray": (nts.NTScalarArray(T.Int16), [1, -2]),
    "NTEnum": (nts.NTEnum(Mode), Mode.ON),
    "NTMatrix": (nts.NTMatrix(), np.arange(6.0).reshape(2, 3)),
    "NTURI": (nts.NTURI({"a": float}), {"path": "calc", "query": {"a": 1.5}}),
    "NTNameValue": (nts.NTNameValue(T.Int32), {"name": ["x", "y"], "value": [1, 2]}),
    "NTTable": (nts.NTTable({"x": float, "s": str}, labels=["X", "S"]), [{"x": 1.5, "s": "grün"}]),
    "NTAttribute": (nts.NTAttribute(), {"name": "gain", "value": 2.5, "tags": ["t"]}),
    "NTMultiChannel": (
        nts.NTMultiChannel([Member(T.Float64, "d"), Member(T.String, "s")]),
        {"value": [1.5, "x"], "channelName": ["p", "q"]},
    ),
    "NTScalarMultiChannel": (nts.NTScalarMultiChannel(), {"value": [1.5, 2], "channelName": ["p", "q"]}),
    "NTNDArray": (nts.NTNDArray(), IMAGE),
    "NTContinuum": (nts.NTContinuum(), {"base": [1, 2], "value": [3, 4], "units": ["V", "s"]}),
    "NTHistogram": (nts.NTHistogram(), {"ranges": [0, 1, 2], "value": [5, 6]}),
    "NTAggregate": (nts.NTAggregate(), {"value": 1.5, "N": 3, "min": 1}),
    "NTUnion": (nts.NTUnion([Member(T.Int32, "i"), Member(T.String, "s")]), {"value": "text"}),
    "NTPVI": (nts.NTPVI({"pos": {"rw": "P:POS"}, "axes": [{"d": "A"}, None]}), None),
}


@pytest.mark.parametrize("name", TYPES)
async def test_each_type_there_and_back(name: str) -> None:
    nt, initial = TYPES[name]
    first = nt.create(initial)
    empty = nt.create()
    async with serving({"first": SharedPV(nt, first), "second": SharedPV(nt, empty)}) as ctx:
        reading = await ctx.read("first")
        type(nt).validate(reading.raw)
        assert type(reading) is type(nts.unwrap(first))
        assert (
            reading.raw["value" if name != "NTURI" else "query"]
            == first["value" if name != "NTURI" else "query"]
        )
        assert repr(reading)
        # a reading is written to another PV of the type, and is there the same
        await ctx.write("second", reading)
        again = await ctx.read("second")
        # the server stamps what it takes
        sent = {key: item for key, item in reading.raw.as_dict().items() if key != "timeStamp"}
        assert {key: item for key, item in again.raw.as_dict().items() if key != "timeStamp"} == sent


async def test_tables_images_and_models() -> None:
    pvs = {
        "table": SharedPV(initial=nts.NTTable({"x": float, "s": str}, labels=["X", "S"]).create([[0.0, ""]])),
        "image": SharedPV(initial=nts.NTNDArray().create(IMAGE)),
        "stage": SharedPV(nts.type_of(Stage), nts.dump(Stage("a", Mode.OFF, [1.5]))),
        "long": SharedPV(nts.NTScalar(T.Int8A), [0]),
        "matrix": SharedPV(nts.NTMatrix(), [1.0]),
    }
    async with serving(pvs) as ctx:
        await ctx.write("table", pd.DataFrame({"x": [1.5, 2.5], "s": ["a", "ü"]}))
        table: Any = await ctx.read("table")
        assert table.rows() == [{"x": 1.5, "s": "a"}, {"x": 2.5, "s": "ü"}]
        assert table.labels == ["X", "S"]
        await ctx.write("image", np.zeros((4, 5, 3), np.uint8))
        image: Any = await ctx.read("image")
        assert (image.shape, image.color_mode) == ((4, 5, 3), nts.ColorMode.RGB1)
        await ctx.write("stage", Stage("b", Mode.ON, [2.5, 3.5]))
        assert await ctx.read("stage", as_=Stage) == Stage("b", Mode.ON, [2.5, 3.5])
        await ctx.write("long", "grün")
        assert await ctx.read("long", as_=str) == "grün"
        await ctx.write("matrix", np.eye(2))
        assert (await ctx.read("matrix")).value.tolist() == [[1, 0], [0, 1]]
        for name, wrong in (
            ("table", pd.DataFrame({"y": [1]})),
            ("image", np.zeros(2, complex)),
            ("stage", 5),
        ):
            with pytest.raises((ValueError, LookupError, TypeError), match=name):
                await ctx.write(name, wrong)


async def test_rows_of_a_table() -> None:
    table = nts.NTTable(Row).create([Row(1.5, "a"), Row(2.5, "ü")])
    async with serving({"table": SharedPV(initial=table)}) as ctx:
        assert await ctx.read("table", as_=list[Row]) == [Row(1.5, "a"), Row(2.5, "ü")]
        assert await ctx.read(["table"], as_=list[Row]) == [[Row(1.5, "a"), Row(2.5, "ü")]]
        await ctx.write("table", [Row(0.5, "z")])
        assert await ctx.read("table", as_=list[Row]) == [Row(0.5, "z")]
        with pytest.raises(TypeError, match="PV 'table': as_ is a class, or list"):
            await ctx.read("table", as_=list[int])
        with pytest.raises(ValueError, match="PV 'table': list.Row. is made of columns, and only alarm"):
            await ctx.read("table", as_=list[Row], fields="alarm")
        part: Any = await ctx.read("table", fields="value.x")
        assert list(part.value) == ["x"]
        columns = dataclasses.make_dataclass("Columns", [("x", list[float]), ("s", list[str])])
        await ctx.write("table", columns([3.5, 4.5], ["a", "b"]))
        assert await ctx.read("table", as_=columns) == columns([3.5, 4.5], ["a", "b"])


async def test_devices() -> None:
    tree = {"pos": {"rw": "S:POS"}, "camera": {"image": {"r": "S:IMG"}}, "axes": [{"v": {"r": "S:V"}}, None]}
    published = nts.publish_pvi("S:PVI", tree)
    async with serving({name: SharedPV(initial=value) for name, value in published.items()}) as ctx:
        stage: Any = await nts.read_pvi(ctx.read, "S:PVI")
        assert (stage.pos.rw, stage.camera.image.r) == ("S:POS", "S:IMG")
        assert (stage.axes[0].v.r, stage.axes[1:]) == ("S:V", [None])


async def test_pv_of_no_normative_type() -> None:
    definition = TypeDef(T.Struct, [Member(T.Int32, "a"), Member(T.Struct, "b", [Member(T.String, "c")])])
    async with serving({"group": SharedPV(definition, {"a": 1, "b.c": "x"})}) as ctx:
        reading: Any = await ctx.read("group")
        assert reading.value == {"a": 1, "b": {"c": "x"}}
        await ctx.write("group", {"b": {"c": "y"}})
        assert (await ctx.read("group")).value == {"a": 1, "b": {"c": "y"}}
        with pytest.raises(LookupError, match="group.*no field 'value'"):
            await ctx.write("group", 5)
