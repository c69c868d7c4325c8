"""What a handler is told of an operation."""

from __future__ import annotations

import asyncio
import logging
import struct
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.client import RemoteError
from aiopvxs.data import Member, TypeDef, Value
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTEnum, NTScalar
from aiopvxs.server import Config, Operation
from aiopvxs_core import server as core
from fuzz.network.attack import Reader, connected
from fuzz.network.mutation import message
from waiting import eventually


class Seen:
    """PVs that note what their handlers are given."""

    def __init__(self) -> None:
        self.scalar = SharedPV(NTScalar(T.Float64, display=True), {"value": 1.5, "alarm.severity": 1})
        self.enum = SharedPV(NTEnum(), {"value": {"index": 0, "choices": ["off", "on"]}})
        self.latest: list[Operation] = []
        self.values: list[Value] = []
        for pv in (self.scalar, self.enum):
            pv.on_put(self.handle)
            pv.on_rpc(self.handle)

    def handle(self, op: Operation) -> None:
        self.latest.append(op)
        self.values.append(op.value)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
async def ctx(seen: Seen) -> AsyncIterator[Context]:
    async with (
        Server({"scalar": seen.scalar, "enum": seen.enum}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as context,
    ):
        yield context


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        ({"display.description": "new"}, {"display.description"}),
        ({"alarm.severity": 0}, {"alarm.severity"}),
        ({"value": 2.5}, {"value"}),
        (2.5, {"value"}),
        ({"value": 2.5, "alarm.message": "hm"}, {"value", "alarm.message"}),
    ],
)
async def test_the_value_is_what_the_pv_would_become(
    seen: Seen, ctx: Context, sent: object, changed: set[str]
) -> None:
    expected = seen.scalar.current
    if isinstance(sent, dict):
        expected.assign(sent)
    else:
        expected["value"] = sent
    await ctx.put("scalar", sent)
    (value,) = seen.values
    assert value == expected
    assert value.changed() == changed
    assert seen.scalar.current.as_float("value") == 1.5  # nothing was stored
    stamp = seen.scalar.current.as_int("timeStamp.nanoseconds")
    seen.scalar.post(value)
    stored = seen.scalar.current
    assert stored.as_int("timeStamp.nanoseconds") != stamp  # set anew, since the client did not send it
    for name in changed:
        assert stored[name] == expected[name]


async def test_an_enum_that_is_put_by_index(seen: Seen, ctx: Context) -> None:
    await ctx.put("enum", 1)
    await ctx.put("enum", "on")
    for value in seen.values:
        assert value.as_int("value.index") == 1
        assert value.as_string_list("value.choices") == ["off", "on"]
        assert value.changed() == {"value.index"}


async def test_the_value_is_that_of_when_the_handler_begins(ctx: Context, seen: Seen) -> None:
    go_on = asyncio.Event()
    values: list[Value] = []

    @seen.scalar.on_put
    async def _(pv: SharedPV, op: Operation) -> None:
        await go_on.wait()
        values.append(op.value)
        pv.post(op.value)

    first = ctx.put("scalar", {"alarm.severity": 2})
    second = ctx.put("scalar", {"value": 7.0})
    go_on.set()
    await asyncio.gather(first, second)
    assert values[1].as_int("alarm.severity") == 2
    assert values[1].changed() == {"value"}


async def test_a_handler_may_change_the_value(ctx: Context, seen: Seen) -> None:
    @seen.scalar.on_put
    def _(pv: SharedPV, op: Operation) -> None:
        op.value["value"] = 99.0
        pv.post(op.value)

    await ctx.put("scalar", 5.0)
    assert seen.scalar.current.as_float("value") == 99.0


async def test_who_asks(seen: Seen, ctx: Context) -> None:
    await ctx.put("scalar", 2.0)
    (op,) = seen.latest
    assert (op.name, op.pv, op.kind, op.method) == ("scalar", seen.scalar, "put", "ca")
    assert op.peer.startswith("127.0.0.1:")
    assert op.account
    assert isinstance(await op.roles(), frozenset)
    assert await op.roles() is await op.roles()  # asked once
    assert op.answered
    assert not op.cancelled
    assert "put 'scalar'" in repr(op)


