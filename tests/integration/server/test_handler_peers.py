"""Handlers, asked by clients that are not ours, and on other event loops."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from aiopvxs import Context, RemoteError, Server, SharedPV
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTEnum, NTScalar
from aiopvxs.server import Config, Handler, Operation, service
from peers import P4pError

if TYPE_CHECKING:
    from peers import CommandClient
    from peers.fixtures import StartP4pClient


@service("add")
async def add(a: float, b: float = 1.0) -> float:
    return a + b


@pytest.fixture
def pvs() -> dict[str, SharedPV | Handler]:
    scalar = SharedPV(NTScalar(T.Float64), 1.0, handler_timeout=20.0)
    enum = SharedPV(NTEnum(), {"value": {"index": 0, "choices": ["off", "on"]}})
    array = SharedPV(NTScalar(T.Int32A), [1])
    counter = Handler(NTScalar(T.Int32), poll=0.01)
    never = SharedPV(NTScalar(T.Float64), 1.0, handler_timeout=0.3)
    count = 0

    @counter.on_get
    def _(op: Operation) -> int:
        nonlocal count
        count += 1
        return count

    async def store(pv: SharedPV, op: Operation) -> None:
        await asyncio.sleep(0)
        if op.value.get("value").as_py() == 13.0:  # type: ignore[union-attr]
            raise RemoteError("not thirteen")
        pv.post(op.value)

    for pv in (scalar, enum, array):
        pv.on_put(store)
    never.on_put(lambda op: asyncio.sleep(3600))
    return {"scalar": scalar, "enum": enum, "array": array, "counter": counter, "never": never}


@pytest.fixture
def server(pvs: dict[str, SharedPV | Handler]) -> Iterator[Server]:
    with Server(pvs, Config.isolated(), services=[add]) as running:
        yield running


def test_a_pvxs_client(server: Server, pvs: dict[str, SharedPV], command_client: type[CommandClient]) -> None:
    client = command_client(server.client_config())
    assert client.run("put", "scalar", "value", 5).status == 0
    assert client.run("get", "scalar").value["value"] == 5
    assert client.run("put", "scalar", "value", 13).error == ("remote", "not thirteen")
    assert client.run("put", "scalar", "alarm.severity", 2).status == 0
    current = pvs["scalar"].current
    assert (current.as_float("value"), current.as_int("alarm.severity")) == (5.0, 2)
    assert client.run("put", "enum", "value.index", 1).status == 0
    assert pvs["enum"].current.as_string_list("value.choices") == ["off", "on"]
    assert client.run("put", "array", "value", "4,5").status == 0
    assert client.run("get", "array").value["value"] == [4, 5]
    assert client.run("put", "never", "value", 1).error == (
        "remote",
        'PV "never" has not answered within 0.3 s',
    )
    assert client.run("rpc", "add", "a", "1.5", "b", "2").value["value"] == 3.5  # sends text
    assert "the argument a is missing" in client.run("rpc", "add").error[1]
    first = client.run("get", "counter").value["value"]
    assert client.run("get", "counter").value["value"] == first + 1
    assert client.run("monitor", "counter", 3).status == 0


def test_a_p4p_client(server: Server, pvs: dict[str, SharedPV], p4p_client: StartP4pClient) -> None:
    client = p4p_client(server.client_config())
    client.run("put", "scalar", 5.0)
    assert client.run("get", "scalar")["value"] == 5.0
    with pytest.raises(P4pError, match="not thirteen"):
        client.run("put", "scalar", 13.0)
    client.run("put", "scalar", {"alarm.severity": 2})
    current = pvs["scalar"].current
    assert (current.as_float("value"), current.as_int("alarm.severity")) == (5.0, 2)
    client.run("put", "enum", {"value.index": 1})
    assert client.run("get", "enum")["value"] == {"index": 1, "choices": ["off", "on"]}
    with pytest.raises(P4pError, match="has not answered within"):
        client.run("put", "never", 1.0)
    assert client.run("rpc", "add", {"a": 1.5, "b": 2})["value"] == 3.5
    with pytest.raises(P4pError, match="there is no argument c"):
        client.run("rpc", "add", {"a": 1.5, "c": 2})
    first = client.run("get", "counter")["value"]
    assert client.run("get", "counter")["value"] == first + 1


class NotifierLoop(asyncio.SelectorEventLoop):
    """A loop that watches no descriptors for others, as the proactor loop of Windows: a thread does."""

    def add_reader(self, *args: object) -> None:
        raise NotImplementedError


def loops() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    found: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"notifier": NotifierLoop}
    with contextlib.suppress(ImportError):  # there is none for Windows
        import uvloop

        found["uvloop"] = uvloop.new_event_loop
    return found


@pytest.mark.parametrize("kind", list(loops()))
def test_other_event_loops(pvs: dict[str, SharedPV], kind: str) -> None:
    async def main() -> None:
        async with (
            Server(pvs, Config.isolated(), services=[add]) as server,
            Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
        ):
            await ctx.put("scalar", 5)
            assert (await ctx.get("scalar")).as_float("value") == 5.0
            assert (await ctx.rpc("add", a=1)).as_float("value") == 2.0
            with pytest.raises(RemoteError, match="has not answered"):
                await ctx.put("never", 1)
            assert await ctx.monitor("counter").first(20)

    loop = loops()[kind]()
    try:
        loop.run_until_complete(main())
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
