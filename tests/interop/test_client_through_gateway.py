"""Our client through p4p's gateway, with the server behind it coming and going."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aiopvxs import Context, RemoteError
from aiopvxs.data import Value
from peers import Gateway, Ioc, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

pytestmark = pytest.mark.usefixtures("p4p")


@pytest.fixture
def gateway(p4p: None, scripted_server: ScriptedServer) -> Iterator[Gateway]:
    with Gateway(scripted_server.config) as running:
        yield running


@pytest.fixture
async def ctx(gateway: Gateway) -> AsyncIterator[Context]:
    async with Context(gateway.config, use_env=False, timeout=40.0) as context:
        yield context


async def test_get_and_put(scripted_server: ScriptedServer, ctx: Context) -> None:
    scripted_server.add("x", "int32", value=5)
    scripted_server.add("e", "enum", **{"value.choices": ["off", "on"]})
    assert (await ctx.get("x")).as_py("value") == 5
    await ctx.put("x", 6, wait=True)
    assert scripted_server.value("x")["value"] == 6
    await ctx.put("e", "on")
    assert scripted_server.value("e")["value"]["index"] == 1
    with pytest.raises(ValueError, match="'off', 'on'"):
        await ctx.put("e", "broken")
    (put,) = scripted_server.events("exec", pv="x", request_kind="put")
    assert put["value"] == {"value": 6}
    assert put["request"]["record"]["_options"]["block"] == "true"


async def test_refusals_come_through_word_for_word(scripted_server: ScriptedServer, ctx: Context) -> None:
    scripted_server.add("x")
    scripted_server.on("x", "exec", "put", "refuse", text="interlock “A” is open")
    with pytest.raises(RemoteError, match="interlock “A” is open") as caught:
        await ctx.put("x", 1)
    assert caught.value.pv == "x"


async def test_gateway_that_takes_no_puts(p4p: None, scripted_server: ScriptedServer) -> None:
    scripted_server.add("x", "int32", value=5)
    with Gateway(scripted_server.config, read_only=True) as gateway:
        async with Context(gateway.config, use_env=False, timeout=40.0) as ctx:
            assert (await ctx.get("x")).as_py("value") == 5
            with pytest.raises(RemoteError, match="Put permission denied by gateway"):
                await ctx.put("x", 6)
    assert scripted_server.counts("x")["exec put"] == 0


async def test_rpc(scripted_server: ScriptedServer, ctx: Context) -> None:
    scripted_server.add("x")
    assert (await ctx.rpc("x", a=1, b="two")).as_dict()["query"] == {"a": 1, "b": "two"}
    scripted_server.on("x", "exec", "rpc", "refuse", text="not now")
    with pytest.raises(RemoteError, match="not now"):
        await ctx.rpc("x", a=1)


async def test_info(scripted_server: ScriptedServer, ctx: Context) -> None:
    scripted_server.add("s", "struct")
    assert (await ctx.info("s")).typedef() == (await ctx.get("s")).typedef()


async def test_its_own_pvs(ctx: Context) -> None:
    got = await ctx.get("gw:clients")
    assert got.id() == "epics:nt/NTScalarArray:1.0"


async def test_pv_that_nobody_serves_behind_it(ctx: Context) -> None:
    with pytest.raises(TimeoutError, match="nobody"):
        await ctx.get("nobody", timeout=0.5)


async def test_server_behind_it_restarts(p4p: None, own_ioc: Ioc) -> None:
    with Gateway(own_ioc.config) as gateway:
        async with Context(gateway.config, use_env=False, timeout=100.0) as ctx:
            await ctx.put("IOC:ao", 5)
            assert (await ctx.get("IOC:ao")).as_py("value") == 5.0
            own_ioc.kill()
            own_ioc.start()
            # the gateway ends its channels when it notices, and its clients search again
            while (await ctx.get("IOC:ao")).as_py("value") != 2.5:
                pass
            await ctx.put("IOC:ao", 7)
            assert (await ctx.get("IOC:ao")).as_py("value") == 7.0


def told(event: object) -> object:
    """The value, or whether the PV is connected."""
    return event.as_py("value") if isinstance(event, Value) else getattr(event, "connected", event)


async def test_monitors_share_one_upstream(scripted_server: ScriptedServer, ctx: Context) -> None:
    scripted_server.add("x", "int32", value=5)
    async with ctx.monitor("x") as first, ctx.monitor("x") as second:
        for updates in (first, second):
            assert (await anext(updates)).as_py("value") == 5
        assert scripted_server.post("x", {"value": 6}) == 1
        for updates in (first, second):
            assert (await anext(updates)).as_py("value") == 6


async def test_monitor_over_a_restart_of_the_server_behind_it(p4p: None, own_ioc: Ioc) -> None:
    with Gateway(own_ioc.config) as gateway:
        async with Context(gateway.config, use_env=False, timeout=100.0) as ctx:
            await ctx.put("IOC:ao", 5)
            async with ctx.monitor("IOC:ao", events=True) as updates:
                shown = [told(await anext(updates)), told(await anext(updates))]
                own_ioc.kill()
                shown.append(told(await anext(updates)))
                own_ioc.start()
                shown += [told(await anext(updates)), told(await anext(updates))]
                await ctx.put("IOC:ao", 7)
                shown.append(told(await anext(updates)))
            assert shown == [True, 5.0, False, True, 2.5, 7.0]
