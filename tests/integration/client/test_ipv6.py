"""A server that IPv6 alone leads to."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator

import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.client import ConnectionState
from aiopvxs.server import Config


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as tried:
            tried.bind(("::1", 0))
    except OSError:
        return False
    return True


pytestmark = pytest.mark.skipif(not _has_ipv6(), reason="this machine has no IPv6 loopback")

NOWHERE = {"EPICS_PVA_ADDR_LIST": "127.0.0.1:9", "EPICS_PVA_AUTO_ADDR_LIST": "NO"}


@pytest.fixture
def server(pvs: dict[str, SharedPV]) -> Iterator[Server]:
    with Server(pvs, Config.isolated(ipv6=True)) as running:
        yield running


@pytest.fixture
def address(server: Server) -> str:
    return f"[::1]:{server.config.tcp_port}"


@pytest.fixture(params=["search", "name server"])
async def ctx(request: pytest.FixtureRequest, server: Server, address: str) -> AsyncIterator[Context]:
    settings = server.client_config()
    if request.param == "name server":
        settings = {**NOWHERE, "EPICS_PVA_NAME_SERVERS": address}
    async with Context(settings, use_env=False, timeout=20.0) as context:
        yield context


async def test_each_verb(ctx: Context, address: str) -> None:
    assert int((await ctx.get("int")).value) == 5
    await ctx.put("int", 6)
    assert (await ctx.info("int")).typedef() == (await ctx.get("int")).typedef()
    async with ctx.monitor("int", events=True) as sub:
        connected = await anext(sub)
        assert isinstance(connected, ConnectionState)
        assert connected.peer == address
        assert int((await sub.first()).value) == 6
    channel = await ctx.connect("int")
    (connection,) = (await ctx.report()).connections
    assert channel.peer == connection.peer == address


async def test_given_server(address: str) -> None:
    async with Context(NOWHERE, use_env=False, timeout=20.0) as ctx:
        assert int((await ctx.get("int", server=address)).value) == 5
        await ctx.put("int", 6, server=address)
        assert (await ctx.connect("int", server=address)).peer == address
        async with ctx.monitor("int", server=address) as sub:
            assert int((await sub.first()).value) == 6
        assert "int" in await ctx.list(address)


async def test_servers_are_found(server: Server, address: str) -> None:
    async with Context(server.client_config(), use_env=False) as ctx:
        async for found in ctx.discover(timeout=20.0):
            assert (found.event, found.server) == ("online", address)
            break
        assert "int" in await ctx.list(timeout=2.0)
