"""Every get, put and RPC is answered, whatever becomes of its handler, its PV, its server or its client."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.client import Disconnected, RemoteError
from aiopvxs.data import FieldLookupError, NoConvert, Value
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Operation
from aiopvxs_core import server as core
from waiting import eventually

if TYPE_CHECKING:
    from peers import CommandClient

KINDS = ["put", "rpc", "get"]


class Bench:
    """A PV whose handlers do what ``way`` says, its server and a client."""

    def __init__(self, **options: float) -> None:
        self.way = "returns"
        self.begun = asyncio.Event()
        self.ended: list[str] = []
        self.operations: list[Operation] = []
        self.pv = SharedPV(NTScalar(T.Int32), 1, **options)  # type: ignore[arg-type]
        self.pv.on_put(self.handle)
        self.pv.on_rpc(self.handle)
        self.pv.on_get(self.handle)
        self.server = Server({"x": self.pv}, Config.isolated())

    async def handle(self, pv: SharedPV, op: Operation) -> object:
        self.operations.append(op)
        try:
            result = await self.do(op)
        except BaseException as error:
            self.ended.append(type(error).__name__)
            raise
        self.ended.append("returned")
        return result

    async def do(self, op: Operation) -> object:
        way = self.way
        self.begun.set()
        if way == "raises before":
            raise ValueError("not today")
        if way == "refuses":
            raise RemoteError("the client's fault")
        await asyncio.sleep(0)
        if way == "raises after":
            raise ValueError("not today")
        if way == "cancelled":
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await asyncio.sleep(20)
        if way == "never":
            await asyncio.sleep(3600)
        if way == "wrong type":
            return {"put": 5, "rpc": object(), "get": "text"}[op.kind]
        if way == "other structure":
            return NTScalar(T.String).create("text")
        return {"put": None, "rpc": {"sum": 3}, "get": 7}[op.kind]

    def ask(self, ctx: Context, kind: str) -> asyncio.Future[Value]:
        if kind == "put":
            return ctx.put("x", 5)
        return ctx.rpc("x", a=1) if kind == "rpc" else ctx.get("x")

    async def works(self, ctx: Context, kind: str) -> None:
        """Ask once more."""
        self.way = "returns"
        result = await self.ask(ctx, kind)
        if kind == "rpc":
            assert result.as_dict() == {"sum": 3}
        if kind == "get":
            assert result.as_int("value") == 7


Started = Callable[..., Awaitable[tuple[Bench, Context]]]


@pytest.fixture
async def start() -> AsyncIterator[Started]:
    ends: list[Callable[[], Awaitable[None]]] = []

    async def begin(**options: float) -> tuple[Bench, Context]:
        bench = Bench(**options)
        await bench.server.__aenter__()
        ctx = Context(bench.server.client_config(), use_env=False, timeout=20.0)
        ends.extend((ctx.aclose, bench.server.astop))
        return bench, ctx

    yield begin
    for end in ends:
        await end()


@pytest.mark.parametrize("kind", KINDS)
async def test_returns(start: Started, kind: str) -> None:
    bench, ctx = await start()
    await bench.works(ctx, kind)
    await bench.works(ctx, kind)
    assert bench.ended == ["returned"] * 2
    assert bench.pv.current.as_int("value") == 1  # the handler decides what is stored


WRONG = {
    ("put", "wrong type"): 'A put of PV "x" has no result, and was given 5',
    ("put", "other structure"): 'A put of PV "x" has no result',
    ("rpc", "wrong type"): "no type follows from value=<object",
    ("get", "wrong type"): "'text'",
    ("get", "other structure"): 'The answer of PV "x" to a get has another structure than the PV',
}


@pytest.mark.parametrize(("kind", "way"), WRONG)
async def test_returns_what_is_no_answer(
    start: Started, caplog: pytest.LogCaptureFixture, kind: str, way: str
) -> None:
    bench, ctx = await start()
    bench.way = way
    with pytest.raises(RemoteError) as failure:
        await bench.ask(ctx, kind)
    assert WRONG[kind, way] in str(failure.value)
    assert [record.name for record in caplog.records if record.levelno == logging.ERROR] == ["aiopvxs.server"]
    await bench.works(ctx, kind)


@pytest.mark.parametrize("way", ["raises before", "raises after"])
@pytest.mark.parametrize("kind", KINDS)
async def test_raises(start: Started, caplog: pytest.LogCaptureFixture, kind: str, way: str) -> None:
    bench, ctx = await start()
    bench.way = way
    with pytest.raises(RemoteError, match="^not today$"):
        await bench.ask(ctx, kind)
    (record,) = (record for record in caplog.records if record.name == "aiopvxs.server")
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ValueError)
    assert {"put": "a put", "rpc": "an RPC", "get": "a get"}[kind] + " of PV 'x'" in record.getMessage()
    await bench.works(ctx, kind)


@pytest.mark.parametrize("kind", KINDS)
async def test_refuses(start: Started, caplog: pytest.LogCaptureFixture, kind: str) -> None:
    bench, ctx = await start()
    bench.way = "refuses"
    with pytest.raises(RemoteError, match="^the client's fault$"):
        await bench.ask(ctx, kind)
    assert not [record for record in caplog.records if record.name == "aiopvxs.server"]
    await bench.works(ctx, kind)


@pytest.mark.parametrize("kind", KINDS)
async def test_cancelled(start: Started, kind: str) -> None:
    bench, ctx = await start()
    bench.way = "cancelled"
    with pytest.raises(RemoteError, match=f'The {kind} of PV "x" was cancelled by the server'):
        await bench.ask(ctx, kind)
    await bench.works(ctx, kind)


@pytest.mark.parametrize("kind", KINDS)
async def test_never_finishes(start: Started, caplog: pytest.LogCaptureFixture, kind: str) -> None:
    bench, ctx = await start(handler_timeout=0.3)
    bench.way = "never"
    with pytest.raises(RemoteError, match=r'PV "x" has not answered within 0\.3 s'):
        await bench.ask(ctx, kind)
    await eventually(lambda: bench.ended == ["CancelledError"])
    assert "did not answer in time" in caplog.text
    await bench.works(ctx, kind)


@pytest.mark.parametrize("kind", KINDS)
async def test_pv_closed_meanwhile(start: Started, kind: str) -> None:
    bench, ctx = await start()
    bench.way = "never"
    asking = bench.ask(ctx, kind)
    await bench.begun.wait()
    bench.way = "returns"
    bench.pv.close()
    if kind == "get":  # is asked again once the PV is there again
        bench.pv.open(2)
        assert (await asking).as_int("value") == 7
    else:  # might be done twice
        with pytest.raises(Disconnected):
            await asking
        bench.pv.open(2)
    if kind == "put":  # the handler goes on, and others wait for it
        task = bench.operations[0]._task
        assert task is not None
        task.cancel()
    await bench.works(ctx, kind)


@pytest.mark.parametrize("kind", KINDS)
async def test_server_stopped_meanwhile(start: Started, kind: str) -> None:
    bench, ctx = await start()
    bench.way = "never"
    asking = bench.ask(ctx, kind)
    await bench.begun.wait()
    await bench.server.astop(grace=0.1)
    with pytest.raises(RemoteError, match="^The server is shutting down$"):
        await asking
    await eventually(lambda: bench.ended == ["CancelledError"])
    await bench.server.__aenter__()
    await ctx.hurry_up()
    await bench.works(ctx, kind)


@pytest.mark.parametrize("kind", KINDS)
async def test_server_stopped_with_grace(start: Started, kind: str) -> None:
    bench, ctx = await start()
    go_on = asyncio.Event()
    do = bench.do

    async def wait(op: Operation) -> object:
        bench.begun.set()
        await go_on.wait()
        return await do(op)

    bench.do = wait  # type: ignore[method-assign]
    asking = bench.ask(ctx, kind)
    await bench.begun.wait()
    stopping = asyncio.create_task(bench.server.astop(grace=20.0))
    await eventually(lambda: not bench.server.running)
    go_on.set()
    await asking
    await stopping
    assert bench.ended == ["returned"]


@pytest.mark.parametrize("kind", KINDS)
async def test_client_killed_meanwhile(
    start: Started, command_client: type[CommandClient], tmp_path: object, kind: str
) -> None:
    bench, ctx = await start()
    go_on = asyncio.Event()
    do = bench.do

    async def wait(op: Operation) -> object:
        bench.begun.set()
        await go_on.wait()
        return await do(op)

    bench.do = wait  # type: ignore[method-assign]
    command = {"put": ("put", "x", "value", 5), "rpc": ("rpc", "x"), "get": ("get", "x")}[kind]
    client = command_client(bench.server.client_config())
    with (tmp_path / "lines").open("w") as lines:  # type: ignore[operator]
        process = client.start(*command, stdout=lines, timeout=60.0)
        await bench.begun.wait()
        process.kill()
        process.wait()
    await eventually(lambda: bench.operations[0].cancelled)
    if kind == "put":  # goes on, as a record does
        assert bench.ended == []
        go_on.set()
        await eventually(lambda: bench.ended == ["returned"])
    else:
        await eventually(lambda: bench.ended == ["CancelledError"])
        go_on.set()
    await bench.works(ctx, kind)


@pytest.mark.parametrize("on_leave", ["finish", "cancel"])
@pytest.mark.parametrize("kind", KINDS)
async def test_a_client_that_cancels(start: Started, kind: str, on_leave: str) -> None:
    bench, ctx = await start(on_leave=on_leave)
    bench.way = "never"
    asking = bench.ask(ctx, kind)
    await bench.begun.wait()
    asking.cancel()
    await eventually(lambda: bench.operations[0].cancelled)
    if on_leave == "cancel":
        await eventually(lambda: bench.ended == ["CancelledError"])
    else:
        assert (await ctx.info("x")).type()  # what the server told of the cancellation has come
        assert bench.ended == []
        task = bench.operations[0]._task
        assert task is not None
        task.cancel()
    await bench.works(ctx, kind)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_pv_that_is_gone(start: Started, kind: str) -> None:
    bench, ctx = await start()
    source = core.Source()
    pv = core.SharedPV(True, 2**40)  # whose Python object nobody keeps
    pv.call(get=True, put=True, rpc=True, connects=False)
    pv.open(NTScalar(T.Int32).create(5))
    source.add("gone", pv)
    bench.server._core.add_source("gone", source, 1)
    ask = {"put": lambda: ctx.put("gone", 1), "rpc": lambda: ctx.rpc("gone"), "get": lambda: ctx.get("gone")}
    with pytest.raises(RemoteError, match='PV "gone" is served no more'):
        await ask[kind]()


@pytest.mark.parametrize("kind", KINDS)
async def test_an_operation_that_is_dropped(start: Started, kind: str) -> None:
    bench, ctx = await start()
    begin, dropped = bench.server._runner._begin, []

    def drop(loop: asyncio.AbstractEventLoop, arrived: core.Operation) -> None:
        dropped.append(arrived.name)

    bench.server._runner._begin = drop  # type: ignore[method-assign]
    with pytest.raises(RemoteError, match="^The server dropped the request without answering it$"):
        await bench.ask(ctx, kind)
    assert dropped == ["x"]
    bench.server._runner._begin = begin  # type: ignore[method-assign]
    await bench.works(ctx, kind)


async def test_errors_are_masked(caplog: pytest.LogCaptureFixture) -> None:
    pv = SharedPV(NTScalar(T.Int32), 1)

    @pv.on_put
    def _(op: Operation) -> None:
        if op.value.as_int("value") == 1:
            raise RemoteError("said on purpose")
        raise ValueError("secret")

    async with (
        Server({"x": pv}, Config.isolated(), mask_errors=True) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        with pytest.raises(RemoteError, match="^The server failed; its log says why$"):
            await ctx.put("x", 5)
        with pytest.raises(RemoteError, match="^said on purpose$"):
            await ctx.put("x", 1)
    assert "secret" in caplog.text


async def test_the_first_answer_counts(start: Started) -> None:
    bench, ctx = await start()
    go_on = asyncio.Event()

    async def early(op: Operation) -> object:
        assert op.reply({"put": None, "rpc": {"sum": 3}, "get": 7}[op.kind])
        assert not op.error("too late")
        assert op.answered
        await go_on.wait()
        raise RemoteError("nobody hears this")

    bench.do = early  # type: ignore[method-assign]
    for kind in KINDS:
        go_on.clear()
        await bench.ask(ctx, kind)
        go_on.set()


async def test_a_bad_reply_leaves_the_operation_open(start: Started) -> None:
    bench, ctx = await start()

    async def careless(op: Operation) -> object:
        with pytest.raises(FieldLookupError if op.kind == "get" else NoConvert):
            op.reply({"nothing": 5} if op.kind == "get" else object())
        assert not op.answered
        op.error("in the end")
        return None

    bench.do = careless  # type: ignore[method-assign]
    for kind in ("rpc", "get"):
        with pytest.raises(RemoteError, match="^in the end$"):
            await bench.ask(ctx, kind)
