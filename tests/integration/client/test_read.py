"""read(), write() and monitor(read=True): what all of them share."""

from __future__ import annotations

import enum
from typing import Any

import numpy as np
import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs import nt as nts
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.sync import Context as SyncContext
from serving import serving


class Mode(enum.Enum):
    OFF = "off"
    ON = "on"
    TWELVE = "12"


async def test_read(own_ctx: Context) -> None:
    reading = await own_ctx.read("double")
    assert reading == 1.5
    assert reading.timestamp is not None
    assert reading.timestamp.is_set
    assert await own_ctx.read("int", as_=int) == 5
    assert await own_ctx.read("enum", as_=Mode) is Mode.OFF
    found = await own_ctx.read(["int", "string", "enum"])
    assert [one.value for one in found] == [5, "text", 0]
    assert await own_ctx.read(["int", "double"], as_=float) == [5.0, 1.5]
    assert await own_ctx.read([]) == []
    part = await own_ctx.read("double", fields=["value", "alarm"])
    assert (part.value, part.timestamp, part.alarm) == (1.5, None, nts.Alarm())


async def test_what_is_not_so_names_the_pv(own_ctx: Context) -> None:
    with pytest.raises(ValueError, match="PV 'string': 'text'|PV 'string': the choice 'text'"):
        await own_ctx.read("string", as_=Mode)
    with pytest.raises(TypeError, match="PV 'int': nothing is known"):
        await own_ctx.read("int", as_=complex)
    with pytest.raises(ValueError, match=r"PV 'enum'.*'nope'"):
        await own_ctx.write("enum", "nope")
    with pytest.raises(ValueError, match="PV 'int8'"):
        await own_ctx.write("int8", 300)
    assert await own_ctx.read("int8") == 1


async def test_write(own_ctx: Context) -> None:
    await own_ctx.write("double", 2.5)
    assert await own_ctx.read("double") == 2.5
    for given, index in (
        (Mode.ON, 1),
        ("off", 0),
        ("12", 2),
        (1, 1),
        ({"value": Mode.TWELVE}, 2),
        (False, 0),
    ):
        await own_ctx.write("enum", given)
        reading: Any = await own_ctx.read("enum")
        assert (reading.index, reading.choices) == (index, ("off", "on", "12"))
    await own_ctx.write("array", np.arange(3))
    assert (await own_ctx.read("array")).value.tolist() == [0, 1, 2]
    await own_ctx.write({"int": 1, "string": "new", "enum": Mode.ON})
    assert await own_ctx.read("enum", as_=Mode) is Mode.ON
    stamp = nts.Timestamp(1_700_000_000_123_456_789)
    await own_ctx.write("double", {"value": 1, "timeStamp": stamp, "alarm": nts.Alarm(nts.MAJOR, "stuck")})
    reading = await own_ctx.read("double")
    assert (reading.timestamp, reading.alarm) == (stamp, nts.Alarm(nts.MAJOR, "stuck"))
    for wrong in (lambda: own_ctx.write("int"), lambda: own_ctx.write({"int": 1}, 2)):
        with pytest.raises(TypeError):
            await wrong()


async def test_nanoseconds_survive_the_network() -> None:
    second = 1_000_000_000
    moments = [
        631_152_000 * second + 1,
        1_483_228_800 * second - 1,
        1_700_000_000_123_456_789,
        2_147_483_648 * second + 999_999_999,
        4_294_967_296 * second + 1,
        9_214_646_399 * second + 999_999_999,
    ]
    pv = SharedPV(nts.NTScalar(float), 0.0)
    async with serving({"time": pv}) as ctx:
        for ns in moments:
            stamp = nts.Timestamp(ns)
            for given in (stamp, ns, divmod(ns, second), stamp.datetime64):
                await ctx.write("time", {"value": 1, "timeStamp": given})
                found = (await ctx.read("time")).timestamp
                assert found == stamp
                assert found.datetime64 == np.datetime64(ns, "ns")
                pv.post(2.0, timestamp=1)
                pv.post(2.0, timestamp=given)
                assert (await ctx.read("time")).timestamp == stamp


async def test_handles_of_channels(own_ctx: Context) -> None:
    with own_ctx.channel("enum") as channel:
        await channel.write(Mode.ON)
        assert await channel.read(as_=Mode) is Mode.ON
        async with channel.monitor(read=True) as sub:
            assert (await sub.first()).choice == "on"  # type: ignore[attr-defined]
        async with channel.monitor() as plain:
            assert (await plain.first()).as_int("value.index") == 1


async def test_no_state_crosses_between_pvs() -> None:
    choices = {"a": ["zero", "one", "two"], "b": ["null", "eins", "zwei"], "c": ["rien"]}
    pvs = {name: SharedPV(initial=nts.NTEnum(given).create(0)) for name, given in choices.items()}
    pvs |= {
        f"n{index}": SharedPV(nts.NTScalar(kind), index)
        for index, kind in enumerate((T.Int8, T.Float64, T.Int64))
    }
    pvs["s"] = SharedPV(nts.NTScalar(str), "text")
    pvs["t"] = SharedPV(nts.NTTable({"x": int}), {"value": {"x": [1]}})
    async with serving(pvs) as ctx:
        async with ctx.monitor("a", read=True) as first, ctx.monitor("b", read=True) as second:
            await first.first()
            await second.first()
            for index in (1, 2, 0, 2, 1):
                pvs["a"].post({"value.index": index})
                pvs["b"].post({"value.index": 2 - index})
                a: Any = await first.first()
                b: Any = await second.first()
                assert (a.choice, b.choice) == (choices["a"][index], choices["b"][2 - index])
        names = [*pvs, *reversed(pvs)]
        values = [one.value for one in await ctx.read(names)]
        shown = [one if not isinstance(one, dict) else one["x"].tolist() for one in values]
        assert shown == [1, 1, 0, 0, 1, 2, "text", [1], [1], "text", 2, 1, 0, 0, 1, 1]


def test_blocking(own_server: Server) -> None:
    with SyncContext(own_server.client_config(), use_env=False, timeout=20.0) as ctx:
        assert ctx.read("double") == 1.5
        ctx.write("enum", Mode.ON)
        assert ctx.read("enum", as_=Mode) is Mode.ON
        assert [one.value for one in ctx.read(["int", "enum"])] == [5, 1]
        with ctx.monitor("int", read=True) as sub:
            assert next(iter(sub)).value == 5
            for number in (6, 7, 8):
                ctx.put("int", number)
            # the server may have made one of several
            for reading in sub:
                assert isinstance(reading, nts.ScalarReading)
                if reading == 8:
                    break
        with ctx.monitor("enum", read=True) as again:
            assert again.first() == 1
