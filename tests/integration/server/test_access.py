"""What clients may, by rules and by functions: clients of many accounts and hosts."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.client import ConnectionState, Disconnected, RemoteError
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import AccessSecurity, Channel, Config, Handler, Source
from peers.impostor import Impostor
from waiting import eventually

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux has all addresses 127.x.y.z"
)

LOGGER = "aiopvxs.server.access"

RULES = """
UAG(operators) {anna}
UAG(experts) {"role/carl"}
HAG(console) {127.5.5.5}
ASG(DEFAULT) {
    RULE(1, READ)
    RULE(0, WRITE) {UAG(operators) HAG(console)}
    RULE(1, WRITE) {UAG(experts)}
}
ASG(SECRET) {
    RULE(1, READ) {UAG(operators)}
    RULE(1, WRITE, TRAPWRITE) {UAG(experts)}
}
ASG(CLOSED) {
    RULE(1, NONE)
}
"""

CONSOLE, OTHER = "127.5.5.5", "127.5.5.6"

As = Callable[..., AbstractAsyncContextManager[Context]]


def double(value: float = 1.0, **options: Any) -> SharedPV:
    return SharedPV(NTScalar(T.Float64), value, **options)


@asynccontextmanager
async def serve(pvs: Any, access: Any, **options: Any) -> AsyncIterator[tuple[Server, As]]:
    """Give a server, and a function that makes a Context which the server takes for another's."""
    async with Server(pvs, Config.isolated(), access=access, **options) as server:

        @asynccontextmanager
        async def client(account: str | None, host: str = CONSOLE) -> AsyncIterator[Context]:
            with Impostor(server.config.tcp_port, account, host) as impostor:
                async with Context(impostor.config, use_env=False, timeout=20.0) as ctx:
                    ctx.impostor = impostor  # type: ignore[attr-defined]
                    yield ctx

        yield server, client


async def names(ctx: Any) -> list[str]:
    impostor = ctx.impostor
    return list(await ctx.list(f"{impostor.address}:{impostor._port}", timeout=20.0))


async def allowed(operation: Any) -> bool:
    """Whether it was; if not, the error says so."""
    (result,) = await asyncio.gather(operation, return_exceptions=True)
    if isinstance(result, RemoteError):
        assert str(result).startswith("Access denied: "), result
        return False
    assert not isinstance(result, BaseException), result
    return True


async def monitored(ctx: Context, name: str) -> bool:
    async with ctx.monitor(name) as sub:
        return await allowed(sub.first(timeout=20.0))


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


async def until_end(sub: Any) -> None:
    async for _ in sub:
        pass


async def taken(sub: Any, last: float) -> AsyncIterator[Any]:
    async for item in sub:
        yield item
        if not isinstance(item, ConnectionState) and item.as_float("value") == last:
            return


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


async def test_policy() -> None:
    asked: list[tuple[Any, ...]] = []

    async def policy(
        peer: str, account: str, roles: frozenset[str], method: str, name: str, right: str
    ) -> bool:
        await asyncio.sleep(0)
        asked.append((peer.partition(":")[0], account, method, name, right))
        assert roles == {account}
        return account == "anna" or (right == "read" and name != "closed")

    pvs = {"pv": double(), "closed": double()}
    async with serve(pvs, policy) as (_, client):
        async with client("anna") as ctx:
            await ctx.get("pv")
            await ctx.get("pv")  # by the same INIT
            await ctx.put("pv", 2.0)
            await ctx.put("pv", 3.0)
            assert await names(ctx) == ["closed", "pv"]
        assert asked[:1] == [(CONSOLE, "anna", "ca", "pv", "read")]
        assert [each[-1] for each in asked].count("write") == 2
        async with client("bob") as ctx:
            assert await monitored(ctx, "pv")
            assert not await allowed(ctx.put("pv", 4.0))
            assert not await allowed(ctx.get("closed"))
            assert await names(ctx) == ["pv"]
    assert pvs["pv"].current.as_float("value") == 3.0


async def test_policy_that_fails_denies(caplog: pytest.LogCaptureFixture) -> None:
    def raising(*_: object) -> bool:
        raise OSError("no database")

    def no_bool(*_: object) -> Any:
        return "yes"

    for policy in (raising, no_bool):
        async with serve({"pv": double()}, policy) as (_, client), client("anna") as ctx:
            assert not await allowed(ctx.get("pv"))
    texts = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert any("no database" in each for each in texts)
    assert any("'yes', which is no bool" in each for each in texts)


