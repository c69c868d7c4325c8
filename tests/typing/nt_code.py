"""What type checkers have to know of normative types. Not run."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from typing_extensions import assert_type

from aiopvxs import nt
from aiopvxs.client import Channel, ConnectionState, Context, Finished, Subscription
from aiopvxs.data import TypeDef, Value
from aiopvxs.sync import Context as SyncContext


class Mode(enum.Enum):
    ON = "on"


@nt.model
@dataclass
class Stage:
    title: str


@nt.model(id="site:other/1.0")
@dataclass
class Other:
    title: str


def models(value: Value) -> None:
    assert_type(nt.load(Stage, value), Stage)
    assert_type(nt.load(list[Stage], value), list[Stage])
    assert_type(nt.dump(Stage("a")), Value)
    assert_type(nt.type_of(Stage), TypeDef)
    Stage(5)  # type: ignore[arg-type]
    assert_type(Other("a"), Other)
    nt.load(Stage, 5)  # type: ignore[arg-type]


def readings(value: Value) -> None:
    reading = nt.unwrap(value)
    assert_type(reading, nt.Reading[Any])
    assert_type(nt.unwrap(value, Stage), Stage)
    assert_type(nt.unwrap(value, Mode), Mode)
    assert_type(nt.unwrap(value, bool), bool)
    assert_type(nt.unwrap(value, list[Stage]), list[Stage])
    assert_type(nt.unwrap(value, nt.ImageReading), nt.ImageReading)
    assert_type(reading.alarm, nt.Alarm | None)
    assert_type(reading.timestamp, nt.Timestamp | None)
    assert_type(reading.display, nt.Display | None)
    assert_type(reading.raw, Value)
    reading.value = 3  # type: ignore[misc]
    reading.alarm = None  # type: ignore[misc]


def parts(stamp: nt.Timestamp, alarm: nt.Alarm, limits: nt.Control) -> None:
    assert_type(stamp.ns, int)
    assert_type(stamp.datetime, datetime)
    assert_type(stamp.datetime64, np.datetime64)
    assert_type(stamp.posix, float)
    assert_type(stamp.is_set, bool)
    assert_type(alarm.severity, nt.AlarmSeverity)
    assert_type(alarm.status, nt.AlarmStatus)
    assert_type(limits.limits, tuple[float, float] | None)
    nt.Alarm(nt.MAJOR, "stuck")
    alarm.message = "x"  # type: ignore[misc]


def builders(value: Value) -> None:
    assert_type(nt.NTScalar(float, units="mm", limits=(0, 9)).build(), TypeDef)
    assert_type(nt.NTEnum(Mode).create(Mode.ON), Value)
    assert_type(nt.NTTable({"x": float}).create([{"x": 1.0}]), Value)
    assert_type(nt.NTTable(Stage).matches(value), bool)
    assert_type(nt.NTNDArray().unwrap(value), nt.Reading[Any])
    assert_type(nt.NTNDArray(codec="jpeg", level=90).create(np.zeros((2, 2), np.uint8)), Value)
    nt.NTNDArray("jpeg")  # type: ignore[call-arg]
    nt.NTScalar(float, unit="mm")  # type: ignore[call-arg]


async def client(ctx: Context, channel: Channel) -> None:
    assert_type(await ctx.read("pv"), nt.Reading[Any])
    assert_type(await ctx.read("pv", as_=Mode), Mode)
    assert_type(await ctx.read(["a", "b"]), list[nt.Reading[Any]])
    assert_type(await ctx.read(["a", "b"], as_=Stage), list[Stage])
    assert_type(await ctx.read("pv", as_=list[Stage]), list[Stage])
    assert_type(await channel.read(as_=float), float)
    await ctx.write("pv", Mode.ON)
    await ctx.write({"a": 1, "b": Stage("x")})
    assert_type(ctx.monitor("pv"), Subscription[Value])
    assert_type(ctx.monitor("pv", read=True), Subscription[nt.Reading[Any]])
    assert_type(channel.monitor(read=True), Subscription[nt.Reading[Any]])
    both = ctx.monitor("pv", read=True, events=True)
    assert_type(both, Subscription[nt.Reading[Any] | ConnectionState | Finished])
    async for reading in ctx.monitor("pv", read=True):
        assert_type(reading, nt.Reading[Any])


def blocking(ctx: SyncContext) -> None:
    assert_type(ctx.read("pv"), nt.Reading[Any])
    assert_type(ctx.read(["a"], as_=int), list[int])
    ctx.write("pv", 5)
    for reading in ctx.monitor("pv", read=True):
        assert_type(reading, nt.Reading[Any])
