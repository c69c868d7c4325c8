"""What clients may, as a function decides."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable
from typing import Any

import pytest

from aiopvxs.client import RemoteError
from peers.accounts import CONSOLE, allowed, double, monitored, names, serve, until_end
from waiting import eventually

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux has all addresses 127.x.y.z"
)


async def test_policy() -> None:
    asked: list[tuple[Any, ...]] = []

    async def policy(
        peer: str, account: str, roles: frozenset[str], method: str, name: str, right: str
    ) -> bool:
        await asyncio.sleep(0)
        asked.append((peer.partition(":")[0], account, method, name, right))
        assert roles == {account}
        return account == "anna" or (right == "read" and name != "closed")

    pvs = {"pv": double(), "closed": double()}
    async with serve(pvs, policy) as (_, client):
        async with client("anna") as ctx:
            await ctx.get("pv")
            await ctx.get("pv")  # by the same INIT
            await ctx.put("pv", 2.0)
            await ctx.put("pv", 3.0)
            assert await names(ctx) == ["closed", "pv"]
        assert asked[:1] == [(CONSOLE, "anna", "ca", "pv", "read")]
        assert [each[-1] for each in asked].count("write") == 2
        async with client("bob") as ctx:
            assert await monitored(ctx, "pv")
            assert not await allowed(ctx.put("pv", 4.0))
            assert not await allowed(ctx.get("closed"))
            assert await names(ctx) == ["pv"]
    assert pvs["pv"].current.as_float("value") == 3.0


async def test_policy_that_fails_denies(caplog: pytest.LogCaptureFixture) -> None:
    def raising(*_: object) -> bool:
        raise OSError("no database")

    def no_bool(*_: object) -> Any:
        return "yes"

    for policy in (raising, no_bool):
        async with serve({"pv": double()}, policy) as (_, client), client("anna") as ctx:
            assert not await allowed(ctx.get("pv"))
    texts = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert any("no database" in each for each in texts)
    assert any("'yes', which is no bool" in each for each in texts)


async def test_operations_wait_for_a_policy() -> None:
    gate = asyncio.Event()
    order: list[float] = []

    async def policy(peer: str, account: str, roles: object, method: str, name: str, right: str) -> bool:
        await gate.wait()
        return True

    pv = double()

    @pv.on_put
    def put(op: Any) -> None:
        order.append(op.value.as_float("value"))

    async with serve({"pv": pv, "free": double()}, policy) as (_, client), client("anna") as ctx:
        sub = ctx.monitor("pv")
        read = ctx.get("pv")
        puts = [ctx.put("pv", float(number)) for number in range(10)]
        left = ctx.get("pv", timeout=0.2)
        with pytest.raises(TimeoutError):
            await left
        assert not read.done()
        gate.set()
        assert float((await read).value) == 1.0
        await asyncio.gather(*puts)
        assert order == [float(number) for number in range(10)]
        await sub.first(timeout=20.0)
        sub.close()


async def test_review_of_a_policy() -> None:
    may: set[str] = {"anna", "bob"}

    def policy(peer: str, account: str, roles: object, method: str, name: str, right: str) -> bool:
        return account in may

    async with (
        serve({"pv": double()}, policy) as (server, client),
        client("anna") as anna,
        client("bob") as bob,
        anna.monitor("pv") as lost,
        bob.monitor("pv") as kept,
    ):
        await lost.first(timeout=20.0)
        await kept.first(timeout=20.0)
        may.discard("anna")
        server.review_access()
        with pytest.raises(RemoteError, match="Access denied"):
            await until_end(lost)
        assert kept.connected


@pytest.mark.parametrize("begun", [True, False])
async def test_review_that_is_cancelled_lets_nobody_stay(begun: bool) -> None:
    reviewing, answer = asyncio.Event(), True

    async def policy(peer: str, account: str, roles: object, method: str, name: str, right: str) -> bool:
        if begun and not answer and not reviewing.is_set():
            reviewing.set()
            await asyncio.sleep(3600)
        return answer

    async with (
        serve({"pv": double(), "other": double()}, policy) as (server, client),
        client("anna") as ctx,
        ctx.monitor("pv") as one,
        ctx.monitor("other") as two,
    ):
        for sub in (one, two):
            await sub.first(timeout=20.0)
        answer = False
        runner = server._runner
        if begun:
            server.review_access()
            await asyncio.wait_for(reviewing.wait(), 20.0)
            (task,) = runner._tasks
            task.cancel()
        else:
            spawn = runner.spawn

            def cancelled(coroutine: Awaitable[object]) -> asyncio.Task[object]:
                runner.spawn = spawn  # type: ignore[method-assign]
                task = spawn(coroutine)
                task.cancel()
                return task

            runner.spawn = cancelled  # type: ignore[method-assign]
            server.review_access()
        for sub in (one, two):  # they come back, and are refused
            with pytest.raises(RemoteError, match="Access denied"):
                await until_end(sub)


async def test_put_of_a_client_that_left_while_it_waited_is_not_done() -> None:
    gate, asked = asyncio.Event(), asyncio.Event()

    async def policy(peer: str, account: str, roles: object, method: str, name: str, right: str) -> bool:
        if right == "write":
            asked.set()
            await gate.wait()
        return True

    done: list[float] = []
    pv = double()
    pv.on_put(lambda op: done.append(op.value.as_float("value")))
    async with serve({"pv": pv}, policy) as (_, client):
        async with client("anna") as ctx:
            put = ctx.put("pv", 2.0)
            await asyncio.wait_for(asked.wait(), 20.0)
        await asyncio.gather(put, return_exceptions=True)
        await eventually(lambda: pv._core.stat().channels == 0)
        gate.set()
        async with client("bob") as ctx:
            await ctx.put("pv", 3.0)
    assert done == [3.0]


async def test_client_that_leaves_while_a_policy_decides() -> None:
    gate, asked = asyncio.Event(), asyncio.Event()

    async def policy(peer: str, account: str, roles: object, method: str, name: str, right: str) -> bool:
        asked.set()
        await gate.wait()
        return True

    pv = double()
    async with serve({"pv": pv}, policy) as (_server, client):
        for _ in range(5):
            async with client("anna") as ctx:
                asked.clear()
                sub, read = ctx.monitor("pv"), ctx.get("pv")
                await asyncio.wait_for(asked.wait(), 20.0)
                sub.close()
                read.cancel()
        gate.set()
        async with client("anna") as ctx:
            await ctx.get("pv")
            assert await monitored(ctx, "pv")
        await eventually(lambda: pv._core.stat().channels == 0)
        assert pv._core.stat().subscribers == pv._core.stat().waiting == 0


async def test_server_that_stops_while_a_policy_decides_answers() -> None:
    asked = asyncio.Event()

    async def policy(peer: str, account: str, roles: object, method: str, name: str, right: str) -> bool:
        asked.set()
        await asyncio.get_running_loop().create_future()
        return True

    async with serve({"pv": double()}, policy) as (server, client), client("anna") as ctx:
        read = ctx.get("pv")
        await asyncio.wait_for(asked.wait(), 20.0)
        await server.astop(grace=0.0)
        with pytest.raises(RemoteError, match="shutting down"):
            await read


async def test_question_is_answered_once() -> None:
    questions: list[Any] = []
    pv = double()
    async with serve({"pv": pv}, lambda *_: True) as (server, client), client("anna") as ctx:
        server._runner.decides = questions.append
        reading = ctx.get("pv")
        await eventually(lambda: questions)
        begin = questions.pop()
        assert begin.allow(1)
        assert not begin.deny("the other way")
        assert float((await reading).value) == 1.0
        writing = ctx.put("pv", 2.0)
        await eventually(lambda: questions)
        assert not begin.deny("this is of another question")
        assert not writing.done()
        (question,) = questions
        assert question.deny("not this one")
        assert not question.allow(2)
        with pytest.raises(RemoteError, match="^not this one$"):
            await writing
        assert questions == [question]
    assert pv.current.as_float("value") == 1.0
