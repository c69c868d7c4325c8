"""Rules and groups that change while clients are connected, or wait."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from aiopvxs import SharedPV
from aiopvxs.client import ConnectionState, Disconnected, RemoteError
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import AccessSecurity
from peers.accounts import RULES, allowed, double, monitored, names, serve, until_end
from waiting import eventually

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux has all addresses 127.x.y.z"
)


async def taken(sub: Any, last: float) -> AsyncIterator[Any]:
    async for item in sub:
        yield item
        if not isinstance(item, ConnectionState) and item.as_float("value") == last:
            return


async def test_reload_while_connected() -> None:
    access = AccessSecurity(RULES)
    pv = double(asl=0)
    async with serve({"pv": pv}, access) as (_, client), client("anna") as anna, client("carl") as carl:
        async with anna.monitor("pv", events=True) as lost, carl.monitor("pv", events=True) as kept:
            async for item in lost:
                if not isinstance(item, ConnectionState):
                    break
            async for item in kept:
                if not isinstance(item, ConnectionState):
                    break
            await anna.put("pv", 2.0)
            await anna.get("pv")
            access.reload(
                RULES.replace("RULE(1, READ)", "RULE(1, READ) {UAG(experts)}", 1).replace("anna", "x")
            )
            with pytest.raises(RemoteError, match="Access denied: anna at 127.5.5.5 may not monitor"):
                await until_end(lost)
            # by the operations that were kept, and permitted, before
            assert not await allowed(anna.put("pv", 3.0))
            assert not await allowed(anna.get("pv"))
            assert not await monitored(anna, "pv")
            await carl.put("pv", 4.0)
            found = [item async for item in taken(kept, 4.0)]
            assert not [each for each in found if isinstance(each, ConnectionState)]
        access.reload(RULES)
        assert await monitored(anna, "pv")
        await anna.put("pv", 5.0)
    assert pv.current.as_float("value") == 5.0


async def test_a_file_that_changes_while_clients_are_connected(tmp_path: Path) -> None:
    file = tmp_path / "site.acf"
    file.write_text(RULES)
    access = AccessSecurity.from_file(file)
    pv = double(asl=0)
    async with serve({"pv": pv}, access) as (_, client), client("anna") as ctx:
        async with ctx.monitor("pv") as sub:
            await sub.first(timeout=20.0)
            await ctx.put("pv", 2.0)
            file.write_text(RULES.replace("{anna}", "{bob}"))
            assert await allowed(ctx.put("pv", 3.0))  # nobody has read it yet
            access.reload()
            before = pv.current.as_dict()
            assert not await allowed(ctx.put("pv", 4.0))
            assert pv.current.as_dict() == before  # its time stamp too
            file.write_text(RULES.replace("ASG(DEFAULT) {", "ASG(DEFAULT) {RULE("))
            with pytest.raises(ValueError, match="site.acf"):
                access.reload()
            assert not await allowed(ctx.put("pv", 4.0))
            assert sub.connected  # what it may did not change for it
        file.write_text(RULES)
        access.reload()
        await ctx.put("pv", 5.0)
    assert pv.current.as_float("value") == 5.0


async def test_change_of_the_group_while_connected() -> None:
    pv, other = double(), double()
    async with serve({"pv": pv, "other": other}, AccessSecurity(RULES)) as (_, client):
        async with client("bob") as ctx:
            async with ctx.monitor("pv") as sub, ctx.monitor("other") as undisturbed:
                await sub.first(timeout=20.0)
                await undisturbed.first(timeout=20.0)
                pv.asg = "CLOSED"
                with pytest.raises(RemoteError, match="Access denied"):
                    await until_end(sub)
                assert undisturbed.connected
            assert await names(ctx) == ["other"]
            pv.asg = None
            assert await monitored(ctx, "pv")
            assert not await allowed(ctx.put("pv", 2.0))
        async with client("anna") as ctx:
            assert not await allowed(ctx.put("pv", 2.0))
            pv.asl = 0
            await ctx.put("pv", 2.0)
            pv.asl = 1
            assert not await allowed(ctx.put("pv", 3.0))
    assert pv.current.as_float("value") == 2.0


async def test_pv_that_is_not_open_is_waited_for_by_those_who_may() -> None:
    pv = SharedPV(NTScalar(T.Float64))
    async with serve({"pv": pv}, AccessSecurity(RULES)) as (_, client), client("bob") as ctx:
        read, sub = ctx.get("pv"), ctx.monitor("pv")
        await eventually(lambda: pv._core.stat().waiting == 2)
        pv.open(7.0)
        assert float((await read).value) == 7.0
        await sub.first(timeout=20.0)
        pv.close()
        pv.open(8.0)
        assert float((await ctx.get("pv")).value) == 8.0
        sub.close()


async def test_one_file_for_two_servers() -> None:
    access = AccessSecurity(RULES)
    one, two = double(), double()
    async with (
        serve({"one": one}, access) as (_, first),
        serve({"two": two}, access) as (_, second),
        first("bob") as a,
        second("bob") as b,
    ):
        assert await allowed(a.get("one"))
        assert await allowed(b.get("two"))
        access.reload("ASG(DEFAULT) {RULE(1, NONE)}")
        for ctx, name in ((a, "one"), (b, "two")):
            with pytest.raises((RemoteError, Disconnected)):
                await ctx.put(name, 1.0)
            assert not await monitored(ctx, name)
