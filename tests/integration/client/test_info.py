"""Types of PVs."""

from __future__ import annotations

import pytest

from aiopvxs import Closed, Context, Server, Timeout
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTEnum, NTScalar
from peers import ScriptedServer


async def test_info_is_an_empty_value_of_the_type(own_ctx: Context) -> None:
    info = await own_ctx.info("int")
    assert info.typedef() == NTScalar(T.Int32, display=True).build()
    assert info.changed() == set()
    assert info.as_int("value") == 0
    assert (await own_ctx.info("pva://enum")).typedef() == NTEnum().build()


async def test_unknown_pv_times_out(own_server: Server) -> None:
    async with Context(own_server.client_config(), use_env=False) as ctx:
        with pytest.raises(Timeout, match="info 'nobody': .*the PV was not found") as caught:
            await ctx.info("nobody", timeout=0.05)
    assert caught.value.phase == "connect"


async def test_info_is_repeated_over_a_reconnect(scripted_server: ScriptedServer) -> None:
    scripted_server.add("x", "int32")
    async with Context(scripted_server.config, use_env=False, timeout=20.0) as ctx:
        scripted_server.on("x", "init", "info", "drop", times=1)
        assert (await ctx.info("x")).typedef() == NTScalar(T.Int32).build()
        assert scripted_server.counts("x")["init info"] == 2


async def test_phase_peer_cancel_and_close(scripted_server: ScriptedServer) -> None:
    scripted_server.add("x", "int32")
    async with Context(scripted_server.config, use_env=False) as ctx:
        await ctx.info("x")
        scripted_server.on("x", "init", "info", "never")
        with pytest.raises(Timeout, match=r"no answer by 127\.0\.0\.1:\d+ .*has not answered") as caught:
            await ctx.info("x", timeout=0.1)
        assert caught.value.phase == "exec"
        assert caught.value.peer == scripted_server.address
        dropped, pending = ctx.info("x"), ctx.info("x")
        assert dropped.cancel()
        ctx.close()
        with pytest.raises(Closed, match="info 'x'"):
            await pending
