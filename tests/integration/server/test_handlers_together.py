"""Answers of handlers that end in one turn of the event loop, which are sent together."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from aiopvxs import Context, RemoteError, Server, SharedPV
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Operation
from aiopvxs.server._answers import Answers
from aiopvxs.sync import Context as Blocking
from waiting import eventually

PVS = 20


class Held:
    """PVs whose handlers end when they are let go, all in one turn."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.gates: list[asyncio.Future[None]] = []
        self.pvs = {f"pv:{number}": self._pv() for number in range(PVS)}

    def _pv(self) -> SharedPV:
        pv = SharedPV(NTScalar(T.Int32), 0, serial=False)

        async def handler(op: Operation) -> object:
            self.operations.append(op)
            self.gates.append(gate := asyncio.get_running_loop().create_future())
            await gate
            if op.kind == "put" and op.value.as_int("value") < 0:
                raise RemoteError("negative")
            return 7 if op.kind == "rpc" else None

        pv.on_put(handler)
        pv.on_rpc(handler)
        return pv

    def let_go(self) -> None:
        for gate in self.gates:
            if not gate.done():
                gate.set_result(None)


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
async def ctx(held: Held) -> AsyncIterator[Context]:
    async with (
        Server(held.pvs, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as context,
    ):
        yield context


async def test_each_gets_its_own_answer(held: Held, ctx: Context) -> None:
    for _ in range(5):
        puts = [ctx.put(name, -1 if number % 5 == 0 else number) for number, name in enumerate(held.pvs)]
        calls = [ctx.rpc(name, {"a": 1}) for name in held.pvs]
        await eventually(lambda: sum(not gate.done() for gate in held.gates) == 2 * PVS)
        held.let_go()
        answers = await asyncio.gather(*puts, return_exceptions=True)
        assert [isinstance(each, RemoteError) for each in answers] == [n % 5 == 0 for n in range(PVS)]
        assert [each.as_int("value") for each in await asyncio.gather(*calls)] == [7] * PVS


async def test_a_client_that_cancels_gets_no_answer_in_its_next_put(held: Held, ctx: Context) -> None:
    puts = [ctx.put(name, 1) for name in held.pvs]
    await eventually(lambda: len(held.gates) == PVS)
    held.let_go()
    for put in puts[::2]:
        put.cancel()
    await asyncio.gather(*puts, return_exceptions=True)
    again = [ctx.put(name, 2) for name in held.pvs]
    await eventually(lambda: len(held.gates) == 2 * PVS)
    done, _ = await asyncio.wait(again, timeout=0.2)
    assert not done  # none of them has taken an answer of before
    held.let_go()
    await asyncio.gather(*again)


async def test_a_loop_that_does_not_get_to_it_does_not_keep_answers(
    held: Held, ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Answers, "_flush", lambda _: None)  # the end of the turn never comes
    puts = [ctx.put(name, 1) for name in held.pvs]
    await eventually(lambda: len(held.gates) == PVS)
    held.let_go()
    await asyncio.gather(*puts)


def test_a_loop_that_stands_still_does_not_keep_answers(held: Held) -> None:
    loop = asyncio.new_event_loop()

    async def start() -> Server:
        server = Server(held.pvs, Config.isolated())
        server.start()
        return server

    async def all_begun() -> None:
        await eventually(lambda: sum(not gate.done() for gate in held.gates) == PVS)

    async def end_of_handlers() -> None:
        held.let_go()
        await eventually(lambda: all(op.finished for op in held.operations))

    server = loop.run_until_complete(start())
    answers: list[object] = []

    def client() -> None:
        with Blocking(server.client_config(), use_env=False, timeout=20.0) as blocking:
            answers.append(blocking.put(dict.fromkeys(held.pvs, 1)))

    thread = threading.Thread(target=client)
    thread.start()
    try:
        loop.run_until_complete(all_begun())
        loop.run_until_complete(end_of_handlers())
        thread.join(20.0)  # the loop stands still
        assert len(answers) == 1
    finally:
        server.stop()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
