"""What clients of many accounts and hosts may, by rules."""

from __future__ import annotations

import logging
import sys

import pytest

from aiopvxs import Server, SharedPV
from aiopvxs.client import RemoteError
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import AccessSecurity, Channel, Config, Handler, Source
from peers.accounts import CONSOLE, OTHER, RULES, allowed, double, monitored, names, serve

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux has all addresses 127.x.y.z"
)

LOGGER = "aiopvxs.server.access"


@pytest.mark.parametrize(
    ("account", "host", "rights"),
    [
        ("anna", CONSOLE, {"zero": "rw", "one": "r", "secret": "r", "closed": ""}),
        ("anna", OTHER, {"zero": "r", "one": "r", "secret": "r", "closed": ""}),
        ("bob", CONSOLE, {"zero": "r", "one": "r", "secret": "", "closed": ""}),
        ("bob", OTHER, {"zero": "r", "one": "r", "secret": "", "closed": ""}),
        ("carl", CONSOLE, {"zero": "rw", "one": "rw", "secret": "rw", "closed": ""}),
        ("carl", OTHER, {"zero": "rw", "one": "rw", "secret": "rw", "closed": ""}),
        (None, CONSOLE, {"zero": "r", "one": "r", "secret": "", "closed": ""}),
    ],
)
async def test_table(account: str | None, host: str, rights: dict[str, str]) -> None:
    called: list[str] = []
    pvs = {
        "zero": double(asl=0),
        "one": double(),
        "secret": double(asg="SECRET"),
        "closed": double(asg="CLOSED"),
    }
    for pv in pvs.values():
        pv.on_rpc(lambda op: called.append(op.name))
    async with serve(pvs, AccessSecurity(RULES)) as (_, client), client(account, host) as ctx:
        for name, right in rights.items():
            before = pvs[name].current.as_dict()
            assert await allowed(ctx.get(name)) is ("r" in right), name
            assert await allowed(ctx.info(name)) is ("r" in right), name
            assert await monitored(ctx, name) is ("r" in right), name
            assert await allowed(ctx.rpc(name)) is ("w" in right), name
            assert pvs[name].current.as_dict() == before
            for value in (2.0, 3.0):  # the second by the operation that is kept
                assert await allowed(ctx.put(name, value)) is ("w" in right), name
            if "w" in right:
                assert pvs[name].current.as_float("value") == 3.0
            else:
                assert pvs[name].current.as_dict() == before
        assert called == [name for name, right in rights.items() if "w" in right]
        assert await names(ctx) == sorted(name for name, right in rights.items() if right)


async def test_denials_are_told_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, LOGGER)
    pvs = {"closed": double(asg="CLOSED"), "pv": double(), "secret": double(asg="SECRET")}
    async with serve(pvs, AccessSecurity(RULES)) as (_, client):
        async with client("bob", OTHER) as ctx:
            with pytest.raises(
                RemoteError, match=r'Access denied: bob at 127.5.5.6 may not write to PV "pv"'
            ):
                await ctx.put("pv", 2.0)
            with pytest.raises(
                RemoteError, match=r'Access denied: bob at 127.5.5.6 may not read PV "closed"'
            ):
                await ctx.get("closed")
        async with client("carl") as ctx:
            await ctx.put("pv", 2.0)
            await ctx.put("secret", 2.0)
    lines = [(each.levelname, each.getMessage().split(":")[0], each.getMessage()) for each in caplog.records]
    lines = [each for each in lines if "access" in LOGGER and "PV" in each[2]]
    assert [(level, text.partition(" at ")[0]) for level, _, text in lines] == [
        ("WARNING", "Denied: put of PV 'pv' by 'bob' (ca)"),
        ("WARNING", "Denied: read of PV 'closed' by 'bob' (ca)"),
        ("INFO", "put of PV 'secret' by 'carl' (ca)"),
    ]
    assert lines[0][2].endswith("(ASG DEFAULT, ASL 1)")


async def test_account_forges_no_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with (
        serve({"closed": double(asg="CLOSED")}, AccessSecurity(RULES)) as (_, client),
        client("bob\nWARNING all is well") as ctx,
    ):
        assert not await allowed(ctx.get("closed"))
    assert all("\n" not in each.getMessage() for each in caplog.records if each.name == LOGGER)


def test_options() -> None:
    with pytest.raises(ValueError, match="asl is 0 or 1, not 2"):
        double(asl=2)
    with pytest.raises(ValueError, match="asg is the name of an access security group"):
        double(asg="")
    pv = SharedPV.readonly(NTScalar(T.Float64), 1.0, asg="A", asl=0)
    assert (pv.asg, pv.asl) == ("A", 0)
    handler = Handler(NTScalar(T.Float64), asg="A", asl=0)
    assert (handler.asg, handler.asl) == ("A", 0)
    with pytest.raises(TypeError, match="access is an AccessSecurity or a function"):
        Server({}, Config.isolated(), access="site.acf")  # type: ignore[arg-type]


async def test_pvs_of_a_source() -> None:
    class Made(Source):
        names = ("open", "closed")

        async def open(self, channel: Channel) -> SharedPV:
            return double(asg="CLOSED" if channel.name == "closed" else None)

    async with serve({}, AccessSecurity(RULES), sources=[Made()]) as (_, client), client("bob") as ctx:
        assert await monitored(ctx, "open")
        assert await allowed(ctx.get("open"))
        assert not await allowed(ctx.get("closed"))
        assert not await monitored(ctx, "closed")
        assert not await allowed(ctx.rpc("closed"))


async def test_server_tells_what_it_is() -> None:
    async with serve({"pv": double()}, AccessSecurity(RULES)) as (server, client), client("bob") as ctx:
        where = f"{ctx.impostor.address}:{ctx.impostor._port}"  # type: ignore[attr-defined]
        info = await ctx.rpc("server", server=where, op="info")
        assert info.as_string("implLang") == "cpp"
        with pytest.raises(RemoteError, match="'channels' or 'info'"):
            await ctx.rpc("server", server=where, op="nothing")
        assert ("__server", -1) in server.list_sources()
