"""Handles of channels: what they hold, how they connect and how they end."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from aiopvxs import Closed, Context, Server, SharedPV, Timeout
from aiopvxs.client import Channel
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config
from complaints import complaints

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from peers import ScriptedServer


@pytest.fixture
def server(scripted_server: ScriptedServer) -> ScriptedServer:
    scripted_server.add("x", "int32", value=1)
    return scripted_server


@pytest.fixture
async def ctx(server: ScriptedServer) -> AsyncIterator[Context]:
    async with Context(server.config, use_env=False, timeout=20.0) as context:
        yield context


def test_handle_needs_no_event_loop(own_server: Server) -> None:
    context = Context(own_server.client_config(), use_env=False, timeout=20.0)
    channel = context.channel("int")
    assert channel.name == "int"
    assert channel.peer is None or channel.peer.startswith("127.0.0.1:")

    async def read() -> int:
        await channel.wait_connected()
        return int((await channel.get()).value)

    assert asyncio.run(read()) == 5
    assert asyncio.run(read()) == 5
    context.close()


async def test_connect_gives_a_connected_handle_that_knows_its_server(
    server: ScriptedServer, ctx: Context
) -> None:
    connecting = ctx.connect("x")
    assert isinstance(connecting, asyncio.Future)
    channel = await connecting
    assert isinstance(channel, Channel)
    assert channel.connected
    assert channel.peer == server.address
    assert f"'x' connected to {server.address}" in repr(channel)
    assert await channel.wait_connected() is channel


async def test_verbs_of_a_handle(server: ScriptedServer, ctx: Context) -> None:
    channel = ctx.channel("x")
    await channel.put(7)
    value = await channel.get(fields="value")
    assert int(value.value) == 7
    assert value.changed() == {"value"}
    assert server.counts("x")["create"] == 1


async def test_monitor_and_info_of_a_handle(server: ScriptedServer, ctx: Context) -> None:
    channel = ctx.channel("x", server=server.address)
    async with channel.monitor(fields="value") as sub:
        assert int((await anext(aiter(sub))).value) == 1
    assert (await channel.info()).typedef() == (await channel.get()).typedef()


async def test_connect_to_an_unknown_pv_times_out_and_leaves_nothing(ctx: Context) -> None:
    with pytest.raises(Timeout, match="connect 'nowhere': no answer within 0.05 s") as caught:
        await ctx.connect("nowhere", timeout=0.05)
    assert (caught.value.pv, caught.value.phase) == ("nowhere", "connect")
    connecting = ctx.connect("nowhere")
    assert connecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await connecting
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(ctx.connect("nowhere"), 0.05)


async def test_handle_of_an_unknown_pv_waits_until_it_is_served(server: ScriptedServer, ctx: Context) -> None:
    channel = ctx.channel("later")
    assert not channel.connected
    with pytest.raises(Timeout):
        await channel.wait_connected(timeout=0.05)
    waiting = channel.wait_connected(timeout=None)
    assert not channel.closed
    server.add("later", "int32", value=3)
    await ctx.hurry_up()
    assert await asyncio.wait_for(waiting, 40) is channel
    assert int((await channel.get()).value) == 3


async def test_held_channel_is_kept_beyond_the_limit_and_an_idle_one_is_not(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aiopvxs.client._context._MAX_CHANNELS", 2)
    names = [f"pv{number}" for number in range(6)]
    for name in names:
        server.add(name, "int32", value=1)
    async with Context(server.config, use_env=False, timeout=20.0) as ctx:
        with await ctx.connect("x") as channel:
            for name in names:
                await ctx.get(name)
            await ctx.cache_clear()
            await asyncio.gather(*(server.event("close", pv=name) for name in names))
            assert channel.connected
            assert server.channels("x") == 1
        for name in names:
            await ctx.get(name)
        await ctx.cache_clear()
        await server.event("close", pv="x")


async def test_cancelled_get_does_not_end_a_held_channel(server: ScriptedServer, ctx: Context) -> None:
    channel = ctx.channel("nowhere")
    with pytest.raises(Timeout):
        await channel.get(timeout=0.05)
    waiting = channel.wait_connected()
    await ctx.cache_clear("nowhere")
    server.add("nowhere", "int32", value=2)
    await ctx.hurry_up()
    await asyncio.wait_for(waiting, 40)


async def test_two_handles_share_a_channel(server: ScriptedServer, ctx: Context) -> None:
    first, second = await asyncio.gather(ctx.connect("x"), ctx.connect("x"))
    first.close()
    first.close()
    assert first.closed
    assert not first.connected
    assert "closed" in repr(first)
    await ctx.cache_clear()
    assert second.connected
    assert server.counts("x")["create"] == 1
    with pytest.raises(Closed, match="The handle of 'x' is closed"):
        first.wait_connected()
    assert int((await first.get()).value) == 1


async def test_dropped_handle_lets_go(server: ScriptedServer, ctx: Context) -> None:
    channel = await ctx.connect("x")
    await asyncio.sleep(0)  # the Future of this handle ends with the step of the loop that it was done in
    del channel
    gc.collect()
    await ctx.cache_clear("x")
    await server.event("close", pv="x")


async def test_closed_handle_ends_who_waits_for_it(ctx: Context) -> None:
    channel = ctx.channel("nowhere")
    waiting = channel.wait_connected()
    threading.Thread(target=channel.close).start()
    with pytest.raises(Closed, match="connect 'nowhere': the handle was closed"):
        await waiting


async def test_closed_context_ends_who_waits_and_refuses_handles(ctx: Context) -> None:
    channel = ctx.channel("nowhere")
    waiting = [channel.wait_connected(), ctx.connect("x2"), ctx.connect("nowhere")]
    ctx.close()
    for each in waiting:
        with pytest.raises(Closed, match="connect .*: the Context was closed"):
            await each
    assert channel.closed
    assert not channel.connected
    with pytest.raises(Closed):
        channel.get()
    with pytest.raises(Closed, match="channel 'x': the Context is closed"):
        ctx.channel("x")
    with pytest.raises(Closed):
        ctx.connect("x")
    with pytest.raises(Closed):
        await channel.wait_connected()
    channel.close()


async def test_channel_of_a_given_server(server: ScriptedServer) -> None:
    # an address list that finds nothing: the server is asked directly
    config = {**server.config, "EPICS_PVA_ADDR_LIST": "127.0.0.1:9"}
    async with Context(config, use_env=False, timeout=20.0) as ctx:
        channel = ctx.channel("x", server="127.0.0.1")
        assert channel.server == server.address
        await channel.wait_connected()
        assert channel.peer == server.address
        await channel.put(3)
        assert int((await channel.get()).value) == 3
        assert (await channel.info()).typedef() == (await channel.get()).typedef()
        other = await ctx.connect("x", server=f"localhost:{server.address.rpartition(':')[2]}")
        assert other.peer == server.address
        with pytest.raises(ValueError, match="'localhost' is a host name"):
            ctx.channel("x", server="localhost")
        with pytest.raises(ValueError, match="not the address"):
            ctx.connect("x", server="no address")
        with pytest.raises(Timeout):
            await ctx.connect("x", timeout=0.05)  # is searched for
        assert server.counts("x")["create"] == 1


async def test_one_pv_of_two_servers(server: ScriptedServer, own_server: Server) -> None:
    server.add("int", "int32", value=1)
    async with Context(own_server.client_config(), use_env=False, timeout=20.0) as ctx:
        searched, asked = await asyncio.gather(ctx.connect("int"), ctx.connect("int", server=server.address))
        assert asked.peer == server.address
        assert searched.peer == f"127.0.0.1:{own_server.client_config()['EPICS_PVA_SERVER_PORT']}"
        assert [int((await channel.get()).value) for channel in (searched, asked)] == [5, 1]


async def test_connect_that_searches_for_long_is_told(ctx: Context, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Timeout):
        await ctx.connect("nowhere", timeout=7.5)
    (record,) = [each for each in caplog.records if each.name == "aiopvxs.client"]
    assert "connect 'nowhere': the PV is not connected after 5 s" in record.getMessage()


async def test_timeout_after_a_loss_says_so(server: ScriptedServer, ctx: Context) -> None:
    channel = await ctx.connect("x")
    states = channel.states()
    assert (await anext(states)).connected
    server.kill()
    assert not (await anext(states)).connected
    with pytest.raises(Timeout, match=f"the connection to {server.address} was lost"):
        await channel.wait_connected(timeout=0.05)


@pytest.mark.parametrize("name", ["", None, 5])
async def test_name_must_be_text(ctx: Context, name: object) -> None:
    with pytest.raises(ValueError, match="A PV is named by a str"):
        ctx.channel(name)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="A PV is named by a str"):
        ctx.connect(name)  # type: ignore[arg-type]


@pytest.mark.timeout(120)
async def test_ten_thousand_handles() -> None:
    names = [f"pv{number}" for number in range(10_000)]
    pv = SharedPV(NTScalar(T.Int32), 1)
    async with (
        Server(dict.fromkeys(names, pv), Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=100.0) as ctx,
    ):
        channels = await asyncio.gather(*map(ctx.connect, names))
        peer = channels[0].peer
        assert peer is not None
        assert {channel.peer for channel in channels} == {peer}
        assert sum(len(each.channels) for each in (await ctx.report()).connections) == 10_000
        assert ctx._core.channel_count == 0  # none of those that the limit is for
        for channel in channels:
            channel.close()
        assert ctx._core.channel_count <= 4096


SCRIPT = """
import asyncio, sys
from aiopvxs import Context, Server, SharedPV
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config

server = Server({"x": SharedPV(NTScalar(T.Int32), 1)}, Config.isolated())
server.start()
ctx = Context(server.client_config(), use_env=False)
kept = [ctx.channel("x"), ctx.channel("nowhere")]

async def main():
    channel = await ctx.connect("x")
    kept.extend([channel, channel.states(), ctx.connect("nowhere"), ctx.discover()])
    states = channel.states()
    assert (await anext(states)).connected
    kept.extend([states, ctx.discover()])
    assert (await anext(kept[-1])).event == "online"

if sys.argv[1] == "uvloop":
    import uvloop
    loop = uvloop.new_event_loop()
else:
    loop = asyncio.new_event_loop()
loop.slow_callback_duration = 60
loop.run_until_complete(main())
if sys.argv[2] == "closed":
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
print("end")
"""


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("state", ["open", "closed"])
@pytest.mark.timeout(240)
def test_process_with_handles_exits_with_status_0(loop: str, state: str) -> None:
    for _ in range(5):
        finished = subprocess.run(
            [sys.executable, "-W", "ignore::ResourceWarning", "-c", SCRIPT, loop, state],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=40,
            check=False,
        )
        assert (finished.returncode, finished.stdout, complaints(finished.stderr)) == (0, "end\n", "")
