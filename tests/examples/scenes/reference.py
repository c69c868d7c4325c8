"""Scenes of docs/reference."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Annotated, Any

import numpy as np
import pandas as pd

from aiopvxs import SharedPV, nt
from aiopvxs.data import Member as M
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.data import TypeDef

from .stage import Names, client


class Mode(enum.Enum):
    IDLE = "idle"
    RUN = "run"
    ON = "on"


@dataclass
class Axis:
    name: str


@dataclass
class Row:
    x: float


def number(value: float = 1.5) -> SharedPV:
    return SharedPV(nt.NTScalar(float, display=True, units="mm", precision=2), value)


async def channels(names: Names) -> AsyncGenerator[None, Any]:
    names |= {"asyncio": asyncio, "names": ["motor:pos", "other"]}
    async with client(names, {"motor:pos": number(), "other": number()}):
        yield
        assert {"motor:pos", "other"} <= set(names["names"])


async def the_client(names: Names) -> AsyncGenerator[None, Any]:
    pvs = {name: number() for name in ("pv", "pos", "a", "b", "c")}
    pvs["mode"] = SharedPV(nt.NTEnum(Mode), Mode.IDLE)
    pvs["table"] = SharedPV(nt.NTTable({"x": float}), [{"x": 1.5}])
    pvs["image"] = SharedPV(nt.NTNDArray(), np.zeros((2, 3), np.uint16))
    pvs["calc:add"] = SharedPV()

    @pvs["calc:add"].on_rpc
    def _(op: Any) -> dict[str, object]:
        return {"value": dict(op.query)}

    value = nt.NTScalar(float, display=True).create(7.0)
    value["alarm.severity"] = 2
    names |= {"np": np, "value": value, "Mode": Mode, "names": ["a", "b", "nowhere"]}
    async with client(names, pvs) as ctx:
        yield
        assert names["back"].as_py("value") == 5
        assert names["mode"] is Mode.IDLE
        assert await ctx.read("mode", as_=Mode) is Mode.ON
        assert (await ctx.read("image")).value.shape == (480, 640)
        assert names["sum"].as_dict()["value"] == {"timeout": 1, "from": 2.5}
        assert [type(result).__name__ for result in names["results"]] == ["Value", "Value", "Timeout"]


async def data(names: Names) -> AsyncGenerator[None, Any]:
    union = [M(T.Int32, "number"), M(T.String, "text"), M(T.Struct, "point", [M(T.Float64, "x")])]
    fields = [M(T.Union, "u", union), M(T.Any, "any"), M(T.StructA, "rows", [M(T.Float64, "x")])]
    v = TypeDef(T.Struct, fields).create()
    names |= {"np": np, "T": T, "TypeDef": TypeDef, "v": v}
    yield
    assert v.as_dict() == {
        "u": {"x": 1.5},
        "any": {"x": 1, "tags": ["a"]},
        "rows": [{"x": 2.0}, None, {"x": 3.0}],
    }


async def monitor(names: Names) -> AsyncGenerator[None, Any]:
    async with client(names, {"pv": number()}):
        yield
        assert names["stats"].arrived >= 0


async def normative(names: Names) -> AsyncGenerator[None, Any]:
    names |= {
        "Annotated": Annotated,
        "Axis": Axis,
        "Row": Row,
        "dataclass": dataclass,
        "enum": enum,
        "table": nt.NTTable({"x": float}).create([{"x": 1.5}]),
    }
    yield
    assert names["stage"].axes == [Axis("x")]
    assert names["rows"] == [Row(1.5)]


async def server(names: Names) -> AsyncGenerator[None, Any]:
    names |= {
        "Alarm": nt.Alarm,
        "MAJOR": nt.MAJOR,
        "Mode": Mode,
        "NTEnum": nt.NTEnum,
        "NTNDArray": nt.NTNDArray,
        "NTTable": nt.NTTable,
        "camera": SimpleNamespace(frame=lambda: np.ones((4, 6), np.uint8)),
        "detector": SimpleNamespace(time_ns=1_700_000_000_000_000_000),
        "frame": pd.DataFrame({"x": [2.5], "s": ["b"]}),
        "np": np,
    }
    yield
    assert names["current"].current.as_string("alarm.message") == "HIGH"
    assert nt.unwrap(names["image"].current).value.shape == (4, 6)
    assert names["position"].current.as_float("value") == 2.5
    assert names["table"].current.as_dict()["value"] == {"x": [1.5], "s": ["a"]}


async def sync(names: Names) -> AsyncGenerator[None, Any]:
    pvs = {f"sim:{name}": number(21.5) for name in ("temperature", "setpoint", "first", "second")}
    async with client(names, pvs):
        yield
        assert names["first"].as_float("value") == 21.5


SCENES = {
    "docs/reference/channels.md": channels,
    "docs/reference/client.md": the_client,
    "docs/reference/data.md": data,
    "docs/reference/monitor.md": monitor,
    "docs/reference/nt.md": normative,
    "docs/reference/server.md": server,
    "docs/reference/sync.md": sync,
}
