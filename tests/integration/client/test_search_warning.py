"""PVs that are not found for seconds are warned of, once for each operation."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import TYPE_CHECKING

import pytest

import aiopvxs._loop
from aiopvxs import Context, Timeout
from aiopvxs._loop import bridge_of
from peers import ScriptedServer
from waiting import eventually

if TYPE_CHECKING:
    from .conftest import LogLines

NOWHERE = {
    "EPICS_PVA_ADDR_LIST": "127.0.0.1:9",
    "EPICS_PVA_AUTO_ADDR_LIST": "NO",
    "EPICS_PVA_NAME_SERVERS": "127.0.0.1:9",
}


@pytest.fixture(autouse=True)
def looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds pass quickly."""
    monkeypatch.setattr(aiopvxs._loop, "_LOOK", 0.02)


async def looked() -> None:
    """Wait until all that has begun was looked at as often as ever."""
    bridge = bridge_of(asyncio.get_running_loop())
    await eventually(lambda: not bridge._looking)


async def test_each_operation_is_warned_of_once(client_log: LogLines) -> None:
    async with Context(NOWHERE, use_env=False) as ctx:
        operations = [ctx.get("a"), ctx.put("b", 1), ctx.rpc("c"), ctx.info("d", server="127.0.0.1:9")]
        many = ctx.get([f"n{number}" for number in range(20)])
        lines = await client_log.first(5)
        await looked()
        assert len(client_log.lines) == 5
        assert lines[0] == (
            "get 'a': the PV is not connected after 5 s: it is searched for at 127.0.0.1:9 and through the "
            "name servers 127.0.0.1:9"
        )
        assert lines[1].startswith("put 'b': the PV is not connected")
        assert lines[2].startswith("rpc 'c': ")
        assert lines[3].endswith(
            "'d': the PV is not connected after 5 s: it is searched for at the server 127.0.0.1:9"
        )
        assert lines[4].startswith("get of 20 PVs: 20 PVs are not connected after 5 s")
        assert lines[4].endswith("'n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8', 'n9' and 10 more")
        later = ctx.get("e")
        assert (await client_log.first(6))[5].startswith("get 'e'")
        for operation in (*operations, many, later):
            operation.cancel()


async def test_found_pvs_are_not_warned_of(scripted_server: ScriptedServer, client_log: LogLines) -> None:
    scripted_server.add("x", "int32")
    scripted_server.on("x", "exec", "get", "hold")
    async with Context(scripted_server.config, use_env=False) as ctx:
        slow = ctx.get("x")
        await scripted_server.event("exec", pv="x", request_kind="get")
        with pytest.raises(Timeout):
            await ctx.get("short", timeout=0.01)
        await looked()
        assert not client_log.lines
        slow.cancel()


async def test_lost_connection_is_told_as_such(scripted_server: ScriptedServer, client_log: LogLines) -> None:
    scripted_server.add("x", "int32")
    scripted_server.on("x", "exec", "get", "stop", times=1)
    async with Context(scripted_server.config, use_env=False) as ctx:
        waiting = ctx.get("x")
        (line,) = await client_log.first(1)
        assert "its connection was lost, and it is searched for" in line
        with pytest.raises(Timeout, match="the connection was lost, and the PV has not been found again"):
            await ctx.get("x", timeout=0.05)
        scripted_server.start()
        await waiting


async def test_looks_end_when_nothing_new_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Context(NOWHERE, use_env=False) as ctx:
        waiting = ctx.get("a")
        bridge = bridge_of(asyncio.get_running_loop())
        assert bridge._looking
        await looked()
        again = ctx.get("b")
        assert bridge._looking
        waiting.cancel()
        again.cancel()


def test_timer_keeps_no_loop_and_no_bridge_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiopvxs._loop, "_LOOK", 1000.0)
    context = Context(NOWHERE, use_env=False)

    def use() -> tuple[weakref.ref[object], weakref.ref[object]]:
        loop = asyncio.SelectorEventLoop()

        async def begin() -> None:
            context.get("a").cancel()

        loop.run_until_complete(begin())
        bridge = bridge_of(loop)
        assert bridge._looking
        loop.close()
        return weakref.ref(loop), weakref.ref(bridge)

    loop, bridge = use()
    gc.collect()
    assert loop() is None
    assert bridge() is None
    context.close()


async def test_operation_keeps_its_context_alive(scripted_server: ScriptedServer) -> None:
    scripted_server.add("x", "int32", value=4)
    operation = Context(scripted_server.config, use_env=False).get("x", timeout=20.0)
    gc.collect()
    assert int((await operation).value) == 4
