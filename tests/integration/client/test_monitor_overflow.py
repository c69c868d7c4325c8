"""What becomes of updates for which there is no room: exact counts, marks, order, the last value."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from aiopvxs import Context, Overflow
from aiopvxs.client import ConnectionState, Subscription, SubscriptionStats
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
    scripted_server.add("s", "struct", value=0)
    return scripted_server


async def arrived(sub: Subscription[Value], count: int) -> SubscriptionStats:
    await eventually(lambda: sub.stats().arrived >= count)
    stats = sub.stats()
    assert stats.arrived == count
    check(stats)
    return stats


def check(stats: SubscriptionStats) -> None:
    assert stats.received + stats.queued + stats.squashed + stats.dropped == stats.arrived


async def drain(sub: Subscription[Value]) -> list[Value]:
    """What is queued, the last being 99."""
    values: list[Value] = []
    while not values or int(values[-1].value) != 99:
        values.append(await sub.first())
    check(sub.stats())
    return values


FIELDS = ["gain", "label", "data", "inner.x", "inner.y"]
TEXTS = {"gain": "1", "label": "1", "data": "1,1", "inner.x": "1", "inner.y": "1"}


def post_marks(server: ScriptedServer) -> None:
    """Five updates that mark one field each, one that marks another, after one that marks nothing else."""
    for field in FIELDS:
        server.post("s", {field: TEXTS[field]})
    server.post("s", {"value": 99})


async def test_squash_unites_the_newest_two(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("s", max_queue=3, server_queue=BIG)
    await arrived(sub, 1)
    post_marks(server)
    stats = await arrived(sub, 7)
    assert (stats.queued, stats.max_queued, stats.squashed, stats.dropped) == (3, 3, 4, 0)
    values = await drain(sub)
    assert [value.changed() for value in values[1:]] == [
        {"gain"},
        {"label", "data", "inner.x", "inner.y", "value"},
    ]
    assert [float(value.gain) for value in values] == [0.0, 1.0, 1.0]
    assert values[-1].as_list("data") == [1, 1]
    assert values[0].as_list("data") == []
    assert (int(values[1].value), int(values[2].value)) == (0, 99)


async def test_squash_to_one_always_holds_the_latest(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("s", max_queue=1, server_queue=BIG)
    await arrived(sub, 1)
    post_marks(server)
    stats = await arrived(sub, 7)
    assert (stats.queued, stats.squashed) == (1, 6)
    (value,) = await drain(sub)
    assert value.changed() >= {*FIELDS, "value"}
    assert value.as_dict("inner") == {"x": 1, "y": 1.0}


async def test_drop_oldest_gives_its_marks_to_the_next(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("s", max_queue=3, overflow="drop_oldest", server_queue=BIG)
    await arrived(sub, 1)
    post_marks(server)
    stats = await arrived(sub, 7)
    assert (stats.queued, stats.max_queued, stats.squashed, stats.dropped) == (3, 3, 0, 4)
    values = await drain(sub)
    assert values[0].changed() == {"value", "gain", "label", "data", "inner.x"}
    assert [value.changed() for value in values[1:]] == [{"inner.y"}, {"value"}]
    assert [float(value["inner.y"]) for value in values] == [0.0, 1.0, 1.0]


async def test_error_gives_what_is_queued_and_then_raises(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("s", max_queue=3, overflow="error", server_queue=BIG)
    await arrived(sub, 1)
    for number in (1, 2, 3):
        server.post("s", {"value": number})
    stats = await arrived(sub, 4)
    assert (stats.queued, stats.dropped) == (3, 1)
    await server.event("end", pv="s", kind="monitor")  # the server sends no more
    got = []
    with pytest.raises(Overflow, match="monitor 's': more than 3 updates or 67108864 bytes") as caught:  # noqa: PT012
        async for value in sub:
            got.append(int(value.value))  # noqa: PERF401
    assert got == [0, 1, 2]
    assert caught.value.pv == "s"
    assert sub.closed
    check(sub.stats())


async def test_block_leaves_the_updates_with_the_server(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("s", max_queue=3, overflow="block", pipeline=True, server_queue=4)
    await eventually(lambda: sub.stats().queued == 1)
    for number in range(1, 100):
        server.post("s", {"value": number})
    await eventually(lambda: sub.stats().queued == 3)
    assert sub.stats().arrived == 3
    values = [int(value.value) for value in await drain(sub)]
    assert values[:5] == [0, 1, 2, 3, 4]  # ours, and what pvxs kept
    assert values == sorted(set(values))
    stats = sub.stats()
    assert (stats.squashed, stats.dropped) == (0, 0)
    assert stats.max_queued == 3


async def test_no_bound(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("s", max_queue=None, max_bytes=None, server_queue=BIG)
    await arrived(sub, 1)
    for number in range(1, 1500):
        server.post("s", {"value": number})
    server.post("s", {"value": 99})
    stats = await arrived(sub, 1501)
    assert (stats.queued, stats.max_queued) == (1501, 1501)


@pytest.mark.parametrize("overflow", ["squash", "drop_oldest"])
async def test_bytes_bound_too(server: ScriptedServer, ctx: Context, overflow: str) -> None:
    server.add("big", "int32[]")
    size = 25_000 * 4
    sub = ctx.monitor("big", max_bytes=4 * size, overflow=overflow, server_queue=BIG)  # type: ignore[call-overload]
    await arrived(sub, 1)
    for number in range(1, 11):
        server.post("big", {"value": [number] * 25_000})
    stats = await arrived(sub, 11)
    # the first is empty, and stays where the newest are united
    assert (stats.queued, stats.squashed, stats.dropped) == ((4, 7, 0) if overflow == "squash" else (3, 0, 8))
    assert 3 * size < stats.bytes < 4 * size
    values = [await sub.first() for _ in range(stats.queued)]
    assert [value.as_list("value")[-1:] for value in values] == (
        [[], [1], [2], [10]] if overflow == "squash" else [[8], [9], [10]]
    )
    assert sub.stats().bytes == 0


async def test_value_larger_than_all_bytes_is_kept(server: ScriptedServer, ctx: Context) -> None:
    server.add("big", "double[]")
    server.fill("big", 10_000)
    sub = ctx.monitor("big", max_bytes=1000)
    assert len((await sub.first()).value) == 10_000


async def test_unions_that_become_null_and_change_are_squashed(server: ScriptedServer, ctx: Context) -> None:
    server.add("c", "compound")
    sub = ctx.monitor("c", max_queue=1, server_queue=BIG)
    await arrived(sub, 1)
    for number in range(5):
        server.post("c", {"choice->second": number})
    await arrived(sub, 6)
    value = await sub.first()
    assert int(value["choice->second"]) == 4
    assert "choice" in value.changed()
    assert len(value.as_py("rows")) == 3


@pytest.mark.parametrize("overflow", ["squash", "drop_oldest"])
async def test_nothing_is_united_across_a_reconnect(
    server: ScriptedServer, ctx: Context, overflow: str
) -> None:
    sub = ctx.monitor("s", events=True, max_queue=2, overflow=overflow, server_queue=BIG)  # type: ignore[call-overload]
    await eventually(lambda: sub.stats().arrived == 1)
    for number in (1, 2, 3):
        server.post("s", {"value": number})
    await eventually(lambda: sub.stats().arrived == 4)
    server.retype("s", "double", {"value": 99.0})
    server.drop()
    await eventually(lambda: sub.stats().arrived == 5)
    stats = sub.stats()
    assert stats.queued == 2
    check(stats)
    items: list[object] = []
    while not items or not isinstance(items[-1], Value) or float(items[-1].value) != 99.0:
        items.append(await anext(sub))
    states = [item.connected for item in items if isinstance(item, ConnectionState)]
    values = [item for item in items if isinstance(item, Value)]
    assert states == [True, False, True]
    assert [float(value.value) for value in values] == [3.0, 99.0]  # the latest of each connection
    assert [item.connected if isinstance(item, ConnectionState) else None for item in items] == [
        True, None, False, True, None,
    ]  # fmt: skip
    assert "gain" not in values[1]


async def test_many_connections_fill_no_queue(server: ScriptedServer, ctx: Context) -> None:
    sub = ctx.monitor("s", events=True, max_queue=2)
    await eventually(lambda: sub.stats().arrived == 1)
    for number in range(2, 7):
        server.close_channels("s")
        await eventually(lambda number=number: sub.stats().arrived == number, timeout=60)  # type: ignore[misc]
        check(sub.stats())
    stats = sub.stats()
    # each gave one update, which only a later one may replace
    assert (stats.queued, stats.max_queued, stats.squashed, stats.dropped) == (2, 2, 0, 4)
    sub.close()
