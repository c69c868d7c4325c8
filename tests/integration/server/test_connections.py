"""A PV is told of its first client and of its last."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config
from waiting import eventually


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_connections_are_told_once_each_way(asynchronous: bool) -> None:
    told: list[tuple[str, SharedPV]] = []
    pv = SharedPV(NTScalar(T.Int32), 1)

    def note(what: str) -> Any:
        if not asynchronous:
            return lambda pv: told.append((what, pv))

        async def later(pv: SharedPV) -> None:
            await asyncio.sleep(0)
            told.append((what, pv))

        return later

    pv.on_first_connect(note("first"))
    pv.on_last_disconnect(note("last"))
    async with Server({"x": pv}, Config.isolated()) as server:
        settings = server.client_config()
        for _ in range(3):
            told.clear()
            async with Context(settings, use_env=False, timeout=20.0) as one:
                await one.get("x")
                async with Context(settings, use_env=False, timeout=20.0) as two:
                    await two.get("x")
                    await two.put("x", 2)
                await one.get("x")
                assert told == [("first", pv)]
            await eventually(lambda: len(told) == 2)
            assert told == [("first", pv), ("last", pv)]


async def test_closing_disconnects_once() -> None:
    told: list[str] = []
    pv = SharedPV(NTScalar(T.Int32))

    @pv.on_first_connect
    def _(pv: SharedPV) -> None:
        told.append("first")
        pv.open(1)

    @pv.on_last_disconnect
    def _(pv: SharedPV) -> None:
        told.append("last")
        pv.close()

    async with Server({"x": pv}, Config.isolated()) as server:
        settings = server.client_config()
        for _ in range(3):
            async with Context(settings, use_env=False, timeout=20.0) as ctx:
                assert (await ctx.get("x")).as_int("value") == 1
            await eventually(lambda: not pv.is_open)
        assert told == ["first", "last"] * 3


@pytest.mark.parametrize("way", ["raises", "raises later", "is cancelled"])
async def test_what_fails_holds_up_nothing_that_follows(way: str, caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    pv = SharedPV(NTScalar(T.Int32), 1)
    gone = asyncio.Event()

    async def later() -> None:
        await gone.wait()
        if way == "is cancelled":
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await asyncio.sleep(3600)
        raise ValueError("not today")

    @pv.on_first_connect
    def _(pv: SharedPV) -> Any:
        told.append("first")
        if way == "raises":
            raise ValueError("not today")
        return later()

    @pv.on_last_disconnect
    async def _(pv: SharedPV) -> None:
        told.append("last")
        await later()

    async with Server({"x": pv}, Config.isolated()) as server:
        for number in (1, 2, 3):
            gone.clear()
            async with Context(server.client_config(), use_env=False, timeout=20.0) as ctx:
                assert (await ctx.get("x")).as_int("value") == 1
            await eventually(lambda: not pv._core.stat().channels)
            gone.set()
            await eventually(lambda number=number: told == ["first", "last"] * number)
    assert ("cancelled" if way == "is cancelled" else "not today") in caplog.text
