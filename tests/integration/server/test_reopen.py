"""Closing and opening PVs while clients ask for them.

``AIOPVXS_STRESS=full`` opens a PV 1,000 times with 20 clients.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

import pytest

from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Server, SharedPV

if TYPE_CHECKING:
    from peers import CommandClient

    from .conftest import StartProgram, Until

OPENINGS, CLIENTS = (1000, 20) if os.environ.get("AIOPVXS_STRESS") == "full" else (300, 12)

NUMBER = NTScalar(T.Int32).build().create()
NUMBER["value"] = 1
REAL = NTScalar(T.Float64).build().create()
REAL["value"] = 2.5


@pytest.mark.timeout(240 if OPENINGS == 300 else 1200)
async def test_openings_with_changing_types_under_load(start_program: StartProgram, until: Until) -> None:
    """pvxs's own SharedPV deadlocks here within a few openings."""
    pv = SharedPV()
    async with Server({"x": pv}, Config.isolated()) as server:
        load = start_program("load", server, "x", CLIENTS)
        for number in range(OPENINGS):
            if number % 6 == 0:  # a client whose channel was closed takes its time to come back
                await until(lambda: pv._core.stat().waiting)
            pv.open(NUMBER if number % 2 else REAL)
            pv.post(number)
            if number % 30 == 0:
                await until(lambda: pv._core.stat().subscribers)
            pv.close()
        pv.open(NUMBER)

        def tally() -> dict[str, Any]:
            start = len(load.messages())
            load.send("tell")
            return load.wait(lambda _: True, start=start)

        await until(lambda: all(tally()[kind] for kind in ("gets", "puts", "infos", "updates")))
        assert await asyncio.to_thread(load.close, 120) == 0
        final = load.messages()[-1]
    assert final["hung"] == 0
    assert final["errors"] == []


async def test_pending_operations_complete_when_the_pv_opens(
    command_client: type[CommandClient], until: Until
) -> None:
    pv = SharedPV(NTScalar(T.Int32))
    async with Server({"x": pv}, Config.isolated()) as server:
        client = command_client(server.client_config())
        commands = [("get", "x"), ("put", "x", "value", 5), ("info", "x"), ("monitor", "x", 1)]
        pending = [asyncio.create_task(client(*command)) for command in commands]
        await until(lambda: pv._core.stat().waiting == len(commands))
        assert not any(task.done() for task in pending)
        pv.open(4)
        outcomes = await asyncio.gather(*pending)
    assert [outcome.status for outcome in outcomes] == [0, 0, 0, 0], outcomes
    assert outcomes[0].value["value"] in (4, 5)
    assert pv._core.stat().waiting == 0


async def test_a_pv_that_closes_while_clients_wait_lets_them_wait_on(
    command_client: type[CommandClient], until: Until
) -> None:
    pv = SharedPV(NTScalar(T.Int32), 1)
    async with Server({"x": pv}, Config.isolated()) as server:
        client = command_client(server.client_config())
        pv.close()
        waiting = asyncio.create_task(client("get", "x"))
        await until(lambda: pv._core.stat().waiting == 1)
        pv.close()  # closed already: nothing changes for who waits
        assert pv._core.stat().waiting == 1
        pv.open(2)
        assert (await waiting).value["value"] == 2


async def test_a_client_that_leaves_waits_no_more(command_client: type[CommandClient], until: Until) -> None:
    pv = SharedPV(NTScalar(T.Int32))
    async with Server({"x": pv}, Config.isolated()) as server:
        outcome = await command_client(server.client_config())("get", "x", timeout=1.0)
        assert outcome.error[0] == "timeout"
        await until(lambda: not pv._core.stat().channels)
        assert pv._core.stat().waiting == 0


async def test_a_subscriber_comes_back_with_the_new_type(p4p: None) -> None:
    from p4p.client.asyncio import Context as P4pContext

    pv = SharedPV()
    pv.open(NUMBER)
    async with Server({"x": pv}, Config.isolated()) as server:
        seen: asyncio.Queue[object] = asyncio.Queue()
        with P4pContext("pva", conf=server.client_config(), useenv=False, nt=False) as context:

            async def update(value: object) -> None:
                await seen.put(value)

            subscription = context.monitor("x", update)
            first = await seen.get()
            assert isinstance(first.value, int)
            pv.close()
            pv.open(REAL)
            second = await seen.get()
            assert isinstance(second.value, float)
            assert second.value == 2.5
            subscription.close()
            await subscription.wait_closed()
