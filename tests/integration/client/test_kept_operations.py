"""The state table of kept operations, row by row, against a scripted pvxs server.

The rows are those of docs/explanation/kept-operations.md. "Waiting" is a request that no EXEC was issued
for, "sent" one whose EXEC is on its way.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from aiopvxs import Closed, Context, Disconnected, RemoteError, Timeout
from peers import ScriptedServer


@pytest.fixture
async def ctx(scripted_server: ScriptedServer) -> AsyncIterator[Context]:
    context = Context(scripted_server.config, use_env=False, timeout=20.0)
    yield context
    await context.aclose()


@pytest.fixture
def server(scripted_server: ScriptedServer) -> ScriptedServer:
    scripted_server.add("x", "int32", value=1)
    return scripted_server


async def test_row_1_type_of_a_reconnected_channel_is_the_new_one(
    server: ScriptedServer, ctx: Context
) -> None:
    assert int((await ctx.get("x")).value) == 1
    server.retype("x", "double", {"value": 2.5})
    server.drop()
    await server.event("init", pv="x", kind="get", count=2)
    assert float((await ctx.get("x")).value) == 2.5


async def test_row_1_waiting_put_is_converted_again_for_the_new_type(
    server: ScriptedServer, ctx: Context
) -> None:
    await ctx.put("x", 5)
    server.on("x", "exec", "fetch", "hold", times=1)
    first = ctx.put("x", lambda present: {"value": int(present.value) + 1})
    await server.event("exec", pv="x", request_kind="fetch")
    second = ctx.put("x", 7)  # converted to int32 already, and waiting behind the first
    server.retype("x", "double", {"value": 10.5})
    server.drop()
    await first
    await second
    # pvxs alone would have sent the bytes of an int32, and the server have read 0
    executed = [event["value"]["value"] for event in server.events("exec", pv="x", request_kind="put")]
    assert executed == [5, 11.0, 7.0]
    assert server.value("x")["value"] == 7.0


@pytest.mark.parametrize("kind", ["get", "put"])
async def test_row_2_refused_init_fails_all_and_a_new_request_starts_anew(
    server: ScriptedServer, ctx: Context, kind: str
) -> None:
    def request() -> asyncio.Future[object]:
        return ctx.get("x") if kind == "get" else ctx.put("x", 3)  # type: ignore[return-value]

    server.on("x", "init", kind, "refuse", text="not today", times=1)  # type: ignore[arg-type]
    results = await asyncio.gather(request(), request(), return_exceptions=True)
    for result in results:
        assert isinstance(result, RemoteError)
        assert str(result) == "not today"
        assert result.pv == "x"
    await request()  # row 13
    assert server.counts("x")[f"init {kind}"] == 2


async def test_row_3_one_operation_serves_many_gets_and_puts(server: ScriptedServer, ctx: Context) -> None:
    for number in range(20):
        await ctx.put("x", number)
        assert int((await ctx.get("x")).value) == number
    counts = server.counts("x")
    assert (counts["init get"], counts["exec get"]) == (1, 20)
    assert (counts["init put"], counts["exec put"]) == (1, 20)
    assert counts["create"] == 1


@pytest.mark.parametrize("kind", ["get", "put"])
async def test_row_4_refused_exec_leaves_the_operation_usable(
    server: ScriptedServer, ctx: Context, kind: str
) -> None:
    def request() -> asyncio.Future[object]:
        return ctx.get("x") if kind == "get" else ctx.put("x", 3)  # type: ignore[return-value]

    await request()
    server.on("x", "exec", kind, "refuse", text="busy", times=1)  # type: ignore[arg-type]
    with pytest.raises(RemoteError, match="^busy$"):
        await request()
    await request()
    assert server.counts("x")[f"init {kind}"] == 1


async def test_row_4_refused_fetch_ends_the_operation_and_the_next_put_makes_another(
    server: ScriptedServer, ctx: Context
) -> None:
    server.on("x", "exec", "fetch", "refuse", text="write only", times=1)
    with pytest.raises(RemoteError, match="^write only$"):
        await ctx.put("x", lambda present: 9)
    await ctx.put("x", lambda present: int(present.value) + 1)
    assert server.value("x")["value"] == 2
    assert server.counts("x")["init put"] == 2


async def test_rows_5_and_9_put_in_flight_fails_and_is_not_executed_again(
    server: ScriptedServer, ctx: Context
) -> None:
    server.on("x", "exec", "put", "drop", times=1)
    with pytest.raises(Disconnected, match="put 'x'.*connection.*not repeated") as caught:
        await ctx.put("x", 42)
    assert caught.value.pv == "x"
    assert caught.value.time is not None
    await ctx.put("x", 43)
    executed = [event["value"]["value"] for event in server.events("exec", pv="x", kind="put")]
    assert executed == [42, 43]


async def test_row_6_init_refused_after_a_loss_while_executing(server: ScriptedServer, ctx: Context) -> None:
    server.on("x", "exec", "get", "stop", times=1)
    server.on("x", "exec", "fetch", "never", times=1)
    await ctx.put("x", 2)
    fetching = ctx.put("x", lambda present: 3)
    await server.event("exec", pv="x", request_kind="fetch")
    reading = ctx.get("x")
    await server.event("exec", pv="x", request_kind="get")
    for kind in ("get", "put"):
        server.on("x", "init", kind, "refuse", text="gone", times=1)  # type: ignore[arg-type]
    server.start()
    results = await asyncio.gather(reading, fetching, return_exceptions=True)
    assert [str(result) for result in results] == ["gone", "gone"]
    await ctx.put("x", 4)
    assert int((await ctx.get("x")).value) == 4


async def test_row_6_init_refused_after_a_reconnect_fails_those_waiting(
    server: ScriptedServer, ctx: Context
) -> None:
    await ctx.get("x")
    await ctx.put("x", 2)
    for kind in ("get", "put"):
        server.on("x", "init", kind, "refuse", text="gone", times=1)
    server.stop()
    get, put = ctx.get("x"), ctx.put("x", 3)
    server.start()
    results = await asyncio.gather(get, put, return_exceptions=True)
    assert [str(result) for result in results] == ["gone", "gone"]
    await ctx.put("x", 4)
    assert int((await ctx.get("x")).value) == 4


async def test_rows_7_and_8_gets_outlive_connections_lost_at_any_moment(
    server: ScriptedServer, ctx: Context
) -> None:
    done = asyncio.Event()

    async def read() -> int:
        count = 0
        while not done.is_set():
            assert int((await ctx.get("x")).value) == 1
            count += 1
        return count

    readers = [asyncio.create_task(read()) for _ in range(5)]
    for number in range(10):
        server.drop()
        await server.event("exec", pv="x", kind="get", since=server.mark(), count=3)
        assert server.counts("x")["create"] >= number
    done.set()
    counts = await asyncio.gather(*readers)
    assert all(counts)


async def test_row_9_get_in_flight_is_sent_again_on_the_next_connection(
    server: ScriptedServer, ctx: Context
) -> None:
    server.on("x", "exec", "get", "drop", times=1)
    assert int((await ctx.get("x")).value) == 1
    assert server.counts("x")["exec get"] == 2


async def test_row_9_get_that_processes_is_not_sent_again(server: ScriptedServer, ctx: Context) -> None:
    server.on("x", "exec", "get", "drop", times=1)
    with pytest.raises(Disconnected, match="get 'x'"):
        await ctx.get("x", process=True)
    assert server.counts("x")["exec get"] == 1
    request = server.events("exec", pv="x")[0]["request"]
    assert request["record"]["_options"]["process"] == "true"
    assert int((await ctx.get("x", process=True)).value) == 1


async def test_gets_that_process_do_not_share_an_exec(server: ScriptedServer, ctx: Context) -> None:
    await asyncio.gather(*(ctx.get("x", process=True) for _ in range(5)))
    assert server.counts("x")["exec get"] == 5


async def test_row_9_fetch_in_flight_is_sent_again(server: ScriptedServer, ctx: Context) -> None:
    server.on("x", "exec", "fetch", "drop", times=1)
    await ctx.put("x", lambda present: int(present.value) + 10)
    assert server.value("x")["value"] == 11
    assert server.counts("x")["exec put"] == 1


@pytest.mark.parametrize("kind", ["get", "put"])
async def test_row_10_cancelling_the_last_of_an_exec_reaches_the_server(
    server: ScriptedServer, ctx: Context, kind: str
) -> None:
    server.on("x", "exec", kind, "hold", times=1)  # type: ignore[arg-type]
    held = ctx.get("x") if kind == "get" else ctx.put("x", 5)
    await server.event("exec", pv="x", kind=kind)
    waiting = ctx.get("x") if kind == "get" else ctx.put("x", 6)
    held.cancel()
    await server.event("cancel", pv="x", kind=kind)
    with pytest.raises(asyncio.CancelledError):
        await held
    await waiting  # on an operation made anew


async def test_row_10_timeout_of_a_get_that_is_never_answered_does_not_block_the_others(
    server: ScriptedServer, ctx: Context
) -> None:
    server.on("x", "exec", "get", "never", times=1)
    stuck = ctx.get("x", timeout=0.2)
    await server.event("exec", pv="x", kind="get")
    other = ctx.get("x")
    with pytest.raises(Timeout, match="get 'x'.*has not answered") as caught:
        await stuck
    assert caught.value.phase == "exec"
    assert int((await other).value) == 1


async def test_row_11_cancelling_one_of_several_leaves_the_others(
    server: ScriptedServer, ctx: Context
) -> None:
    server.on("x", "exec", "get", "hold", times=2)
    first = ctx.get("x")
    await server.event("exec", pv="x", kind="get")
    shared = [ctx.get("x") for _ in range(4)]
    shared[0].cancel()  # waiting
    server.release("x", "exec", "get")
    await first
    await server.event("exec", pv="x", kind="get", count=2)
    shared[1].cancel()  # sent
    server.release("x", "exec", "get")
    for operation in shared[2:]:
        assert int((await operation).value) == 1
    counts = server.counts("x")
    assert (counts["init get"], counts["exec get"], counts["cancel get"]) == (1, 2, 0)


async def test_waiters_of_one_exec_get_values_of_their_own(server: ScriptedServer, ctx: Context) -> None:
    server.on("x", "exec", "get", "hold", times=1)
    first = ctx.get("x")
    await server.event("exec", pv="x", kind="get")
    second, third = ctx.get("x"), ctx.get("x")
    server.release("x", "exec", "get")
    await first
    one, other = await second, await third
    one.value = 99
    assert int(other.value) == 1
    assert int((await ctx.get("x")).value) == 1


async def test_row_12_close_ends_everything_pending_at_once(server: ScriptedServer, ctx: Context) -> None:
    server.on("x", "exec", "get", "never")
    server.on("x", "exec", "put", "never")
    pending = [ctx.get("x"), ctx.put("x", 1), ctx.get("unknown"), ctx.put("unknown", 1)]
    await server.event("exec", pv="x", kind="get")
    await server.event("exec", pv="x", kind="put")
    pending += [ctx.get("x"), ctx.put("x", 1)]  # waiting behind
    ctx.close()
    for result in await asyncio.gather(*pending, return_exceptions=True):
        assert isinstance(result, Closed)
        assert result.pv in ("x", "unknown")
    with pytest.raises(Closed, match="get 'x': the Context is closed"):
        ctx.get("x")
    with pytest.raises(Closed, match="put 'x': the Context is closed"):
        ctx.put("x", 1)
    ctx.close()  # harmless


async def test_puts_are_executed_in_the_order_in_which_they_were_asked_for(
    server: ScriptedServer, ctx: Context
) -> None:
    await asyncio.gather(*(ctx.put("x", number) for number in range(100)))  # cold
    await asyncio.gather(*(ctx.put("x", number) for number in range(100)))  # warm
    executed = [event["value"]["value"] for event in server.events("exec", pv="x", kind="put")]
    assert executed == [*range(100), *range(100)]


async def test_put_does_not_wait_for_the_answer_to_the_one_before(
    server: ScriptedServer, ctx: Context
) -> None:
    server.on("x", "exec", "put", "hold", times=1)
    move = ctx.put("x", 1, wait=True)
    held = await server.event("exec", pv="x", kind="put")
    assert held["request"]["record"]["_options"]["block"] == "true"
    await ctx.put("x", 0)  # a stop, while the move is on
    assert not move.done()
    server.release("x", "exec", "put")
    await move


async def test_get_is_not_held_up_by_an_init_that_the_server_delays(
    server: ScriptedServer, ctx: Context
) -> None:
    server.on("x", "init", "put", "hold", times=1)
    put = ctx.put("x", 5)
    await server.event("init", pv="x", kind="put")
    assert int((await ctx.get("x")).value) == 1
    with pytest.raises(Timeout, match="has not accepted") as caught:
        await ctx.put("x", 6, timeout=0.1)
    assert caught.value.phase == "init"
    server.release("x", "init", "put")
    await put


async def test_large_replies_are_not_kept(server: ScriptedServer, ctx: Context) -> None:
    server.add("big", "double[]")
    server.fill("big", 200_000)  # 1.6 MB
    for _ in range(2):
        assert len((await ctx.get("big")).value) == 200_000
    await server.event("end", pv="big", kind="get", count=2)  # released after each reply
    assert server.counts("big")["init get"] == 2


async def test_nothing_is_kept_of_a_pv_that_was_not_found(server: ScriptedServer, ctx: Context) -> None:
    with pytest.raises(Timeout, match="get 'nowhere'.*was not found") as caught:
        await ctx.get("nowhere", timeout=0.05)
    assert (caught.value.pv, caught.value.phase) == ("nowhere", "connect")
    assert ctx._core.channel_count == 0
    await ctx.get("x")
    assert ctx._core.channel_count == 1


@pytest.mark.parametrize(("kind", "most"), [("get", 8), ("put", 32)])
async def test_operations_of_ever_new_requests_are_not_kept(
    server: ScriptedServer, ctx: Context, kind: str, most: int
) -> None:
    for number in range(most + 20):
        request = f"field()record[number={number}]"
        await (ctx.get("x", request=request) if kind == "get" else ctx.put("x", number, request=request))
    await server.event("end", pv="x", kind=kind, count=19)
    await (ctx.get("x") if kind == "get" else ctx.put("x", 77))
