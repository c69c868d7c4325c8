"""Monitors with flow control (``record[pipeline=true]``) of clients that are not ours.

A PVXS server does not go on sending by itself when an acknowledgement opens a window that was closed: what
waits then waits for the next post. Our own client asks again; these do not.
"""

from __future__ import annotations

import asyncio
import queue
import random
import threading
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING

import pytest

import aiopvxs
from aiopvxs import Server, SharedPV
from aiopvxs.data import Member, TypeDef
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Handler, Operation, QueueReport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peers.line_process import LineProcess

    from .conftest import StartProgram

pytestmark = pytest.mark.skipif(
    "flow_control" not in aiopvxs.features,
    reason="PVXS 1.4 does not tell how many updates wait, so none can be kept for an open window",
)

QUEUE = 4


@pytest.fixture
def pv() -> SharedPV:
    return SharedPV(NTScalar(T.Int32), 0)


@pytest.fixture
def server(pv: SharedPV) -> Iterator[Server]:
    with Server({"x": pv}, Config.isolated()) as running:
        yield running


async def queue_of(
    server: Server, wanted: Callable[[QueueReport], bool] = lambda queue: True, clients: int = 1
) -> QueueReport:
    """Return the queue of a monitor, once so many clients have one and this is as wanted."""
    for _ in range(4000):
        report = await server.report()
        queues = [
            queue for client in report.connections for channel in client.channels for queue in channel.queues
        ]
        if len(queues) == clients and wanted(queues[0]):
            return queues[0]
        await asyncio.sleep(0.005)
    raise TimeoutError(f"it did not happen: {report}")


async def closed(server: Server) -> None:
    """Wait until the client has all that it has room for: everything else waits here."""
    await queue_of(server, lambda queue: queue.queued >= QUEUE)


async def until_closed(server: Server, pv: SharedPV, after: int) -> int:
    """Post numbers, a hundred and more, until the client has all that it has room for; return the last."""
    for number in range(after + 1, after + 5000):
        pv.post(number)
        if number >= after + 100 and (await queue_of(server)).queued >= QUEUE:
            return number
    raise TimeoutError("the client takes them all")


async def sent(server: Server) -> None:
    """Wait until nothing waits."""
    await queue_of(server, lambda queue: not queue.queued)


async def until(client: LineProcess, last: int, turn: int = 1) -> list[int]:
    """What a client takes, until value ``last``."""
    client.send(str(last))
    seen = await client.wait_async(lambda message: "seen" in message, count=turn, timeout=60)
    return list(seen["seen"])


async def test_a_pvxs_client(start_program: StartProgram, server: Server, pv: SharedPV) -> None:
    client = await asyncio.to_thread(start_program, "flow", server, "x", QUEUE)
    await queue_of(server)
    for turn in range(1, 6):
        last = 100 * turn
        for number in range(last - 99, last + 1):
            pv.post(number)
        await closed(server)
        seen = await until(client, last, turn)
        assert seen == sorted(set(seen))
        assert seen[-1] == last


async def test_every_update_arrives_where_the_queue_is_long_enough(
    start_program: StartProgram, server: Server, pv: SharedPV
) -> None:
    client = await asyncio.to_thread(start_program, "flow", server, "x", 50)
    await queue_of(server)
    for number in range(1, 100):  # 50 are sent, 50 wait
        pv.post(number)
        if number < 50:
            await sent(server)
    found = await queue_of(server)
    assert (found.queued, found.limit) == (50, 50)
    assert await until(client, 99) == list(range(100))


async def test_a_single_update_for_a_closed_window(
    start_program: StartProgram, server: Server, pv: SharedPV
) -> None:
    client = await asyncio.to_thread(start_program, "flow", server, "x", QUEUE)
    await queue_of(server)
    for number in range(1, QUEUE):
        pv.post(number)
        await sent(server)
    pv.post(QUEUE)
    assert await until(client, QUEUE) == list(range(QUEUE + 1))


async def test_a_p4p_client(p4p: None, server: Server, pv: SharedPV) -> None:
    from p4p.client.thread import Context as P4pContext

    go = threading.Event()
    seen: queue.SimpleQueue[int] = queue.SimpleQueue()

    def callback(value: object) -> None:
        go.wait(20.0)
        seen.put(int(value))  # type: ignore[call-overload]

    def take(last: int) -> list[int]:
        got = [seen.get(timeout=20.0)]
        while got[-1] != last:
            got.append(seen.get(timeout=20.0))
        return got

    with P4pContext("pva", conf=server.client_config(), useenv=False) as ctx:
        subscription = ctx.monitor("x", callback, request=f"record[pipeline=true,queueSize={QUEUE}]")
        try:
            await queue_of(server)
            last = 0
            for _ in range(3):
                last = await until_closed(server, pv, last)
                go.set()
                got = await asyncio.to_thread(take, last)
                assert got == sorted(set(got))
                go.clear()
        finally:
            go.set()
            await asyncio.to_thread(subscription.close)


