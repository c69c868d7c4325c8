"""Operations on a given server, which are not searched for."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from aiopvxs import Closed, Context, Disconnected, Error, Timeout
from peers import ScriptedServer

NOWHERE = {"EPICS_PVA_ADDR_LIST": "127.0.0.1:9", "EPICS_PVA_AUTO_ADDR_LIST": "NO"}
VERBS: dict[str, Callable[[Context, str], Awaitable[object]]] = {
    "get": lambda ctx, server: ctx.get("x", server=server),
    "gets": lambda ctx, server: ctx.get(["x", "pva://x"], server=server),
    "put": lambda ctx, server: ctx.put("x", 3, server=server),
    "puts": lambda ctx, server: ctx.put({"x": 3}, server=server),
    "get_after": lambda ctx, server: ctx.put("x", 3, get_after=True, server=server),
    "rpc": lambda ctx, server: ctx.rpc("x", server=server),
    "info": lambda ctx, server: ctx.info("x", server=server),
}


@pytest.fixture(params=VERBS)
def verb(request: pytest.FixtureRequest) -> Callable[[Context, str], Awaitable[object]]:
    return VERBS[request.param]


@pytest.fixture
def server(scripted_server: ScriptedServer) -> ScriptedServer:
    scripted_server.add("x", "int32", value=1)
    return scripted_server


@pytest.fixture
async def ctx() -> AsyncIterator[Context]:
    """It finds nothing by itself."""
    async with Context(NOWHERE, use_env=False, timeout=20.0) as context:
        yield context


async def test_numeric_address(
    server: ScriptedServer, ctx: Context, verb: Callable[[Context, str], Awaitable[object]]
) -> None:
    await verb(ctx, server.address)
    assert server.counts("x")["search"] == 0


async def test_host_name(
    server: ScriptedServer, ctx: Context, verb: Callable[[Context, str], Awaitable[object]]
) -> None:
    await verb(ctx, server.address.replace("127.0.0.1", "localhost"))


async def test_port_of_the_context(server: ScriptedServer) -> None:
    _, _, port = server.address.partition(":")
    async with Context({**NOWHERE, "EPICS_PVA_SERVER_PORT": port}, use_env=False, timeout=20.0) as ctx:
        assert int((await ctx.get("x", server="127.0.0.1")).value) == 1


async def test_host_name_that_is_not_known_fails_naming_it(
    ctx: Context, verb: Callable[[Context, str], Awaitable[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*args: object, **kwargs: object) -> object:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Error, match="the server 'no.such.host' cannot be looked up: .*not known"):
        await verb(ctx, "no.such.host")


async def test_timeout_cancellation_and_close_while_a_name_is_looked_up(
    ctx: Context, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    answer: list[asyncio.Future[str]] = []

    def slow(*_: object) -> asyncio.Future[str]:
        answer.append(loop.create_future())
        return answer[-1]

    monkeypatch.setattr("aiopvxs.client._pending.resolve", slow)
    with pytest.raises(Timeout, match="'x': .*within 0.02 s: the server 'slow' has not been") as caught:
        await ctx.get("x", server="slow", timeout=0.02)
    assert caught.value.phase == "connect"
    with pytest.raises(Timeout, match="the server 'slow' has not been looked up"):
        await ctx.get(["x", "y"], server="slow", timeout=0.02)
    cancelled = ctx.put("x", 5, server="slow")
    assert cancelled.cancel()
    for each in answer:
        each.set_result(server.address)
    answer.clear()
    await asyncio.sleep(0)  # the callbacks run
    waiting, many = ctx.get("x", server="slow"), ctx.get(["x"], server="slow")
    await ctx.aclose()
    for closed in (waiting, many):  # at once, whatever the look-up does
        with pytest.raises(Closed):
            await closed
    assert server.counts("x")["create"] == 0


async def test_malformed_address_raises_at_the_call(
    ctx: Context, verb: Callable[[Context, str], Awaitable[object]]
) -> None:
    with pytest.raises(ValueError, match="server='a b' is not the address of a server"):
        verb(ctx, "a b")


async def test_given_server_is_reconnected_to(server: ScriptedServer, ctx: Context) -> None:
    await ctx.get("x", server=server.address)
    server.on("x", "exec", "put", "stop", times=1)
    with pytest.raises(Disconnected):
        await ctx.put("x", 4, server=server.address)
    waiting = ctx.get("x", server=server.address)
    server.start()
    await waiting