@pytest.mark.parametrize(
    ("options", "block", "process"),
    [
        ({}, False, None),
        ({"wait": True}, True, None),
        ({"wait": False, "process": "passive"}, False, "passive"),
        ({"process": True}, False, True),
        ({"process": False}, False, False),
    ],
)
async def test_request_options(
    seen: Seen, ctx: Context, options: dict[str, Any], block: bool, process: object
) -> None:
    await ctx.put("scalar", 2.0, **options)
    assert (seen.latest[0].block, seen.latest[0].process) == (block, process)
    assert seen.latest[0].request.type() == T.Struct


@pytest.mark.parametrize("sent", [b"\x22\x05\x00\x00\x00", b"\xff"], ids=["number", "null"])
async def test_a_request_that_is_no_structure(sent: bytes) -> None:
    told: list[object] = []
    pv = SharedPV(NTScalar(T.Int32), 1)
    pv.on_get(lambda op: told.append((op.request.as_dict(), op.block, op.process)))

    def ask(port: int) -> None:
        with connected(port) as stream:
            reader = Reader(stream)
            stream.sendall(message(1, struct.pack("<IHH", 0x10000, 0x7FFF, 0) + b"\x09anonymous\xff"))
            stream.sendall(message(7, struct.pack("<HI", 1, 1) + b"\x01x"))
            channel = reader.until(7)[4:8]
            for step in (struct.pack("<IB", 5, 0x08) + sent, struct.pack("<IB", 5, 0x00)):
                stream.sendall(message(10, channel + step))
                reader.until(10)

    async with Server({"x": pv}, Config.isolated()) as server:
        await asyncio.to_thread(ask, server.config.tcp_port)
    assert told == [({}, False, None)]


async def test_the_query_of_an_rpc(seen: Seen, ctx: Context) -> None:
    await ctx.rpc("scalar", a=1, b="text", c=[1.5, 2.5])
    await ctx.rpc("scalar")
    structure = TypeDef(T.Struct, [Member(T.Int32, "x")]).create()
    structure["x"] = 5
    await ctx.rpc("scalar", structure)
    queries = [op.query for op in seen.latest]
    assert queries == [{"a": 1, "b": "text", "c": [1.5, 2.5]}, {}, {"x": 5}]
    assert seen.values[2].as_dict() == {"x": 5}


async def test_an_empty_result_is_passed_on(seen: Seen, ctx: Context) -> None:
    seen.scalar.on_rpc(lambda op: op.value)  # of an RPC without an argument there is none
    assert not await ctx.rpc("scalar")

    @seen.enum.on_rpc
    async def _(op: Operation) -> Value:
        return await ctx.rpc("scalar")

    assert not await ctx.rpc("enum")
    assert (await ctx.rpc("scalar", a=1)).as_int("query.a") == 1


async def test_texts_beside_the_answer(seen: Seen, ctx: Context, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "pvxs.remote.log")

    @seen.scalar.on_put
    def _(op: Operation) -> None:
        op.warn("it is hot")

    await ctx.put("scalar", 2.0)
    await eventually(lambda: "it is hot" in caplog.text)


async def test_a_text_that_is_none_answers_nothing(seen: Seen, ctx: Context) -> None:
    errors: list[str] = []

    @seen.scalar.on_put
    def _(op: Operation) -> None:
        for call in (op.error, op.warn, op.info):
            with pytest.raises(
                TypeError, match='What a client of PV "scalar" is told is a str, not 5'
            ) as raised:
                call(5)  # type: ignore[arg-type]
            errors.append(str(raised.value))
        with pytest.raises(TypeError, match='The answer of PV "scalar" is a Value or None, not 5'):
            op._core.reply(5)  # type: ignore[arg-type]
        assert not op.answered

    await ctx.put("scalar", 2.5)
    assert len(errors) == 3


def test_the_core_alone_makes_operations() -> None:
    with pytest.raises(TypeError, match="cannot create"):
        core.Operation()