async def test_operations_wait_for_a_policy() -> None:
    gate = asyncio.Event()
    order: list[float] = []

    async def policy(peer: str, account: str, roles: object, method: str, name: str, right: str) -> bool:
        await gate.wait()
        return True

    pv = double()

    @pv.on_put
    def put(op: Any) -> None:
        order.append(op.value.as_float("value"))

    async with serve({"pv": pv, "free": double()}, policy) as (_, client), client("anna") as ctx:
        sub = ctx.monitor("pv")
        read = ctx.get("pv")
        puts = [ctx.put("pv", float(number)) for number in range(10)]
        left = ctx.get("pv", timeout=0.2)
        with pytest.raises(TimeoutError):
            await left
        assert not read.done()
        gate.set()
        assert float((await read).value) == 1.0
        await asyncio.gather(*puts)
        assert order == [float(number) for number in range(10)]
        await sub.first(timeout=20.0)
        sub.close()


async def test_review_of_a_policy() -> None:
    may: set[str] = {"anna", "bob"}

    def policy(peer: str, account: str, roles: object, method: str, name: str, right: str) -> bool:
        return account in may

    async with (
        serve({"pv": double()}, policy) as (server, client),
        client("anna") as anna,
        client("bob") as bob,
        anna.monitor("pv") as lost,
        bob.monitor("pv") as kept,
    ):
        await lost.first(timeout=20.0)
        await kept.first(timeout=20.0)
        may.discard("anna")
        server.review_access()
        with pytest.raises(RemoteError, match="Access denied"):
            await until_end(lost)
        assert kept.connected


async def test_put_of_a_client_that_left_while_it_waited_is_not_done() -> None:
    gate, asked = asyncio.Event(), asyncio.Event()

    async def policy(peer: str, account: str, roles: object, method: str, name: str, right: str) -> bool:
        if right == "write":
            asked.set()
            await gate.wait()
        return True

    done: list[float] = []
    pv = double()
    pv.on_put(lambda op: done.append(op.value.as_float("value")))
    async with serve({"pv": pv}, policy) as (_, client):
        async with client("anna") as ctx:
            put = ctx.put("pv", 2.0)
            await asyncio.wait_for(asked.wait(), 20.0)
        await asyncio.gather(put, return_exceptions=True)
        await eventually(lambda: pv._core.stat().channels == 0)
        gate.set()
        async with client("bob") as ctx:
            await ctx.put("pv", 3.0)
    assert done == [3.0]


async def test_client_that_leaves_while_a_policy_decides() -> None:
    gate, asked = asyncio.Event(), asyncio.Event()

    async def policy(peer: str, account: str, roles: object, method: str, name: str, right: str) -> bool:
        asked.set()
        await gate.wait()
        return True

    pv = double()
    async with serve({"pv": pv}, policy) as (_server, client):
        for _ in range(5):
            async with client("anna") as ctx:
                asked.clear()
                sub, read = ctx.monitor("pv"), ctx.get("pv")
                await asyncio.wait_for(asked.wait(), 20.0)
                sub.close()
                read.cancel()
        gate.set()
        async with client("anna") as ctx:
            await ctx.get("pv")
            assert await monitored(ctx, "pv")
        await eventually(lambda: pv._core.stat().channels == 0)
        assert pv._core.stat().subscribers == pv._core.stat().waiting == 0


async def test_server_that_stops_while_a_policy_decides_answers() -> None:
    asked = asyncio.Event()

    async def policy(peer: str, account: str, roles: object, method: str, name: str, right: str) -> bool:
        asked.set()
        await asyncio.get_running_loop().create_future()
        return True

    async with serve({"pv": double()}, policy) as (server, client), client("anna") as ctx:
        read = ctx.get("pv")
        await asyncio.wait_for(asked.wait(), 20.0)
        await server.astop(grace=0.0)
        with pytest.raises(RemoteError, match="shutting down"):
            await read


async def test_question_is_answered_once() -> None:
    questions: list[Any] = []
    async with serve({"pv": double()}, lambda *_: True) as (server, client), client("anna") as ctx:
        server._runner.decides = questions.append
        first, second = ctx.get("pv"), ctx.info("pv")
        await eventually(lambda: questions)
        question = questions.pop()
        assert question.allow(0)
        assert not question.deny("the other way")
        await eventually(lambda: questions)
        assert not question.deny("this is of another operation")
        del question
        assert not first.done() or not second.done()
        assert questions.pop().deny("not this one")
        outcomes = await asyncio.gather(first, second, return_exceptions=True)
        assert sorted(isinstance(each, RemoteError) for each in outcomes) == [False, True]


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