async def test_the_monitor_of_a_handler(start_program: StartProgram) -> None:
    handler = Handler(NTScalar(T.Int32))
    watched, done = asyncio.Event(), asyncio.Event()

    @handler.on_monitor
    async def _(op: Operation) -> AsyncGenerator[int]:
        yield 0
        await watched.wait()
        for number in range(1, 101):
            yield number
        await done.wait()

    async with Server({"x": handler}, Config.isolated()) as server:
        client = await asyncio.to_thread(start_program, "flow", server, "x", QUEUE)
        await queue_of(server)
        watched.set()
        await closed(server)
        seen = await until(client, 100)
        done.set()
    assert seen == sorted(set(seen))


async def test_what_the_client_did_not_ask_for_takes_no_room(
    start_program: StartProgram, server: Server, pv: SharedPV
) -> None:
    client = await asyncio.to_thread(start_program, "flow", server, "x", QUEUE, "field(value,display.units)")
    await queue_of(server)
    for number in range(1, QUEUE):
        pv.post(number)
        await sent(server)
    for number in range(QUEUE, 2 * QUEUE):
        for severity in range(10):
            pv.post({"alarm.severity": severity % 3})
        pv.post(number)
    assert (await queue_of(server)).queued == QUEUE
    assert await until(client, 2 * QUEUE - 1) == list(range(2 * QUEUE))


async def test_a_union_that_becomes_null_while_it_waits(start_program: StartProgram) -> None:
    """PVXS cannot squash it."""
    choices = [Member(T.Int32, "number"), Member(T.String, "text")]
    pv = SharedPV(
        TypeDef(T.Struct, [Member(T.Int32, "value"), Member(T.Union, "any", choices)]), {"value": 0}
    )
    async with Server({"x": pv}, Config.isolated()) as server:
        client = await asyncio.to_thread(start_program, "flow", server, "x", QUEUE)
        await queue_of(server)
        for number in range(1, 30):
            pv.post({"value": number, "any": None if number % 2 else ("text", "a")})
        await closed(server)
        seen = await until(client, 29)
    assert seen == sorted(set(seen))


async def test_squashed_updates_are_counted(
    start_program: StartProgram, server: Server, pv: SharedPV
) -> None:
    client = await asyncio.to_thread(start_program, "flow", server, "x", QUEUE)
    await queue_of(server)
    for number in range(1, 101):
        pv.post(number)
    await closed(server)
    found = await queue_of(server)
    assert (found.queued, found.max_queued, found.limit) == (QUEUE, QUEUE, QUEUE)
    seen = await until(client, 100)
    (connection,) = (await server.report()).connections
    (channel,) = connection.channels
    assert channel.squashed == 101 - len(seen)


async def test_a_pv_is_closed_and_a_client_killed_while_updates_wait(
    start_program: StartProgram, server: Server, pv: SharedPV
) -> None:
    client = await asyncio.to_thread(start_program, "flow", server, "x", QUEUE)
    killed = await asyncio.to_thread(start_program, "flow", server, "x", QUEUE)
    await queue_of(server, clients=2)
    for number in range(1, 101):
        pv.post(number)
    await asyncio.to_thread(killed.kill)
    pv.close()
    pv.open(7)
    seen = await until(client, 7)
    assert seen[-1] == 7


@pytest.mark.parametrize("size", [2, 5])
async def test_bursts_of_threads_end_with_the_last_value(
    start_program: StartProgram, server: Server, pv: SharedPV, size: int
) -> None:
    """Whatever comes between a post and an acknowledgement."""
    clients = [await asyncio.to_thread(start_program, "flow", server, "x", size) for _ in range(3)]
    draw = random.Random(1)

    def burst(first: int, count: int) -> None:
        for number in range(first, first + count):
            pv.post(number)

    number = 1
    for turn in range(1, 201):
        count = draw.randrange(1, 20)
        posting = asyncio.create_task(asyncio.to_thread(burst, number, count))
        number += count
        taken: list[list[int]] = await asyncio.gather(
            *(until(client, number - 1, turn) for client in clients)
        )
        await posting
        for seen in taken:
            assert seen == sorted(set(seen))
            assert seen[-1] == number - 1