async def test_no_handler_of_that_kind(seen: Seen, ctx: Context) -> None:
    assert (await ctx.get("scalar")).as_float("value") == 1.5
    bare = SharedPV(NTScalar(T.Int32), 1)
    bare.on_put(lambda op: None)
    async with (
        Server({"bare": bare}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as other,
    ):
        with pytest.raises(RemoteError, match="RPC is not implemented"):
            await other.rpc("bare")


@pytest.mark.parametrize(
    ("returned", "expected"),
    [(None, 1.5), (7, 7.0), ({"value": 8, "alarm.severity": 3}, 8.0)],
)
async def test_what_a_get_returns(seen: Seen, ctx: Context, returned: object, expected: float) -> None:
    seen.scalar.on_get(lambda op: returned)
    got = await ctx.get("scalar")
    assert got.as_float("value") == expected
    assert got.as_int("alarm.severity") == (3 if isinstance(returned, dict) else 1)
    assert seen.scalar.current.as_float("value") == 1.5


async def test_a_get_that_returns_a_value(seen: Seen, ctx: Context) -> None:
    @seen.scalar.on_get
    async def _(pv: SharedPV, op: Operation) -> Value:
        assert op.kind == "get"
        value = op.value
        value["value"] = 12.0
        return value

    assert (await ctx.get("scalar")).as_float("value") == 12.0
    assert (await ctx.get("scalar", fields="value")).changed() == {"value"}


def test_a_subclass() -> None:
    class Doubling(SharedPV):
        async def put(self, op: Operation) -> None:
            self.post({"value": 2 * op.value.as_int("value")})

        def rpc(self, op: Operation) -> int:
            return 5

    pv = Doubling(NTScalar(T.Int32), 1)

    async def main() -> None:
        async with (
            Server({"x": pv}, Config.isolated()) as server,
            Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
        ):
            await ctx.put("x", 4)
            assert (await ctx.get("x")).as_int("value") == 8
            assert (await ctx.rpc("x")).as_int("value") == 5

    asyncio.run(main())


def test_a_readonly_pv_needs_no_handler_of_puts() -> None:
    pv = SharedPV.readonly(NTScalar(T.Int32), 1)
    with pytest.raises(TypeError, match="read-only"):
        pv.on_put(lambda op: None)


@pytest.mark.parametrize("function", [5, lambda: None, lambda a, b, c: None])
def test_what_is_no_handler(function: Any) -> None:
    with pytest.raises(TypeError, match=r"handler"):
        SharedPV().on_put(function)


def test_handlers_without_an_event_loop() -> None:
    """``with Server`` in a plain script runs them on a loop of its own."""
    threads: list[threading.Thread] = []
    pv = SharedPV(NTScalar(T.Int32), 1)

    @pv.on_put
    async def _(pv: SharedPV, op: Operation) -> None:
        threads.append(threading.current_thread())
        await asyncio.sleep(0)
        pv.post(op.value)

    from aiopvxs.sync import Context as Blocking

    server = Server({"x": pv}, Config.isolated())
    for number in (5, 6):  # and may be started again
        with server, Blocking(server.client_config(), use_env=False, timeout=20.0) as ctx:
            ctx.put("x", number)
            assert ctx.get("x").as_int("value") == number
            assert threads[-1] is not threading.current_thread()
        assert not threads[-1].is_alive()


def test_python_that_is_busy_does_not_hold_up_the_timeout() -> None:
    """The client is answered while the loop of the handlers hangs."""
    pv = SharedPV(NTScalar(T.Int32), 1, handler_timeout=0.2)
    answered = threading.Event()
    pv.on_put(lambda op: answered.wait(60.0) and None)
    from aiopvxs.sync import Context as Blocking

    server = Server({"x": pv}, Config.isolated())
    with server, Blocking(server.client_config(), use_env=False, timeout=20.0) as ctx:
        with pytest.raises(RemoteError, match="has not answered within"):
            ctx.put("x", 5)
        assert not answered.is_set()
        answered.set()
        pv.on_put(lambda op: None)
        ctx.put("x", 5)


async def test_the_mailbox_needs_no_loop(ctx: Context, seen: Seen) -> None:
    """Without handlers nothing reaches Python: a blocked loop serves its clients."""
    from aiopvxs.sync import Context as Blocking

    async with Server({"x": SharedPV(NTScalar(T.Int32), 1)}, Config.isolated()) as server:
        with Blocking(server.client_config(), use_env=False, timeout=20.0) as blocking:
            blocking.put("x", 5)
            assert blocking.get("x").as_int("value") == 5
