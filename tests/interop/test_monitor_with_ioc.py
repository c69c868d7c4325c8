"""Our monitors against an IOC with QSRV 2."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from aiopvxs import Context
from aiopvxs.client import ConnectionState
from aiopvxs.data import Value
from aiopvxs_core import LINE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiopvxs.client import Subscription
    from peers import Ioc


@pytest.fixture
async def ctx(ioc: Ioc) -> AsyncIterator[Context]:
    async with Context(ioc.config, use_env=False, timeout=20.0) as context:
        yield context


async def value_after(updates: Subscription[Value]) -> Any:
    return (await anext(updates)).as_py("value")


async def test_record_that_is_scanned(ctx: Context) -> None:
    seen: list[float] = []
    async with ctx.monitor("IOC:counter") as updates:
        async for value in updates:
            seen.append(value.as_float("value"))
            if len(seen) == 6:
                break
    assert seen == [seen[0] + number for number in range(6)]


async def test_later_updates_mark_what_changed_and_hold_the_rest(ctx: Context) -> None:
    await ctx.put("IOC:mbbo", 0)
    async with ctx.monitor("IOC:mbbo") as updates:
        first = await anext(updates)
        assert {"value.index", "value.choices", "alarm.severity"} <= first.changed()
        await ctx.put("IOC:mbbo", "moving")
        later = await anext(updates)
        assert "value.index" in later.changed()
        assert "value.choices" not in later.changed()
        assert later.as_int("value.index") == 1
        assert later.as_string_list("value.choices") == ["idle", "moving", "fault", "3"]
        assert first.as_int("value.index") == 0  # the earlier one is not touched


async def test_arrays_of_earlier_updates_stay(ctx: Context) -> None:
    await ctx.put("IOC:wf:LONG", [0, 0])
    async with ctx.monitor("IOC:wf:LONG") as updates:
        arrays = [(await anext(updates)).as_array("value")]
        for number in range(1, 10):
            await ctx.put("IOC:wf:LONG", [number, -number])
            arrays.append((await anext(updates)).as_array("value"))
    assert [array.tolist() for array in arrays] == [[number, -number] for number in range(10)]


async def test_alarms(ctx: Context) -> None:
    await ctx.put("IOC:ao", 0)
    async with ctx.monitor("IOC:ao", fields="value,alarm") as updates:
        await anext(updates)
        await ctx.put("IOC:ao", 30)
        alarmed = await anext(updates)
        assert (
            {"value", "alarm.severity"}
            <= alarmed.changed()
            <= {*("value", "alarm.severity", "alarm.status", "alarm.message")}
        )
        assert (alarmed.as_int("alarm.severity"), alarmed.as_string("alarm.message")) == (2, "HIHI")


async def test_properties(ctx: Context) -> None:
    async with ctx.monitor("IOC:longout") as updates:
        await anext(updates)
        await ctx.put("IOC:longout.EGU", "steps")
        changed = await anext(updates)
        assert changed.as_string("display.units") == "steps"
        assert "display.units" in changed.changed()
        assert "value" not in changed.changed()


@pytest.mark.parametrize(
    ("record", "mask", "unseen", "seen"),
    [
        ("deadband", "VALUE", 0.5, 3.0),  # MDEL is 1
        ("deadband", "ARCHIVE", 3.0, 30.0),  # ADEL is 10
        ("deadband", "ARCHIVE_ALARM", 3.0, 30.0),
        ("ao", "ALARM", 3.0, 30.0),  # no other severity, another
    ],
)
async def test_masks(ctx: Context, record: str, mask: str, unseen: float, seen: float) -> None:
    if LINE == 14 and mask == "ALARM":
        pytest.skip("QSRV of 1.4 sends no value with an alarm")
    name = f"IOC:{record}"
    await ctx.put(name, 100)
    await ctx.put(name, 0)
    async with ctx.monitor(name, request=f"record[DBE={mask}]") as updates:
        assert await value_after(updates) == 0.0
        await ctx.put(name, unseen)
        await ctx.put(name, seen)
        assert await value_after(updates) == seen
        assert updates.stats().arrived == 2
        await ctx.put(name, 0)
        assert await value_after(updates) == 0.0


@pytest.mark.skipif(LINE == 14, reason="QSRV of 1.4 takes no puts to scalars of a group")
async def test_atomic_group_is_updated_as_one(ctx: Context) -> None:
    await ctx.put("IOC:grp", {"x.value": 0, "y.value": 0})
    async with ctx.monitor("IOC:grp", server_queue=100) as updates:
        await anext(updates)
        for number in range(1, 31):
            await ctx.put("IOC:grp", {"x.value": number, "y.value": number})
            value = await anext(updates)
            assert value.as_float("x.value") == value.as_float("y.value") == number


async def test_table_group(ctx: Context) -> None:
    await ctx.put("IOC:tbl", {"value": {"position": [0.0], "name": ["zero"]}})
    async with ctx.monitor("IOC:tbl") as updates:
        await anext(updates)
        await ctx.put("IOC:tbl", {"value": {"position": [1.0, 2.0], "name": ["a", "b"]}})
        changed = await anext(updates)
        assert changed.as_dict()["value"] == {"position": [1.0, 2.0], "name": ["a", "b"]}
        assert changed.as_string_list("labels") == ["Position", "Name"]


@pytest.mark.parametrize("pipeline", [False, True])
async def test_fast_changes_end_with_the_last_value(ctx: Context, ioc: Ioc, pipeline: bool) -> None:
    await ctx.put("IOC:int64out", -1)
    async with ctx.monitor("IOC:int64out", pipeline=pipeline) as updates:
        await anext(updates)
        await asyncio.gather(*(ctx.put("IOC:int64out", number) for number in range(200)))
        seen: list[int] = []
        while not seen or seen[-1] != 199:
            seen.append(await value_after(updates))
        assert seen == sorted(set(seen))  # in order, none twice


async def test_every_change_with_a_queue_in_the_server(ctx: Context) -> None:
    await ctx.put("IOC:int64out", -1)
    async with ctx.monitor("IOC:int64out", server_queue=500, pipeline=True) as updates:
        await anext(updates)
        await asyncio.gather(*(ctx.put("IOC:int64out", number) for number in range(200)))
        seen: list[int] = []
        while not seen or seen[-1] != 199:
            seen.append(await value_after(updates))
    assert len(seen) > 100  # dbEvent's own queue may make one of two


async def test_until(ctx: Context) -> None:
    done = (await ctx.get("IOC:slow:done")).as_float("value")
    await ctx.put("IOC:slow", 1)
    value = await ctx.until("IOC:slow:done", lambda present: present.as_float("value") > done)
    assert value.as_float("value") == done + 1


async def test_ioc_that_is_killed_and_comes_back(own_ioc: Ioc) -> None:
    async with Context(own_ioc.config, use_env=False, timeout=60.0) as ctx:
        await ctx.put("IOC:ao", 7)
        shown: list[Any] = []
        came = asyncio.Event()

        def show(event: Any) -> None:
            if isinstance(event, ConnectionState):
                shown.append(event.connected)
            elif isinstance(event, Value):
                shown.append(event.as_py("value"))
            came.set()

        async def shows(*wanted: Any) -> None:
            while shown != list(wanted):
                came.clear()
                await came.wait()

        subscription = ctx.monitor("IOC:ao", show, events=True, fields="value")
        await shows(True, 7.0)
        own_ioc.kill()
        await shows(True, 7.0, False)
        assert not subscription.connected
        own_ioc.start()
        await shows(True, 7.0, False, True, 2.5)  # the record's own initial value
        await ctx.put("IOC:ao", 8)
        await shows(True, 7.0, False, True, 2.5, 8.0)
