"""Following a PV: iteration, events, and how it ends."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone

import pytest

from aiopvxs import Closed, Context, RemoteError, Server, SharedPV, Timeout
from aiopvxs._loop import bridge_of
from aiopvxs.client import ConnectionState, Finished, Subscription
from aiopvxs.data import Value
from peers import ScriptedServer
from waiting import eventually

BIG = 10_000  # a server that keeps so many squashes none of a test's


@pytest.fixture
async def ctx(scripted_server: ScriptedServer) -> AsyncIterator[Context]:
    context = Context(scripted_server.config, use_env=False, timeout=20.0)
    yield context
    await context.aclose()


@pytest.fixture
def server(scripted_server: ScriptedServer) -> ScriptedServer:
    scripted_server.add("x", "int32", value=0)
    return scripted_server


def numbers(values: list[Value]) -> list[int]:
    return [int(value.value) for value in values]


async def take(subscription: Subscription[Value], count: int) -> list[int]:
    return [int((await anext(subscription)).value) for _ in range(count)]


async def test_updates_come_in_order_and_complete(server: ScriptedServer, ctx: Context) -> None:
    server.set("x", {"alarm.message": "quiet"})
    async with ctx.monitor("x", server_queue=BIG) as sub:
        first = await sub.first()
        assert (int(first.value), str(first.alarm.message)) == (0, "quiet")
        for number in range(1, 101):
            server.post("x", {"value": number})
        got = []
        async for value in sub:
            assert value.changed() == {"value"}
            assert str(value.alarm.message) == "quiet"  # not marked, but there
            got.append(int(value.value))
            if got[-1] == 100:
                break
    assert got == list(range(1, 101))
    stats = sub.stats()
    assert (stats.arrived, stats.received, stats.queued) == (101, 101, 0)
    assert (stats.squashed, stats.dropped, stats.bytes) == (0, 0, 0)


async def test_value_handed_out_is_the_consumers_own(server: ScriptedServer, ctx: Context) -> None:
    server.add("c", "compound")
    async with ctx.monitor("c") as sub:
        first = await sub.first()
        rows = first.as_py("rows")
        first["rows[0].size"] = 99
        first["choice->second"] = 99
        server.post("c", {"choice->second": 8})
        second = await sub.first()
        assert second.as_py("rows") == rows
        assert int(second["choice->second"]) == 8
        assert int(first["choice->second"]) == 99


async def test_fields_and_request_select(server: ScriptedServer, ctx: Context) -> None:
    async with ctx.monitor("x", fields="value,alarm.severity") as sub:
        assert (await sub.first()).changed() <= {"value", "alarm.severity"}
    async with ctx.monitor("x", request="field(value)") as sub:
        assert (await sub.first()).changed() == {"value"}
        assert server.events("init", pv="x", kind="monitor")[-1]["request"]["field"] == {"value": {}}


async def test_batches_hold_all_that_has_gathered(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("x", server_queue=BIG)
    for number in range(1, 201):
        await eventually(lambda: sub.stats().arrived >= 1)
        server.post("x", {"value": number})
    await eventually(lambda: sub.stats().arrived == 201)
    batches = sub.batches()
    assert numbers(await anext(batches)) == list(range(201))
    server.post("x", {"value": 201})
    server.finish("x")
    rest = [numbers(batch) async for batch in batches]
    assert [number for batch in rest for number in batch] == [201]
    assert sub.closed


async def test_events_come_in_order_among_the_values(server: ScriptedServer, ctx: Context) -> None:
    began = datetime.now(timezone.utc) - timedelta(seconds=1)
    async with ctx.monitor("x", events=True) as sub:
        up = await anext(sub)
        assert isinstance(up, ConnectionState)
        assert (up.connected, up.peer) == (True, server.address)
        assert began <= up.time <= datetime.now(timezone.utc) + timedelta(seconds=1)
        assert isinstance(await anext(sub), Value)
        assert sub.connected
        assert sub.peer == server.address
        server.post("x", {"value": 1})
        server.finish("x")
        rest = [item async for item in sub]
    assert isinstance(rest[0], Value)
    assert isinstance(rest[1], Finished)
    assert rest[1].peer == server.address
    assert len(rest) == 2
    assert (sub.connected, sub.closed) == (False, True)


async def test_finished_ends_iteration(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("x")
    await sub.first()
    server.post("x", {"value": 7})
    server.finish("x")
    assert numbers([value async for value in sub]) == [7]
    assert [value async for value in sub] == []
    with pytest.raises(Closed, match="monitor 'x': the subscription has ended"):
        await sub.first()
    assert server.counts("x")["end monitor"] == 1


async def test_refusal_raises_and_is_the_end(server: ScriptedServer, ctx: Context) -> None:
    server.on("x", "init", "monitor", "refuse", text="not you", times=1)
    sub = ctx.monitor("x")
    for _ in range(2):
        with pytest.raises(RemoteError, match="^not you$") as caught:
            await anext(sub)
        assert (caught.value.pv, caught.value.peer) == ("x", server.address)
    assert sub.closed
    assert int((await ctx.monitor("x").first()).value) == 0  # another is another


async def test_close_ends_iteration_and_reaches_the_server(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("x")
    await sub.first()
    waiting = asyncio.ensure_future(anext(sub, None))
    await asyncio.sleep(0)
    sub.close()
    assert await asyncio.wait_for(waiting, 20) is None
    await server.event("end", pv="x", kind="monitor")
    sub.cancel()
    assert [value async for value in sub] == []
    assert sub.stats().arrived == 1
    assert "closed" in repr(sub)


async def test_close_drops_what_is_queued_and_counts_it(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("x", server_queue=BIG)
    await eventually(lambda: sub.stats().arrived == 1)
    for number in range(1, 100):
        server.post("x", {"value": number})
    await eventually(lambda: sub.stats().arrived == 100)
    assert await take(sub, 3) == [0, 1, 2]
    assert (sub.stats().received, sub.stats().queued) == (3, 97)
    sub.close()
    stats = sub.stats()
    assert (stats.arrived, stats.received, stats.queued, stats.dropped) == (100, 3, 0, 97)
    assert [value async for value in sub] == []


async def test_close_from_another_thread(server: ScriptedServer, ctx: Context) -> None:
    for _ in range(20):
        sub = ctx.monitor("x")
        await sub.first()
        waiting = asyncio.ensure_future(anext(sub, None))
        await asyncio.sleep(0)
        threading.Thread(target=sub.close).start()
        assert await asyncio.wait_for(waiting, 20) is None
    await eventually(lambda: len(bridge_of(asyncio.get_running_loop())) == 0)


async def test_context_that_closes_ends_all_with_closed(server: ScriptedServer, ctx: Context) -> None:
    subs = [ctx.monitor("x"), ctx.monitor("nowhere")]
    await subs[0].first()
    waiting = [asyncio.ensure_future(anext(sub)) for sub in subs]
    await asyncio.sleep(0)
    ctx.close()
    for sub, result in zip(subs, await asyncio.gather(*waiting, return_exceptions=True), strict=True):
        assert isinstance(result, Closed)
        assert str(result) == f"monitor {sub.name!r}: the Context was closed"
        with pytest.raises(Closed):
            await anext(sub)
    with pytest.raises(Closed, match="monitor 'x': the Context is closed"):
        ctx.monitor("x")
    await eventually(lambda: len(bridge_of(asyncio.get_running_loop())) == 0)


async def test_context_closed_from_another_thread(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("x")
    await sub.first()
    waiting = asyncio.ensure_future(anext(sub))
    await asyncio.sleep(0)
    await asyncio.to_thread(ctx.close)
    with pytest.raises(Closed):
        await waiting


async def test_subscription_that_nobody_refers_to_is_cancelled(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("x")
    await sub.first()
    gone = weakref.ref(sub)
    del sub
    gc.collect()
    assert gone() is None
    await server.event("end", pv="x", kind="monitor")
    assert len(bridge_of(asyncio.get_running_loop())) == 0


async def test_subscription_that_is_dropped_on_another_thread(server: ScriptedServer, ctx: Context) -> None:
    held = [ctx.monitor("x")]
    await held[0].first()
    thread = threading.Thread(target=held.clear)
    thread.start()
    thread.join()
    await server.event("end", pv="x", kind="monitor")
    await eventually(lambda: len(bridge_of(asyncio.get_running_loop())) == 0)


async def test_iteration_keeps_the_subscription(server: ScriptedServer, ctx: Context) -> None:
    seen: list[int] = []

    async def watch() -> None:
        async for value in ctx.monitor("x"):
            seen.append(int(value.value))  # noqa: PERF401

    tasks = [asyncio.ensure_future(watch())]
    await eventually(lambda: seen == [0])
    gone = weakref.ref(tasks.pop())
    gc.collect()  # nobody holds the task but what it waits for
    assert gone() is not None
    server.post("x", {"value": 1})
    await eventually(lambda: seen == [0, 1])
    task = gone()
    assert task is not None
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await eventually(lambda: server.counts("x")["end monitor"] == 1)


async def test_cancelled_consumer_loses_no_update(server: ScriptedServer, ctx: Context) -> None:
    async with ctx.monitor("x", server_queue=BIG) as sub:
        await sub.first()
        got: list[int] = []
        for number in range(1, 51):
            task = asyncio.ensure_future(anext(sub))
            await asyncio.sleep(0)
            server.post("x", {"value": number})
            task.cancel()
            got += [int(task.result().value)] if not (await settle(task)).cancelled() else []
        while len(got) < 50:
            got += await take(sub, 1)
    assert got == list(range(1, 51))


async def settle(task: asyncio.Future[Value]) -> asyncio.Future[Value]:
    await asyncio.wait([task])
    return task


async def test_several_consumers_share_the_updates(server: ScriptedServer, ctx: Context) -> None:
    async with ctx.monitor("x", server_queue=BIG) as sub:
        await sub.first()
        got: list[int] = []

        async def consume() -> None:
            async for value in sub:
                got.append(int(value.value))  # noqa: PERF401

        tasks = [asyncio.ensure_future(consume()) for _ in range(3)]
        await asyncio.sleep(0)
        for number in range(1, 31):
            server.post("x", {"value": number})
        await eventually(lambda: len(got) == 30)
        sub.close()
        await asyncio.gather(*tasks)
    assert got == list(range(1, 31))


async def test_iteration_on_another_loop_is_refused(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("nowhere")

    def elsewhere() -> None:
        async def iterate() -> None:
            await anext(sub)

        asyncio.run(iterate())

    with pytest.raises(RuntimeError, match="monitor 'nowhere' was made on another event loop"):
        await asyncio.to_thread(elsewhere)


async def test_first_tells_how_far_it_came(server: ScriptedServer, ctx: Context) -> None:
    async with ctx.monitor("nowhere") as sub:
        with pytest.raises(
            Timeout, match=r"monitor 'nowhere': no update within 0.05 s: .*not found"
        ) as caught:
            await sub.first(0.05)
        assert (caught.value.phase, caught.value.pv) == ("connect", "nowhere")
    async with ctx.monitor("x") as sub:
        await sub.first()
        with pytest.raises(Timeout, match="the PV is connected to 127") as caught:
            await sub.first(timeout=0.05)
        assert (caught.value.phase, caught.value.peer) == ("exec", server.address)
        later = asyncio.ensure_future(sub.first(None))
        await asyncio.sleep(0)
        server.post("x", {"value": 4})
        assert int((await later).value) == 4


async def test_until(server: ScriptedServer, ctx: Context) -> None:
    server.add("e", "enum", **{"value.choices": ["off", "on"]})
    assert int((await ctx.until("x", 0)).value) == 0
    waiting = [
        asyncio.ensure_future(ctx.until("x", 3)),
        asyncio.ensure_future(ctx.until("x", lambda update: int(update.value) > 1)),
        asyncio.ensure_future(ctx.until("e", "on")),
        asyncio.ensure_future(ctx.until("e", 1)),
    ]
    for pv in ("x", "e"):
        await server.event("start", pv=pv, count=2)
    for number in (1, 2, 3):
        server.post("x", {"value": number})
        await asyncio.sleep(0)
    server.post("e", {"value.index": 1})
    three, two, on, also = await asyncio.gather(*waiting)
    assert int(three.value) == 3
    assert int(two.value) in (2, 3)
    assert int(on["value.index"]) == int(also["value.index"]) == 1
    with pytest.raises(Timeout, match="until 'x': no update that matches within 0.05 s") as caught:
        await ctx.until("x", 77, timeout=0.05)
    assert caught.value.phase == "exec"
    with pytest.raises(Timeout) as caught:
        await ctx.until("nowhere", 77, timeout=0.05)
    assert caught.value.phase == "connect"
    await eventually(lambda: len(bridge_of(asyncio.get_running_loop())) == 0)


async def test_contradicting_options_are_refused(ctx: Context) -> None:
    bad: list[tuple[dict[str, object], str]] = [
        ({"overflow": "block"}, "needs pipeline=True"),
        ({"overflow": "lose"}, "may be one of"),
        ({"max_queue": None, "overflow": "squash"}, "bounds nothing"),
        ({"overflow": []}, "may be one of"),
        ({"max_queue": 0}, "max_queue is 0: it has to be an integer, at least 1, or None"),
        ({"max_queue": "5"}, "max_queue is '5'"),
        ({"max_queue": 2**70}, "max_queue is .*: it may be at most"),
        ({"max_bytes": 0}, "max_bytes is 0"),
        ({"max_bytes": 1.5}, "max_bytes is 1.5"),
        ({"max_bytes": 2**70}, "max_bytes is .*: it may be at most"),
        ({"server_queue": 1}, "at least 2"),
        ({"server_queue": "many"}, "server_queue is 'many'"),
        ({"server_queue": 2**32}, "server_queue is 4294967296: it may be at most"),
        ({"fields": [], "server_queue": 5}, "fields is .*None for all"),
        ({"request": "field(value)", "pipeline": True}, "whole pvRequest"),
        ({"request": "field(value)", "fields": "value"}, "whole pvRequest"),
        ({"request": "field("}, "malformed"),
        ({"fields": "no-name", "pipeline": True}, "no field name"),
        ({"stale": "drop"}, "stale is 'drop'"),
        ({"callback": 3}, "has to be a function"),
        ({"on_error": print}, "goes with a callback"),
    ]
    for options, text in bad:
        with pytest.raises(ValueError, match=text):
            ctx.monitor("x", **options)  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="named by a str"):
        ctx.monitor("")
    gc.collect()  # one that could not be made has no end either
    assert len(bridge_of(asyncio.get_running_loop())) == 0


def test_without_a_loop(own_server: Server) -> None:
    context = Context(own_server.client_config(), use_env=False)
    with pytest.raises(RuntimeError):
        context.monitor("int")
    context.close()


def test_one_context_serves_loops_of_several_threads(own_server: Server, pvs: dict[str, SharedPV]) -> None:
    context = Context(own_server.client_config(), use_env=False)
    got: list[int] = []

    def run() -> None:
        async def follow() -> int:
            async with context.monitor("int") as sub:
                return int((await sub.first(20)).value)

        got.append(asyncio.run(follow()))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [5] * 8
    context.close()


def test_loop_that_is_closed_under_a_subscription(own_server: Server) -> None:
    context = Context(own_server.client_config(), use_env=False)
    loop = asyncio.new_event_loop()

    async def start() -> Subscription[Value]:
        sub = context.monitor("int")
        await sub.first(20)
        return sub

    sub = loop.run_until_complete(start())
    loop.close()
    assert sub.connected
    sub.close()
    assert sub.closed
    context.close()


async def test_uvloop(server: ScriptedServer, ctx: Context) -> None:
    uvloop = pytest.importorskip("uvloop")

    def run() -> list[int]:
        async def follow() -> list[int]:
            got: list[int] = []
            async with ctx.monitor("x", server_queue=BIG) as sub:
                async for value in sub:
                    got.append(int(value.value))
                    server.post("x", {"value": got[-1] + 1})
                    if len(got) == 50:
                        break
            return got

        loop = uvloop.new_event_loop()
        try:
            return list(loop.run_until_complete(follow()))
        finally:
            loop.close()

    assert await asyncio.to_thread(run) == list(range(50))
