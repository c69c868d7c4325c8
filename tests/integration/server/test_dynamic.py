"""Sources that know their PVs only when they are asked for."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.client import RemoteError, Timeout
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Channel, Config, Handler, Operation, Source
from fuzz.network.attack import Reader, connected
from fuzz.network.mutation import message
from waiting import eventually

Serve = Callable[[Source], AbstractAsyncContextManager[Context]]


@asynccontextmanager
async def serve(source: Source, **options: Any) -> AsyncIterator[Context]:
    async with (
        Server(config=Config.isolated(), sources=[source], **options) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        yield ctx


class Counting(Source):
    """Makes a PV for each channel, and notes what it was asked."""

    names = ("fixed", "other")
    patterns = ("made:*", "x?z", "[ab]c")
    negative_ttl = 0.2
    deny_ttl = 0.2

    def __init__(self) -> None:
        self.sought: list[str] = []
        self.opened: list[Channel] = []
        self.gate: asyncio.Event | None = None

    async def open(self, channel: Channel) -> SharedPV | None:
        self.opened.append(channel)
        if self.gate is not None:
            await self.gate.wait()
        return SharedPV(NTScalar(T.Int32), len(self.opened))


class Finding(Counting):
    known = "found"

    async def find(self, name: str) -> bool:
        self.sought.append(name)
        if name == "broken":
            raise ValueError("no database")
        return name == self.known


@pytest.mark.parametrize("name", ["fixed", "made:", "made:by:pattern", "xyz", "ac", "bc"])
async def test_names_and_patterns(name: str) -> None:
    source = Counting()
    async with serve(source) as ctx:
        assert (await ctx.get(name)).as_int("value") == 1
        (channel,) = source.opened
        assert (channel.name, channel.method) == (name, "ca")
        assert channel.peer.startswith("127.0.0.1:")
        assert channel.account
        assert isinstance(await channel.roles(), frozenset)
        await ctx.put(name, 7)
        assert (await ctx.get(name)).as_int("value") == 7
        assert (await ctx.monitor(name).first(20)).as_int("value") == 7
        assert len(source.opened) == 1


@pytest.mark.parametrize("name", ["fixe", "fixed2", "made", "xz", "xyyz", "cc", "a"])
async def test_names_that_do_not_fit(name: str) -> None:
    source = Counting()
    async with serve(source) as ctx:
        with pytest.raises(Timeout):
            await ctx.get(name, timeout=0.3)
        assert (await ctx.get("fixed")).as_int("value") == 1
        assert len(source.opened) == 1


async def test_names_are_listed() -> None:
    async with Server(config=Config.isolated(), sources={"it": Counting()}) as server:
        assert ("it", 0) in server.list_sources()
        async with Context(server.client_config(), use_env=False) as ctx:
            names = await ctx.list(f"127.0.0.1:{server.config.tcp_port}", timeout=20.0)
            assert set(names) == {"fixed", "other"}


async def test_each_client_has_a_pv_of_its_own_and_it_ends_with_the_channel() -> None:
    source = Counting()
    async with serve(source) as one:
        assert (await one.get("fixed")).as_int("value") == 1
        async with Server(config=Config.isolated(), sources=[source]) as other_server:
            async with Context(other_server.client_config(), use_env=False, timeout=20.0) as two:
                assert (await two.get("fixed")).as_int("value") == 2
                await two.put("fixed", 5)
                assert (await one.get("fixed")).as_int("value") == 1
                assert len(source._open) == 2
            await eventually(lambda: len(source._open) == 1)
    await eventually(lambda: not source._open)


async def test_operations_wait_for_the_opening() -> None:
    source = Counting()
    source.gate = asyncio.Event()
    async with serve(source) as ctx:
        waiting = [ctx.get("fixed"), ctx.put("fixed", 5), ctx.info("fixed"), ctx.rpc("fixed")]
        sub = ctx.monitor("fixed")
        await eventually(lambda: source.opened)
        await asyncio.wait(waiting, timeout=0.1)
        assert not any(each.done() for each in waiting)
        source.gate.set()
        *_, called = await asyncio.gather(*waiting, return_exceptions=True)
        assert "RPC is not implemented" in str(called)
        assert (await sub.first(20)).as_int("value") in (1, 5)
        assert (await ctx.get("fixed")).as_int("value") == 5


async def test_a_client_that_goes_while_it_waits() -> None:
    source = Counting()
    source.gate = asyncio.Event()
    async with serve(source) as ctx:
        async with Context(dict(ctx.config), use_env=False) as other:
            asking = other.get("fixed")
            await eventually(lambda: source.opened)
        with pytest.raises(RuntimeError):
            await asking
        source.gate.set()
        assert (await ctx.get("fixed")).as_int("value") == 2
        await eventually(lambda: len(source._open) == 1)


async def test_one_pv_for_all() -> None:
    pv = SharedPV(NTScalar(T.Int32), 5)
    told: list[str] = []
    pv.on_first_connect(lambda pv: told.append("first"))
    pv.on_last_disconnect(lambda pv: told.append("last"))

    class Same(Source):
        patterns = ("*",)

        async def open(self, channel: Channel) -> SharedPV:
            return pv

    async with serve(Same()) as ctx:
        for name in ("a", "b"):
            assert (await ctx.get(name)).as_int("value") == 5
        sub = ctx.monitor("a")
        await sub.first(20)
        await ctx.put("b", 6)
        assert (await sub.first(20)).as_int("value") == 6
        pv.close()
        pv.open(7)
        assert (await ctx.get("a")).as_int("value") == 7
        sub.close()
    await eventually(lambda: told.count("last") == 2)
    assert told == ["first", "last"] * 2


async def test_a_handler() -> None:
    class Echo(Source):
        patterns = ("*",)

        async def open(self, channel: Channel) -> Handler:
            handler = Handler(NTScalar(T.String), poll=0.01)
            handler.on_get(lambda op: channel.name)
            handler.on_rpc(lambda op: op.account == channel.account)
            return handler

    async with serve(Echo()) as ctx:
        assert (await ctx.rpc("n")).as_bool("value")
        assert (await ctx.get("my name")).as_string("value") == "my name"
        assert (await ctx.monitor("n").first(20)).as_string("value") == "n"


async def test_find() -> None:
    source = Finding()
    async with serve(source) as ctx:
        assert (await ctx.get("found")).as_int("value") == 1
        assert source.sought == ["found"]
        with pytest.raises(Timeout):
            await ctx.get("unknown", timeout=0.3)
        assert "unknown" in source.sought
        source.known = "unknown"  # after a while it is asked again
        assert (await ctx.get("unknown")).as_int("value") == 2


async def test_a_find_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    source = Finding()
    async with serve(source) as ctx:
        with pytest.raises(Timeout):
            await ctx.get("broken", timeout=0.5)
        assert (await ctx.get("found")).as_int("value") == 1
    assert "no database" in caplog.text


@pytest.mark.parametrize("kind", ["get", "put", "rpc", "info", "monitor"])
async def test_a_refusal(kind: str) -> None:
    class Moody(Counting):
        allowed = False

        async def open(self, channel: Channel) -> SharedPV | None:
            pv = await super().open(channel)
            return pv if self.allowed else None

    source = Moody()
    async with serve(source) as ctx:
        asking = {
            "get": lambda: ctx.get("fixed"),
            "put": lambda: ctx.put("fixed", 1),
            "rpc": lambda: ctx.rpc("fixed"),
            "info": lambda: ctx.info("fixed"),
            "monitor": lambda: ctx.monitor("fixed").first(20),
        }
        with pytest.raises(RemoteError, match='PV "fixed" is not for .* at 127'):
            await asking[kind]()
        assert not source._open
        source.allowed = True
        # a refused client of PVXS asks again once a second, which counts
        assert (await ctx.get("made:other")).as_int("value") >= 2


async def test_names_that_are_no_text() -> None:
    """They are bytes of the wire, for which a client is refused as for others."""

    class Never(Counting):
        async def find(self, name: str) -> bool:
            self.sought.append(name)
            return False

        async def open(self, channel: Channel) -> None:
            self.opened.append(channel)

    def ask(port: int) -> None:
        with connected(port) as stream:
            reader = Reader(stream)
            stream.sendall(message(1, struct.pack("<IHH", 0x10000, 0x7FFF, 0) + b"\x09anonymous\xff"))
            for name in (b"sought\xff", b"made:\xff"):
                stream.sendall(message(7, struct.pack("<HI", 1, 1) + bytes([len(name)]) + name))
            reader.until(8)  # the channel is closed

    source = Never()
    async with Server(config=Config.isolated(), sources=[source]) as server:
        await asyncio.to_thread(ask, server.config.tcp_port)
        await eventually(lambda: source.sought)
        assert (source.sought, len(source.opened)) == (["sought\udcff"], 1)


async def test_a_refused_client_is_not_asked_about_for_a_while() -> None:
    class Never(Counting):
        deny_ttl = 3600.0

        async def open(self, channel: Channel) -> None:
            self.opened.append(channel)

    source = Never()
    async with serve(source) as ctx:
        channel = ctx.channel("fixed")
        with pytest.raises(RemoteError):
            await channel.get()
        await eventually(lambda: not channel.connected)
        with pytest.raises(Timeout):
            await channel.get(timeout=3.0)  # the client tries to reconnect meanwhile
        assert len(source.opened) == 1
        channel.close()


@pytest.mark.parametrize("way", ["raises", "no pv"])
async def test_an_opening_that_fails(way: str, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Source):
        names = ("fixed",)

        async def open(self, channel: Channel) -> Any:
            if way == "raises":
                raise ValueError("no hardware")
            return 5

    async with serve(Broken()) as ctx:
        with pytest.raises(RemoteError, match="no hardware|no SharedPV or Handler"):
            await ctx.get("fixed")
    assert "The opening of PV 'fixed'" in caplog.text


async def test_an_opening_that_takes_for_ever() -> None:
    class Slow(Counting):
        open_timeout = 0.2

    source = Slow()
    source.gate = asyncio.Event()
    async with serve(source) as ctx:
        with pytest.raises(RemoteError, match='PV "fixed" has not been opened within 0.2 s'):
            await ctx.get("fixed")
        source.gate.set()
        assert (await ctx.get("other")).as_int("value") >= 2  # "fixed" may have been asked for again


async def test_the_server_stops_while_a_client_waits() -> None:
    source = Counting()
    source.gate = asyncio.Event()
    server = Server(config=Config.isolated(), sources=[source])
    async with Context(server.client_config(), use_env=False, timeout=20.0) as ctx:
        async with server:
            asking = ctx.get("fixed")
            await eventually(lambda: source.opened)
        source.gate.set()
        async with server:
            await ctx.hurry_up()
            assert (await asking).as_int("value")


async def test_a_removed_source_finds_nothing_more() -> None:
    source = Counting()
    async with Server(config=Config.isolated()) as server:
        server.add_source("it", source, 3)
        async with Context(server.client_config(), use_env=False, timeout=20.0) as ctx:
            assert (await ctx.get("fixed")).as_int("value") == 1
            server.remove_source("it", 3)
            with pytest.raises(Timeout):
                await ctx.get("other", timeout=0.3)
            assert (await ctx.get("fixed")).as_int("value") == 1


@pytest.mark.parametrize("names", ["text", [5], [""]])
def test_names_that_are_none(names: Any) -> None:
    class Wrong(Source):
        pass

    Wrong.names = names
    with pytest.raises(TypeError, match="names of a Source"):
        Server(config=Config.isolated(), sources=[Wrong()])


async def test_operations_have_the_name_of_the_channel() -> None:
    seen: list[str] = []

    class Naming(Source):
        patterns = ("*",)

        async def open(self, channel: Channel) -> SharedPV:
            pv = SharedPV(NTScalar(T.Int32), 1)

            @pv.on_put
            async def _(op: Operation) -> None:
                seen.append(op.name)

            return pv

    async with serve(Naming()) as ctx:
        await ctx.put("one", 1)
        await ctx.put("two", 1)
    assert seen == ["one", "two"]
