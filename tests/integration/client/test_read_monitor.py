"""Readings that follow a PV."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from aiopvxs import Context, SharedPV
from aiopvxs import nt as nts
from aiopvxs.client import ConnectionState


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
