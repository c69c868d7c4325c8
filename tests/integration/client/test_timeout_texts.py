"""What a Timeout says of connections that come and go."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable

import pytest

from aiopvxs import Context, Timeout
from peers import ScriptedServer


async def test_connection_that_is_lost_again_and_again(scripted_server: ScriptedServer) -> None:
    # as with a server whose type PVXS cannot decode: it drops the connection, and tries again
    scripted_server.add("x", "int32")
    scripted_server.on("x", "init", "get", "drop")
    async with Context(scripted_server.config, use_env=False) as ctx:
        with pytest.raises(Timeout, match="^get 'x': .*the connection was lost") as caught:
            await ctx.get("x", timeout=1.0)
    assert "the PV was not found" not in str(caught.value)
    assert scripted_server.counts("x")["init get"] >= 1


async def test_losses_are_counted(scripted_server: ScriptedServer) -> None:
    scripted_server.add("x", "int32")
    scripted_server.on("x", "exec", "get", "drop", times=2)
    async with Context(scripted_server.config, use_env=False) as ctx:
        waiting = ctx.get("x")
        await scripted_server.event("exec", pv="x", request_kind="get", count=2)
        scripted_server.on("x", "exec", "get", "never")
        await scripted_server.event("exec", pv="x", request_kind="get", count=3)
        assert waiting._waiter is not None
        assert waiting._waiter.losses == 2
        with pytest.raises(Timeout, match="the server has not answered$"):
            await ctx.get("x", timeout=0.1)
        scripted_server.stop()
        late = ctx.get("x", timeout=0.3)
        with pytest.raises(Timeout, match="the connection was lost") as caught:
            await late
        assert caught.value.phase in ("connect", "exec")
        waiting.cancel()


NOWHERE = {"EPICS_PVA_ADDR_LIST": "127.0.0.1:9", "EPICS_PVA_AUTO_ADDR_LIST": "NO"}
VERBS: dict[str, Callable[[Context, str], Awaitable[object]]] = {
    "get": lambda ctx, server: ctx.get("x", server=server),
    "gets": lambda ctx, server: ctx.get(["x", "y"], server=server),
    "put": lambda ctx, server: ctx.put("x", 3, server=server),
    "puts": lambda ctx, server: ctx.put({"x": 3}, server=server),
    "connect": lambda ctx, server: ctx.connect("x", server=server),
    "until": lambda ctx, server: ctx.until("x", 3, server=server),
}


@pytest.mark.parametrize("verb", VERBS)
async def test_a_server_that_does_not_answer_is_named(verb: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # and nobody listens
        server = f"127.0.0.1:{unused.getsockname()[1]}"
        async with Context(NOWHERE, use_env=False, timeout=0.1) as ctx:
            with pytest.raises(Timeout, match=f"the server {server} was not reached, or does not have it"):
                await VERBS[verb](ctx, server)
