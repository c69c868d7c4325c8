"""Readings of a part of a PV: what was not asked for is None."""

from __future__ import annotations

import asyncio
import dataclasses
import enum
from typing import Any

import numpy as np
import pytest

from aiopvxs import Context, SharedPV
from aiopvxs import nt as nts
from aiopvxs.client import ConnectionState
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


IMAGE = np.arange(6, dtype=np.uint16).reshape(2, 3)


async def test_what_was_not_asked_for_is_none(own_ctx: Context, pvs: dict[str, SharedPV]) -> None:
    full = nts.unwrap(await own_ctx.get("double"))
    assert full.alarm is not None
    ways: list[Any] = [
        {"fields": "value"}, {"fields": ["value"]}, {"request": "field(value)"},
        {"request": "field(value)record[process=true]"},
    ]  # fmt: skip
    for options in ways:
        part = nts.unwrap(await own_ctx.get("double", **options))
        assert (part.value, part.alarm, part.timestamp, part.display) == (1.5, None, None, None)
        [part] = map(nts.unwrap, await own_ctx.get(["double"], **options))
        assert (part.value, part.alarm, part.timestamp) == (1.5, None, None)
    for options in ({"request": "field()"}, {"request": "record[process=false]"}, {"process": True}):
        part = nts.unwrap(await own_ctx.get("double", **options))
        assert (part.value, part.alarm) == (1.5, nts.Alarm())
    part = nts.unwrap(await own_ctx.get("double", fields="alarm,timeStamp.secondsPastEpoch"))
    assert (part.value, part.alarm) == (None, nts.Alarm())
    assert part.timestamp is not None
    assert "no value" in repr(part)
    for kind in (float, int, str, bool, Mode):
        with pytest.raises(ValueError, match="PV 'double': .* only alarm was asked for"):
            await own_ctx.read("double", as_=kind, fields="alarm")
    enum: Any = await own_ctx.read("enum", fields="alarm")
    assert (enum.value, enum.choice) == (None, None)
    with pytest.raises(ValueError, match="the index was not asked for, only alarm"):
        _ = enum.index
    async with own_ctx.monitor("double", read=True, fields="value") as sub:
        assert [(one.value, one.alarm) for one in [await sub.first()]] == [(1.5, None)]
        pvs["double"].post(2.5)
        async for one in sub:
            assert (one.value, one.alarm) == (2.5, None)
            break


async def test_a_model_of_part_of_a_pv() -> None:
    stage = SharedPV(nts.type_of(Stage), nts.dump(Stage("a", Mode.ON, [1.5])))
    async with serving({"stage": stage}) as ctx:
        with pytest.raises(ValueError, match=r"PV 'stage': Stage\.mode: the field was not asked for, only"):
            await ctx.read("stage", as_=Stage, fields="title,positions")
        group: Any = await ctx.read("stage", fields="title,mode.index")
        assert group.value == {"title": "a", "mode": {"index": 1}}


async def test_an_image_asked_for_without_its_dimension() -> None:
    async with serving({"image": SharedPV(initial=nts.NTNDArray().create(IMAGE))}) as ctx:
        for fields, text in (("value,codec", "its dimension,"), ("value,dimension", "its codec,")):
            part = await ctx.read("image", fields=fields)
            with pytest.raises(ValueError, match=f"an image is asked for with {text}"):
                _ = part.value
        part = await ctx.read("image", fields="value,dimension,codec")
        assert part.value.tolist() == IMAGE.tolist()
        assert (await ctx.read("image", fields="dimension")).value is None


async def test_updates_know_what_was_asked_for(own_ctx: Context, pvs: dict[str, SharedPV]) -> None:
    seen: asyncio.Queue[Any] = asyncio.Queue()

    def parts(update: Any) -> tuple[Any, ...]:
        reading = nts.unwrap(update)
        return reading.value, reading.alarm, reading.timestamp

    for options in ({"fields": "value"}, {"request": "field(value)"}, {"fields": "value", "server_queue": 4}):
        pvs["double"].post(1.5)
        follow: Any = own_ctx.monitor
        async with follow("double", events=True, **options) as sub, follow("double", **options) as batches:
            called = follow("double", seen.put_nowait, **options)
            assert parts(await called.first()) == (1.5, None, None)
            assert isinstance(await anext(sub), ConnectionState)
            assert parts(await sub.first()) == (1.5, None, None)
            pvs["double"].post(2.5)
            async for update in sub:
                assert parts(update) == (2.5, None, None)
                break
            async for batch in batches.batches():
                assert {parts(one)[1:] for one in batch} == {(None, None)}
                break
            for expected in (1.5, 2.5):
                assert parts(await asyncio.wait_for(seen.get(), 20)) == (expected, None, None)
            called.close()
    found = await own_ctx.until("double", lambda update: parts(update)[1] is None, fields="value")
    assert parts(found) == (2.5, None, None)
    # who asks for all has all
    async with own_ctx.monitor("double") as sub:
        assert nts.unwrap(await sub.first()).alarm == nts.Alarm()
