"""In which order handlers of puts run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.client import RemoteError
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Operation
from waiting import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Slow:
    """A PV whose puts end when they are let go."""

    def __init__(self, **options: object) -> None:
        self.pv = SharedPV(NTScalar(T.Int32), 0, **options)  # type: ignore[arg-type]
        self.pv.on_put(self.put)
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.cancelled: list[int] = []
        self.gates: dict[int, asyncio.Event] = {}

    async def put(self, op: Operation) -> None:
        number = op.value.as_int("value")
        self.begun.append(number)
        try:
            await self.gate(number).wait()
        except asyncio.CancelledError:
            self.cancelled.append(number)
            raise
        self.ended.append(number)

    def gate(self, number: int) -> asyncio.Event:
        return self.gates.setdefault(number, asyncio.Event())

    def let_go(self, *numbers: int) -> None:
        for number in numbers:
            self.gate(number).set()

    async def has_begun(self, *numbers: int) -> None:
        await eventually(lambda: self.begun == list(numbers))


class Clients:
    """Contexts of their own, since one client's puts to a PV wait for each other."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.contexts: list[Context] = []

    def put(self, number: int) -> asyncio.Future[object]:
        context = Context(self._server.client_config(), use_env=False, timeout=20.0)
        self.contexts.append(context)
        return context.put("x", number)  # type: ignore[return-value]


@pytest.fixture
async def clients(slow: Slow) -> AsyncIterator[Clients]:
    async with Server({"x": slow.pv}, Config.isolated()) as server:
        them = Clients(server)
        yield them
        slow.let_go(*range(100))
        for context in them.contexts:
            await context.aclose()


@pytest.fixture
def slow(request: pytest.FixtureRequest) -> Slow:
    return Slow(**getattr(request, "param", {}))


async def test_one_after_another(slow: Slow, clients: Clients) -> None:
    puts = []
    for number in range(5):
        puts.append(clients.put(number))
        await eventually(lambda number=number: len(slow.begun) + waiting(slow) == number + 1)
    assert slow.begun == [0]
    for number in range(5):
        slow.let_go(number)
        await puts[number]
        assert slow.ended == list(range(number + 1))


def waiting(slow: Slow) -> int:
    return sum(len(lane) for lane in (slow.pv._lanes or {}).values())


@pytest.mark.parametrize("slow", [{"max_waiting": 2}], indirect=True)
async def test_too_many_wait(slow: Slow, clients: Clients) -> None:
    puts = [clients.put(1)]
    await slow.has_begun(1)
    for number in (2, 3):
        puts.append(clients.put(number))
        await eventually(lambda number=number: waiting(slow) == number - 1)
    with pytest.raises(RemoteError, match='^PV "x" is busy: 2 puts wait already$'):
        await clients.put(4)
    slow.let_go(1, 2, 3)
    await asyncio.gather(*puts)
    slow.let_go(5)
    await clients.put(5)
    assert slow.ended == [1, 2, 3, 5]


@pytest.mark.parametrize("slow", [{"serial": False}], indirect=True)
async def test_all_at_once(slow: Slow, clients: Clients) -> None:
    puts = [clients.put(1)]
    await slow.has_begun(1)
    puts.append(clients.put(2))
    await slow.has_begun(1, 2)
    slow.let_go(2)
    await puts[1]
    slow.let_go(1)
    await puts[0]
    assert slow.ended == [2, 1]


@pytest.mark.parametrize("slow", [{"serial": "reject"}], indirect=True)
async def test_refused_while_one_runs(slow: Slow, clients: Clients) -> None:
    put = clients.put(1)
    await slow.has_begun(1)
    with pytest.raises(RemoteError, match='^PV "x" is busy with another put$'):
        await clients.put(2)
    slow.let_go(1, 3)
    await put
    await clients.put(3)
    assert slow.ended == [1, 3]


@pytest.mark.parametrize("slow", [{"serial": "replace"}], indirect=True)
async def test_the_last_one_counts(slow: Slow, clients: Clients) -> None:
    first = clients.put(1)
    await slow.has_begun(1)
    second = clients.put(2)
    with pytest.raises(RemoteError, match='^A later put to PV "x" has replaced this one$'):
        await first
    await slow.has_begun(1, 2)
    assert slow.cancelled == [1]
    slow.let_go(2)
    await second
    assert slow.ended == [2]


