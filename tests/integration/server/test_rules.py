"""The rules of limits, as clients see them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.client import RemoteError
from aiopvxs.data import NoConvert
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import MAJOR, MINOR, NO_ALARM, NTEnum, NTScalar, Rules, unwrap
from aiopvxs.server import Closed, Config, Operation
from peers import CommandClient

NT = NTScalar(float, limits=(0, 100), alarms=(5, 10, 80, 90), hysteresis=2)


@asynccontextmanager
async def serve(pv: SharedPV) -> AsyncIterator[Context]:
    async with (
        Server({"pv": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        yield ctx


def state(value: Any) -> tuple[float, Any, str]:
    reading = unwrap(value)
    return reading.value, reading.alarm.severity, reading.alarm.message


async def test_alarms_with_hysteresis() -> None:
    pv = SharedPV(NT, 50.0, rules=True)
    async with serve(pv) as ctx, ctx.monitor("pv") as sub:
        assert state(await sub.first()) == (50.0, NO_ALARM, "")
        updates = aiter(sub)
        for number, severity, message in [
            (80.0, MINOR, "HIGH"),
            (78.0, MINOR, "HIGH"),
            (77.9, NO_ALARM, ""),
            (79.0, NO_ALARM, ""),
            (90.0, MAJOR, "HIHI"),
            (4.0, MAJOR, "LOLO"),
        ]:
            for put in (True, False):
                if put:
                    await ctx.put("pv", number)
                else:
                    pv.post(number)
                update = await asyncio.wait_for(anext(updates), 20.0)
                while update.as_float("value") != number:
                    update = await asyncio.wait_for(anext(updates), 20.0)
                assert state(update) == (number, severity, message)
                assert state(await ctx.get("pv")) == (number, severity, message)


async def test_put_outside_the_limits_is_refused_and_changes_nothing() -> None:
    pv = SharedPV(NT, 50.0, rules=True)
    before = pv.current.as_dict()
    async with serve(pv) as ctx:
        for number in (100.5, -1, float("nan")):
            with pytest.raises(
                RemoteError, match=rf'PV "pv" refuses the put: {float(number)} is outside .* 0\.0 to 100\.0'
            ):
                await ctx.put("pv", number)
        assert pv.current.as_dict() == before
        # a post is never refused, but evaluated
        pv.post(120.0)
        assert state(await ctx.get("pv")) == (120.0, MAJOR, "HIHI")


async def test_clamp() -> None:
    pv = SharedPV(NT, 50.0, rules=Rules(control="clamp"))
    async with serve(pv) as ctx:
        await ctx.put("pv", 1e9)
        assert state(await ctx.get("pv")) == (100.0, MAJOR, "HIHI")
        pv.post(1e9)
        assert float((await ctx.get("pv")).value) == 1e9


async def test_smallest_step() -> None:
    pv = SharedPV(NT, {"value": 50, "control.minStep": 0.5}, rules=True)
    async with serve(pv) as ctx:
        with pytest.raises(RemoteError, match=r"50\.25 is 0\.25 from 50\.0: the smallest step"):
            await ctx.put("pv", 50.25)
        # what would hold only after the put does not help it
        with pytest.raises(RemoteError, match="the smallest step"):
            await ctx.put("pv", {"value": 50.25, "control.minStep": 0.0})
        pv.post(50.25)
        await ctx.put("pv", 51.0)
        assert float((await ctx.get("pv")).value) == 51.0


async def test_read_only_leaves() -> None:
    rules = Rules(read_only=("alarm", "control.limitHigh"))
    pv = SharedPV(NT, 50.0, rules=rules)
    async with serve(pv) as ctx:
        before = pv.current.as_dict()
        for fields, leaf in [
            ({"value": 51.0, "alarm.severity": 2}, "alarm.severity"),
            ({"control.limitHigh": 1000.0}, "control.limitHigh"),
        ]:
            with pytest.raises(RemoteError, match=f'PV "pv" refuses the put: {leaf} is read-only'):
                await ctx.put("pv", fields)
        assert pv.current.as_dict() == before
        await ctx.put("pv", {"value": 52.0, "control.limitHigh": 100.0, "control.limitLow": 10.0})
        assert pv.current.as_float("control.limitLow") == 10.0
        pv.post({"control.limitHigh": 60.0})
        with pytest.raises(RemoteError, match=r"10\.0 to 60\.0"):
            await ctx.put("pv", 61.0)


async def test_time_and_open() -> None:
    pv = SharedPV(NT, 85.0, rules=True)
    assert state(pv.current) == (85.0, MINOR, "HIGH")
    assert unwrap(pv.current).timestamp.is_set
    async with serve(pv) as ctx:
        await ctx.put("pv", {"value": 50.0, "timeStamp.secondsPastEpoch": 5})
        found = await ctx.get("pv")
        assert (found.as_int("timeStamp.secondsPastEpoch"), state(found)[2]) == (5, "")
        await ctx.put("pv", 51.0)
        assert (await ctx.get("pv")).as_int("timeStamp.secondsPastEpoch") > 5
        pv.close()
        pv.open({"value": 1.0, "timeStamp.secondsPastEpoch": 7})
        found = await ctx.get("pv")
        assert state(found) == (1.0, MAJOR, "LOLO")
        assert found.as_int("timeStamp.secondsPastEpoch") == 7


async def test_handler_of_puts_gets_what_the_rules_leave() -> None:
    pv = SharedPV(NT, 50.0, rules=Rules(control="clamp"))
    seen: list[tuple[float, set[str]]] = []

    @pv.on_put
    async def put(op: Operation) -> None:
        seen.append((op.value.as_float("value"), set(op.value.changed())))
        await asyncio.sleep(0)
        pv.post(op.value)

    async with serve(pv) as ctx:
        await ctx.put("pv", 1e9)
        assert state(await ctx.get("pv")) == (100.0, MAJOR, "HIHI")
        await ctx.put("pv", 50)
        assert state(await ctx.get("pv")) == (50.0, NO_ALARM, "")
    assert seen == [(100.0, {"value"}), (50.0, {"value"})]

    refusing = SharedPV(NT, 50.0, rules=True)
    called: list[Operation] = []
    refusing.on_put(called.append)
    async with serve(refusing) as ctx:
        with pytest.raises(RemoteError, match="outside the control limits"):
            await ctx.put("pv", 101)
        await ctx.put("pv", 99)
    assert [op.value.as_float("value") for op in called] == [99.0]


async def test_read_only_pv_and_other_types() -> None:
    readonly = SharedPV.readonly(NT, 95.0, rules=True)
    async with serve(readonly) as ctx:
        with pytest.raises(RemoteError, match="Read-only"):
            await ctx.put("pv", 50)
        assert state(await ctx.get("pv")) == (95.0, MAJOR, "HIHI")
    enum = SharedPV(NTEnum(["off", "on"]), 0, rules=True)
    async with serve(enum) as ctx:
        await ctx.put("pv", "on")
        assert (await ctx.get("pv")).as_int("value.index") == 1


async def test_a_post_that_does_not_fit() -> None:
    pv = SharedPV(NT, 50.0, rules=True)
    with pytest.raises(TypeError, match="another structure"):
        pv.post(NTScalar(T.Int32).create(3))
    with pytest.raises(NoConvert):
        pv.post("not a number")
    async with serve(pv) as ctx, ctx.monitor("pv") as sub:
        await sub.first()
        pv.post({})  # nothing is marked: no event
        pv.post(51.0)
        assert float((await anext(aiter(sub))).value) in (50.0, 51.0)
    pv.close()
    with pytest.raises(Closed):
        pv.post(1.0)
    with pytest.raises(TypeError, match="rules is True, False or Rules"):
        SharedPV(NT, rules="clamp")  # type: ignore[arg-type]


async def test_concurrent_posts_and_puts() -> None:
    """Each update is judged by the one before it, whoever wrote that: else the hysteresis is wrong."""
    pv = SharedPV(NT, 50.0, rules=True)
    last = 42.0
    seen: list[tuple[float, Any, str]] = []

    def post(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(400):
            pv.post(chance.choice([77.0, 78.5, 79.5, 81.0]))

    async with serve(pv) as ctx, ctx.monitor("pv", max_queue=None, server_queue=5000) as sub:
        await sub.first()

        async def put(seed: int) -> None:
            chance = random.Random(seed)
            for _ in range(100):
                await ctx.put("pv", chance.choice([77.0, 78.5, 79.5, 81.0]))

        await asyncio.gather(*(asyncio.to_thread(post, seed) for seed in range(3)), put(3), put(4))
        pv.post(last)
        async for update in sub:
            seen.append(state(update))
            if seen[-1][0] == last:
                break
    assert len(seen) >= 3 * 400 + 200 + 1  # nothing was squashed
    high = False
    for number, severity, message in seen:
        high = number >= 80 or (high and number >= 78)
        assert (severity, message) == ((MINOR, "HIGH") if high else (NO_ALARM, "")), number


async def test_concurrent_puts_each_see_the_one_before() -> None:
    """Of many puts by one step at once, each is judged by the value that it changes."""
    pv = SharedPV(NT, {"value": 50.0, "control.minStep": 2.0}, rules=True)
    async with serve(pv) as ctx:
        puts = [ctx.put("pv", 50.0 + number) for number in range(1, 21)]
        outcomes = await asyncio.gather(*puts, return_exceptions=True)
    stored = [50.0 + number for number, each in enumerate(outcomes, 1) if not isinstance(each, Exception)]
    assert stored == [52.0, 54.0, 56.0, 58.0, 60.0, 62.0, 64.0, 66.0, 68.0, 70.0]
    assert pv.current.as_float("value") == 70.0


async def test_pvxs_client() -> None:
    pv = SharedPV(NT, 50.0, rules=True)
    async with Server({"pv": pv}, Config.isolated()) as server:
        client = CommandClient(server.client_config())
        assert (await client("put", "pv", "value", 95)).status == 0
        alarm = (await client("get", "pv")).value["alarm"]
        assert (alarm["severity"], alarm["message"]) == (2, "HIHI")
        kind, text = (await client("put", "pv", "value", 101)).error
        assert kind == "remote"
        assert text == 'PV "pv" refuses the put: 101.0 is outside the control limits 0.0 to 100.0'
