"""read(), write() and monitor(read=True), and every normative type through a real server and client."""

from __future__ import annotations

import asyncio
import dataclasses
import enum
import threading
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pandas as pd
import pytest

from aiopvxs import Closed, Context, Server, SharedPV
from aiopvxs import nt as nts
from aiopvxs.client import ConnectionState
from aiopvxs.data import Member, NoConvert, TypeDef
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.server import Config
from aiopvxs.sync import Context as SyncContext


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


@asynccontextmanager
async def serving(pvs: dict[str, SharedPV]) -> AsyncIterator[Context]:
    with Server(pvs, Config.isolated()) as server:
        async with Context(server.client_config(), use_env=False, timeout=20.0) as context:
            yield context


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


async def test_compressed_images_are_decoded() -> None:
    data = np.frombuffer(zlib.compress(IMAGE.tobytes()), np.uint8)
    good = nts.NTNDArray().create(IMAGE)
    good.assign({"value": ("ubyteValue", data), "codec.name": "zlib", "compressedSize": data.size})
    bad = good.clone()
    bad["value"] = ("ubyteValue", data[:5])
    new = good.clone()
    new["codec.name"] = "new"
    values = {"good": good, "bad": bad, "new": new}
    async with serving({name: SharedPV(initial=value) for name, value in values.items()}) as ctx:
        reading = await ctx.read("good")
        assert np.array_equal(reading.value, IMAGE)
        with pytest.raises(ValueError, match="PV 'bad': zlib"):
            await ctx.read("bad")
        with pytest.raises(nts.CodecNotAvailable, match="PV 'new': no codec is called 'new'"):
            await ctx.read("new")


class Slow:
    """A codec that waits until it may go on, and tells on which threads it was called."""

    def __init__(self) -> None:
        self.threads: list[int] = []
        self.begun = threading.Event()
        self.go_on = threading.Event()

    def decode(self, data: bytes, expected: int, item_size: int) -> bytes:
        self.threads.append(threading.get_ident())
        self.begun.set()
        assert self.go_on.wait(60)
        return data

    def image(self, number: int) -> Any:
        return nts.NTNDArray(codec="slow").create(np.full((2, 2), number, np.uint8))


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    from aiopvxs_nt import codec

    monkeypatch.setattr(codec, "_CODECS", dict(codec._CODECS))
    made = Slow()
    nts.register_codec("slow", made.decode, lambda array: array.tobytes())
    yield made
    made.go_on.set()


async def begun(slow: Slow) -> None:
    await asyncio.to_thread(slow.begun.wait, 60)
    slow.begun.clear()


async def test_images_are_decompressed_off_the_loop(slow: Slow) -> None:
    pv = SharedPV(initial=slow.image(0))
    async with serving({"image": pv}) as ctx, ctx.monitor("image", read=True, max_queue=100) as sub:
        reading = asyncio.ensure_future(ctx.read("image"))
        first = asyncio.ensure_future(anext(sub))
        await begun(slow)
        # the loop is free meanwhile
        assert (await ctx.get("image")).as_int("dimension[0].size") == 2
        slow.go_on.set()
        assert (await reading).value.tolist() == [[0, 0], [0, 0]]
        assert (await first).value.tolist() == [[0, 0], [0, 0]]
        for number in range(1, 20):
            pv.post(slow.image(number))
        seen = 0
        async for image in sub:
            number = int(image.value[0, 0])
            # in order; what the server made one of several is left out
            assert number > seen
            seen = number
            if number == 19:
                break
        batches = sub.batches()
        pv.post(slow.image(20))
        assert [int(one.value[0, 0]) for one in await anext(batches)] == [20]
        await batches.aclose()  # type: ignore[attr-defined]
        assert (await ctx.read("image", as_=np.ndarray)).tolist() == [[20, 20], [20, 20]]
        # nothing is decompressed again when its value is asked for
        assert threading.get_ident() not in slow.threads


@pytest.mark.parametrize("way", ["anext", "first", "batches"])
async def test_an_image_is_not_lost_when_waiting_is_cancelled(slow: Slow, way: str) -> None:
    pv = SharedPV(initial=slow.image(1))
    async with serving({"image": pv}) as ctx, ctx.monitor("image", read=True) as sub:
        take: Any = {
            "anext": lambda: anext(sub), "first": sub.first, "batches": lambda: anext(sub.batches()),
        }[way]  # fmt: skip
        waiting = asyncio.ensure_future(take())
        await begun(slow)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        stats = sub.stats()
        assert (stats.received, stats.queued, stats.dropped) == (0, 1, 0)
        slow.go_on.set()
        found = await take()
        [reading] = found if way == "batches" else [found]
        assert reading.value.tolist() == [[1, 1], [1, 1]]
        pv.post(slow.image(2))
        found = await take()
        [reading] = found if way == "batches" else [found]
        assert reading.value.tolist() == [[2, 2], [2, 2]]
        stats = sub.stats()
        assert (stats.received, stats.queued, stats.dropped) == (2, 0, 0)