@pytest.mark.parametrize("slow", [{"serial": "replace"}], indirect=True)
async def test_a_replaced_handler_is_waited_for(slow: Slow, clients: Clients) -> None:
    go_on = asyncio.Event()
    cleaned: list[str] = []

    async def put(op: Operation) -> None:
        number = op.value.as_int("value")
        slow.begun.append(number)
        if number == 1:
            try:
                await asyncio.sleep(3600)
            finally:
                await go_on.wait()
                cleaned.append("up")
        assert cleaned == ["up"]

    slow.pv.on_put(put)
    first = clients.put(1)
    await slow.has_begun(1)
    replaced = clients.put(2)
    with pytest.raises(RemoteError, match="replaced"):
        await first
    last = clients.put(3)
    with pytest.raises(RemoteError, match="replaced"):
        await replaced
    assert slow.begun == [1]
    go_on.set()
    await last
    assert slow.begun == [1, 3]


@pytest.mark.parametrize(
    ("slow", "runs"), [({"on_leave": "cancel"}, False), ({"on_leave": "finish"}, True)], indirect=["slow"]
)
async def test_a_client_that_leaves_while_it_waits(slow: Slow, clients: Clients, runs: bool) -> None:
    first = clients.put(1)
    await slow.has_begun(1)
    second = clients.put(2)
    await eventually(lambda: waiting(slow) == 1)
    (lane,) = (slow.pv._lanes or {}).values()
    second.cancel()
    await eventually(lambda: lane._waiting[0].cancelled)
    third = clients.put(3)
    slow.let_go(1, 2, 3)
    await asyncio.gather(first, third)
    assert slow.ended == ([1, 2, 3] if runs else [1, 3])


@pytest.mark.parametrize("slow", [{"handler_timeout": 0.3}], indirect=True)
async def test_one_whose_time_is_up_while_it_waits_never_runs(slow: Slow, clients: Clients) -> None:
    results = await asyncio.gather(clients.put(1), clients.put(2), return_exceptions=True)
    assert [str(result) for result in results] == ['PV "x" has not answered within 0.3 s'] * 2
    await eventually(lambda: len(slow.cancelled) == len(slow.begun))
    slow.let_go(3)
    await clients.put(3)
    assert slow.ended == [3]


async def test_a_plain_function_runs_at_once() -> None:
    pv = SharedPV(NTScalar(T.Int32), 0)
    pv.on_put(lambda pv, op: pv.post({"value": op.value.as_int("value") * 2}))
    async with (
        Server({"x": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        await asyncio.gather(*(ctx.put("x", number) for number in range(100)))
        assert (await ctx.get("x")).as_int("value") == 198


@pytest.mark.parametrize("serial", [True, "replace"])
async def test_a_handler_that_puts_to_its_own_pv(serial: bool | str) -> None:
    pv = SharedPV(NTScalar(T.Int32), 0, serial=serial)  # type: ignore[arg-type]
    other = SharedPV(NTScalar(T.Int32), 0)
    names = {"x": pv, "alias": pv, "other": other}
    async with (
        Server(names, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        found: list[str] = []

        @pv.on_put
        async def _(op: Operation) -> None:
            for name in ("x", "alias"):
                with pytest.raises(RuntimeError) as refused:
                    await ctx.put(name, 1)
                found.append(str(refused.value))
            await ctx.put("other", 3)

        await ctx.put("x", 5)
        assert len(found) == 2
        assert "would wait for itself" in found[0]
        assert other.current.as_int("value") == 3
        await ctx.put("x", 6)  # afterwards all is as before


@pytest.mark.parametrize(
    "options",
    [
        {"serial": "no"},
        {"serial": 5},
        {"serial": None},
        {"max_waiting": -1},
        {"max_waiting": 1.5},
        {"handler_timeout": 0},
        {"handler_timeout": float("nan")},
        {"on_leave": "stay"},
    ],
)
def test_options_that_are_none(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        SharedPV(NTScalar(T.Int32), **options)  # type: ignore[arg-type]
