"""Server.report(): who is connected, and what was squashed."""

from __future__ import annotations

import asyncio

import pytest

import aiopvxs
from aiopvxs import Context, Server, SharedPV
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import ChannelReport, Config, QueueReport, Report
from waiting import eventually

COUNTS = "squash_counts" in aiopvxs.features


@pytest.fixture
def pv() -> SharedPV:
    return SharedPV(NTScalar(T.Int32), 0)


def channel(report: Report, name: str) -> ChannelReport:
    (found,) = [
        each for connection in report.connections for each in connection.channels if each.name == name
    ]
    return found


async def test_nobody(pv: SharedPV) -> None:
    server = Server({"pv": pv}, Config.isolated())
    assert (await server.report()).connections == ()
    async with server:
        assert (await server.report()).connections == ()
    assert (await server.report()).connections == ()


async def test_a_client_and_its_channels(pv: SharedPV) -> None:
    async with (
        Server({"pv": pv, "other": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        await ctx.get(["pv", "other"])
        (connection,) = (await server.report()).connections
        assert connection.peer.startswith("127.0.0.1:")
        assert connection.method == "ca"
        assert connection.account
        assert connection.tx > 0 < connection.rx
        assert {each.name for each in connection.channels} == {"pv", "other"}
        assert all(each.tx > 0 < each.rx for each in connection.channels)
        found = channel(await server.report(), "pv")
        assert (found.subscriptions, found.queues) == (0, ())
        async with ctx.monitor("pv") as one, ctx.monitor("pv", fields="value") as two:
            await asyncio.gather(one.first(), two.first())
            found = channel(await server.report(), "pv")
            assert (found.subscriptions, len(found.queues)) == (2, 2 if COUNTS else 0)
            assert all(queue.queued <= queue.max_queued <= queue.limit for queue in found.queues)
            one.close()
            for _ in range(1000):
                if channel(await server.report(), "pv").subscriptions < 2:
                    break
                await asyncio.sleep(0.01)
            assert channel(await server.report(), "pv").subscriptions == 1
            assert len(channel(await server.report(), "pv").queues) == (1 if COUNTS else 0)


async def test_what_was_squashed(pv: SharedPV) -> None:
    async with (
        Server({"pv": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
        ctx.monitor("pv", max_queue=None) as sub,
    ):
        await sub.first()
        for number in range(1, 2001):
            pv.post(number)
        last = await ctx.get("pv")
        assert int(last.value) == 2000
        await eventually(lambda: sub.stats().arrived > 1)
        seen = [1]
        while seen[-1] != 2000:
            seen.append(int((await sub.first()).value))
        squashed = channel(await server.report(), "pv").squashed
        if COUNTS:
            assert squashed == 2000 - (sub.stats().arrived - 1)
        else:
            assert squashed is None


@pytest.mark.skipif(not COUNTS, reason="PVXS 1.4 counts the updates in its queues wrongly")
async def test_what_waits_to_be_sent(pv: SharedPV) -> None:
    async with (
        Server({"pv": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
        ctx.monitor("pv", server_queue=5) as sub,
    ):

        async def queue() -> QueueReport:
            (found,) = channel(await server.report(), "pv").queues
            return found

        await sub.first()
        now = await queue()
        assert (now.queued, now.limit) == (0, 5)
        sub.pause()
        number = 0
        while now.queued < 5:  # what is posted before the server knows of the pause is sent
            number += 1
            assert number < 10_000
            pv.post(number)
            now = await queue()
        assert (now.queued, now.max_queued) == (5, 5)
        for last in (-2, -1):
            pv.post(last)
        assert (await queue()).queued == 5
        sub.resume()
        while int((await sub.first()).value) != -1:
            pass
        emptied = await queue()
        assert (emptied.queued, emptied.limit) == (0, 5)
        assert emptied.max_queued >= 5