@pytest.mark.parametrize("way", ["anext", "first", "batches"])
async def test_closed_while_an_image_is_decompressed(slow: Slow, way: str) -> None:
    async with serving({"image": SharedPV(initial=slow.image(1))}) as ctx:
        sub = ctx.monitor("image", read=True)
        take: Any = {
            "anext": lambda: anext(sub), "first": sub.first, "batches": lambda: anext(sub.batches()),
        }[way]  # fmt: skip
        waiting = asyncio.ensure_future(take())
        await begun(slow)
        sub.close()
        slow.go_on.set()
        with pytest.raises(Closed if way == "first" else StopAsyncIteration):
            await waiting
        stats = sub.stats()
        assert (stats.received, stats.queued, stats.dropped) == (0, 0, 1)


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_callback_gets_images_decompressed_and_in_order(slow: Slow, is_async: bool) -> None:
    pv = SharedPV(initial=slow.image(0))
    seen: asyncio.Queue[Any] = asyncio.Queue()

    async def later(reading: Any) -> None:
        await asyncio.sleep(0)
        seen.put_nowait(reading)

    async with serving({"image": pv}) as ctx:
        sub = ctx.monitor("image", later if is_async else seen.put_nowait, read=True, max_queue=100)
        await begun(slow)
        pv.post(slow.image(1))
        assert seen.empty()
        slow.go_on.set()
        for number in (0, 1):
            image = await asyncio.wait_for(seen.get(), 20)
            assert image.value.tolist() == [[number] * 2] * 2
        assert threading.get_ident() not in slow.threads
        slow.go_on.clear()
        slow.begun.clear()
        pv.post(slow.image(2))
        await begun(slow)
        sub.close()
        slow.go_on.set()
        # no callback begins after close()
        await asyncio.to_thread(lambda: None)
        await ctx.get("image")
        assert seen.empty()


async def test_a_damaged_image_does_not_end_a_monitor() -> None:
    good = nts.NTNDArray(codec="zlib").create(IMAGE)
    bad = good.clone()
    bad["value"] = ("ubyteValue", good.as_array("value")[:5])
    pv = SharedPV(initial=bad)
    async with serving({"image": pv}) as ctx, ctx.monitor("image", read=True) as sub:
        image: Any = await anext(sub)
        for _ in range(2):
            with pytest.raises(nts.CodecError, match="zlib: the data ends"):
                _ = image.value
        assert image.shape == (2, 3)
        pv.post(good)
        assert np.array_equal((await anext(sub)).value, IMAGE)


async def test_a_pv_compresses_what_is_posted() -> None:
    pv = SharedPV(nts.NTNDArray(codec="bslz4"), IMAGE)
    async with serving({"image": pv}) as ctx:
        reading: Any = await ctx.read("image", as_=nts.ImageReading)
        assert (reading.codec, reading.value.tolist()) == ("bslz4", IMAGE.tolist())
        pv.post(IMAGE + 1)
        reading = await ctx.read("image")
        assert (reading.codec, reading.value.tolist()) == ("bslz4", (IMAGE + 1).tolist())
        await ctx.write("image", nts.NTNDArray(codec="lz4").create(IMAGE))
        reading = await ctx.read("image")
        assert (reading.codec, reading.value.tolist()) == ("lz4", IMAGE.tolist())
        with pytest.raises(NoConvert, match="integers or floats"):
            pv.post(IMAGE > 1)


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


async def test_monitor(own_ctx: Context, pvs: dict[str, SharedPV]) -> None:
    async with own_ctx.monitor("double", read=True) as sub:
        assert (await sub.first()).value == 1.5
        pvs["double"].post(2.5)
        async for reading in sub:
            assert isinstance(reading, nts.ScalarReading)
            assert reading == 2.5
            break
        pvs["double"].post(3.5)
        async for batch in sub.batches():
            assert [one.value for one in batch] == [3.5]
            break


async def test_handles_of_channels(own_ctx: Context) -> None:
    with own_ctx.channel("enum") as channel:
        await channel.write(Mode.ON)
        assert await channel.read(as_=Mode) is Mode.ON
        async with channel.monitor(read=True) as sub:
            assert (await sub.first()).choice == "on"  # type: ignore[attr-defined]
        async with channel.monitor() as plain:
            assert (await plain.first()).as_int("value.index") == 1


async def test_monitor_with_events(own_ctx: Context) -> None:
    async with own_ctx.monitor("double", read=True, events=True) as sub:
        seen = []
        async for item in sub:
            seen.append(item)
            if len(seen) == 2:
                break
    assert isinstance(seen[0], ConnectionState)
    assert seen[1] == 1.5


@pytest.mark.parametrize("is_async", [False, True])
async def test_monitor_with_a_callback(own_ctx: Context, pvs: dict[str, SharedPV], is_async: bool) -> None:
    seen: asyncio.Queue[Any] = asyncio.Queue()

    async def later(reading: Any) -> None:
        await asyncio.sleep(0)
        seen.put_nowait(reading)

    sub = own_ctx.monitor("enum", later if is_async else seen.put_nowait, read=True)
    assert (await asyncio.wait_for(seen.get(), 20)).choice == "off"
    assert (await sub.first()).choice == "off"  # type: ignore[attr-defined]
    pvs["enum"].post({"value.index": 1})
    second = await asyncio.wait_for(seen.get(), 20)
    # the update has the index alone; the choices are those of before
    assert (second.index, second.choice) == (1, "on")
    sub.close()


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
