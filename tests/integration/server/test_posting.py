"""What is opened, posted or returned by a handler, as clients get it."""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from aiopvxs import Context, Server, SharedPV
from aiopvxs import nt as nts
from aiopvxs.nt import MAJOR, Alarm, NTEnum, NTNDArray, NTScalar, NTTable, Timestamp
from aiopvxs.server import Config, Handler


class Mode(enum.Enum):
    idle = "idle"
    run = "run"


@dataclass
class Stage:
    position: float
    mode: Mode


@asynccontextmanager
async def serve(pvs: Mapping[str, SharedPV | Handler]) -> AsyncIterator[Context]:
    async with (
        Server(pvs, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        yield ctx


async def test_enum() -> None:
    pv = SharedPV(NTEnum(Mode), Mode.idle)
    async with serve({"mode": pv}) as ctx, ctx.monitor("mode", read=True) as updates:
        assert (await updates.first()).choice == "idle"
        pv.post(Mode.run)
        assert (await updates.first()).choice == "run"
        assert await ctx.read("mode", as_=Mode) is Mode.run
        await ctx.put("mode", "idle")
        assert await ctx.read("mode", as_=Mode) is Mode.idle


async def test_alarm_and_time_stamp() -> None:
    pv = SharedPV(NTScalar(float, units="mm"), 1.0)
    async with serve({"x": pv}) as ctx, ctx.monitor("x") as updates:
        first = await updates.first()
        assert {"value", "display.units", "timeStamp.nanoseconds"} <= first.changed()
        pv.post(alarm=Alarm(MAJOR, "stuck"))
        update = await updates.first()
        assert update.changed() == {
            "alarm.severity", "alarm.status", "alarm.message",
            "timeStamp.secondsPastEpoch", "timeStamp.nanoseconds",
        }  # fmt: skip
        assert nts.unwrap(update).alarm == Alarm(MAJOR, "stuck")
        pv.post({})  # nothing, which is no update
        pv.post(NTScalar(float, units="mm").build().create())
        pv.post(2.0, alarm=Alarm(), timestamp=Timestamp(5_000_000_007))
        reading = nts.unwrap(await updates.first())
        assert (reading.value, reading.alarm, reading.timestamp) == (2.0, Alarm(), Timestamp(5_000_000_007))
        assert reading.display is not None
        assert reading.display.units == "mm"


async def test_tables_and_images() -> None:
    table = SharedPV(NTTable({"x": float, "s": str}), [{"x": 1.5, "s": "a"}])
    image = SharedPV(NTNDArray(), np.zeros((2, 3), np.uint8))
    async with (
        serve({"table": table, "image": image}) as ctx,
        ctx.monitor("table", read=True) as tables,
        ctx.monitor("image", read=True) as images,
    ):
        first: Any = await tables.first()
        assert (first.rows(), first.labels) == ([{"x": 1.5, "s": "a"}], ["x", "s"])
        assert (await images.first()).value.tolist() == [[0, 0, 0], [0, 0, 0]]
        table.post(np.array([(2.5, "b"), (3.5, "c")], [("x", float), ("s", "U1")]))
        image.post(np.arange(4, dtype=np.uint16).reshape(2, 2))
        second: Any = await tables.first()
        assert second.rows() == [{"x": 2.5, "s": "b"}, {"x": 3.5, "s": "c"}]
        pixels = (await images.first()).value
        assert (pixels.tolist(), pixels.dtype) == ([[0, 1], [2, 3]], np.uint16)


async def test_results_of_rpcs() -> None:
    pv = SharedPV(NTScalar(float), 1.0)
    results: dict[object, object] = {
        "nt": NTEnum(Mode).create(Mode.run),
        "reading": nts.unwrap(NTScalar(float, units="mm").create(2.5)),
        "model": Stage(1.5, Mode.run),
        "models": [Stage(1.5, Mode.run), Stage(2.5, Mode.idle)],
        "rows": {"rows": [{"a": 1}, {"a": 2}], "at": Timestamp(5)},
    }
    pv.on_rpc(lambda op: results[op.query["what"]])
    async with serve({"x": pv}) as ctx:
        assert nts.unwrap(await ctx.rpc("x", what="nt"), Mode) is Mode.run
        assert (await ctx.rpc("x", what="reading")).as_string("display.units") == "mm"
        assert nts.load(Stage, await ctx.rpc("x", what="model")) == Stage(1.5, Mode.run)
        found = await ctx.rpc("x", what="models")
        assert [nts.load(Stage, one) for one in found["value"]] == results["models"]
        found = await ctx.rpc("x", what="rows")
        assert found.as_list("rows") == [{"a": 1}, {"a": 2}]
        assert found.as_int("at.nanoseconds") == 5


async def test_results_of_gets() -> None:
    pv = SharedPV(NTEnum(Mode), Mode.idle)
    pv.on_get(lambda op: Mode.run)
    image = SharedPV(NTNDArray(), np.zeros((2, 3), np.uint8))
    image.on_get(lambda op: np.ones((1, 2)))
    async with serve({"mode": pv, "image": image}) as ctx:
        assert await ctx.read("mode", as_=Mode) is Mode.run
        assert nts.unwrap(pv.current, Mode) is Mode.idle
        assert (await ctx.read("image")).value.tolist() == [[1.0, 1.0]]


async def test_handlers_without_a_stored_value() -> None:
    modes = Handler(NTEnum(Mode), poll=0.01)
    states = [Mode.idle]
    modes.on_get(lambda op: states[0])
    units = Handler(NTScalar(float, units="mm"))
    units.on_get(lambda op: 2.5)
    async with serve({"mode": modes, "units": units}) as ctx:
        assert await ctx.read("mode", as_=Mode) is Mode.idle
        got = await ctx.get("units")
        assert (got.as_float("value"), got.as_string("display.units")) == (2.5, "mm")
        async with ctx.monitor("mode") as updates:
            first = await updates.first()
            assert first.as_string_list("value.choices") == ["idle", "run"]
            states[0] = Mode.run
            update = await updates.first()
            while nts.unwrap(update, Mode) is not Mode.run:
                update = await updates.first()
            assert "value.choices" not in update.changed()
