"""PVs that are found over TCP, by asking name servers."""

from __future__ import annotations

import socket

import pytest

from aiopvxs import Context
from peers import ScriptedServer

QUIET = {"EPICS_PVA_ADDR_LIST": "", "EPICS_PVA_AUTO_ADDR_LIST": "NO"}


@pytest.fixture
def server(scripted_server: ScriptedServer) -> ScriptedServer:
    scripted_server.add("x", "int32", value=1)
    return scripted_server


async def test_found_without_a_search_by_udp(server: ScriptedServer) -> None:
    async with Context(
        {**QUIET, "EPICS_PVA_NAME_SERVERS": server.address}, use_env=False, timeout=20.0
    ) as ctx:
        assert ctx.config["EPICS_PVA_NAME_SERVERS"] == server.address
        assert int((await ctx.get("x")).value) == 1
        await ctx.put("x", 2)
        async with ctx.monitor("x") as sub:
            assert int((await sub.first()).value) == 2


async def test_one_of_them_does_not_run(server: ScriptedServer) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # and nobody listens
        dead = f"127.0.0.1:{unused.getsockname()[1]}"
        settings = {**QUIET, "EPICS_PVA_NAME_SERVERS": [dead, server.address]}
        async with Context(settings, use_env=False, timeout=20.0) as ctx:
            assert int((await ctx.get("x")).value) == 1


async def test_one_that_runs_later(server: ScriptedServer) -> None:
    server.stop()
    settings = {**QUIET, "EPICS_PVA_NAME_SERVERS": server.address}
    async with Context(settings, use_env=False, timeout=60.0) as ctx:
        waiting = ctx.get("x")
        server.start()
        assert int((await waiting).value) == 1


async def test_one_that_is_restarted(server: ScriptedServer) -> None:
    settings = {**QUIET, "EPICS_PVA_NAME_SERVERS": server.address}
    async with Context(settings, use_env=False, timeout=60.0) as ctx, ctx.monitor("x", events=True) as sub:
        await sub.first()
        server.stop()
        server.start()
        server.post("x", {"value": 7})
        while int((await sub.first()).value) != 7:
            pass
        assert int((await ctx.get("x")).value) == 7
