"""Handlers asked by clients that are not ours: C++ PVXS, p4p, and pvaPy, which has nothing of PVXS in it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import pytest

from aiopvxs import RemoteError, Server, SharedPV
from aiopvxs import nt as nts
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.data import Value
from aiopvxs.server import Config, Handler, Operation, service
from peers import CommandClient, P4pError
from peers.pvapy_peer import HAVE_PVAPY, NO_PVAPY, Pvapy, PvapyError
from waiting import eventually

if TYPE_CHECKING:
    from peers import P4pClient
    from peers.fixtures import StartP4pClient


class Kind(NamedTuple):
    """What is served, and how each client says what it puts."""

    served: Any
    begins: Any
    """The content of the field ``value`` at first, and as the handlers leave it after the put."""
    ends: Any
    command: tuple[str, str]
    """Field and text, for the C++ client."""
    fields: dict[str, Any]
    """For p4p, and, without the path, for pvaPy."""
    nested: dict[str, Any]


def scalar(code: T, begins: Any, ends: Any, text: str) -> Kind:
    served = nts.NTScalar(code).create(begins)
    return Kind(served, begins, ends, ("value", text), {"value": ends}, {"value": ends})


KINDS = {
    "double": scalar(T.Float64, 1.5, -2.5, "-2.5"),
    "int": scalar(T.Int32, 1, -2, "-2"),
    "string": scalar(T.String, "grün", "blå", "blå"),
    "doubles": scalar(T.Float64A, [0.5, 1e300], [2.5], "2.5"),
    "bytes": scalar(T.UInt8A, [1, 255], [2, 3, 4], "2,3,4"),
    "strings": scalar(T.StringA, ["a", "grün"], ["c", "", "e"], "c,,e"),
    "enum": Kind(
        nts.NTEnum(["off", "on", "fault"]).create("off"),
        {"index": 0, "choices": ["off", "on", "fault"]},
        {"index": 2, "choices": ["off", "on", "fault"]},
        ("value.index", "2"),
        {"value.index": 2},
        {"value": {"index": 2}},
    ),
    "table": Kind(
        nts.NTTable({"x": float, "s": str}).create([[1.5, "grün"]]),
        {"x": [1.5], "s": ["grün"]},
        {"x": [3.5], "s": ["grün"]},
        ("value.x", "3.5"),
        {"value.x": [3.5]},
        {"value": {"x": [3.5]}},
    ),
    "image": Kind(
        nts.NTNDArray().create(np.arange(6, dtype=np.uint8).reshape(2, 3)),
        list(range(6)),
        [9, 8, 7, 6, 5, 4],
        ("value->ubyteValue", "9,8,7,6,5,4"),
        {"value->ubyteValue": [9, 8, 7, 6, 5, 4]},
        {"value": {"ubyteValue": [9, 8, 7, 6, 5, 4]}},
    ),
}


class Peer(Protocol):
    """A client that is not ours; what it gets is the field ``value``, as plain Python."""

    def get(self, name: str) -> Any: ...
    def put(self, name: str, kind: Kind) -> None: ...
    def rpc(self, name: str, **numbers: float) -> Any: ...
    def monitor(self, name: str, count: int) -> list[Any]: ...


class Refused(Exception):
    """The server's own text."""


class Pvxs:
    """C++ PVXS."""

    def __init__(self, client: CommandClient) -> None:
        self._client = client

    def _run(self, *words: object) -> list[Any]:
        outcome = self._client.run(*words, timeout=20.0)
        if outcome.status:
            raise Refused(outcome.error[1])
        return [line["value"]["value"] for line in outcome.lines if line["value"]]

    def get(self, name: str) -> Any:
        return self._run("get", name)[0]

    def put(self, name: str, kind: Kind) -> None:
        self._run("put", name, *kind.command)

    def rpc(self, name: str, **numbers: float) -> Any:
        return self._run("rpc", name, *(word for item in numbers.items() for word in item))[0]

    def monitor(self, name: str, count: int) -> list[Any]:
        return self._run("monitor", name, count)


class P4p:
    """p4p."""

    def __init__(self, client: P4pClient) -> None:
        self._client = client

    def _run(self, *words: Any) -> Any:
        try:
            return self._client.run(*words)
        except P4pError as error:
            raise Refused(str(error)) from error

    def get(self, name: str) -> Any:
        return self._run("get", name)["value"]

    def put(self, name: str, kind: Kind) -> None:
        self._run("put", name, kind.fields)

    def rpc(self, name: str, **numbers: float) -> Any:
        return self._run("rpc", name, numbers)["value"]

    def monitor(self, name: str, count: int) -> list[Any]:
        return [update["value"] for update in self._run("monitor", name, count)]


class PvaPy:
    """pvaPy."""

    def __init__(self, client: Pvapy) -> None:
        self._client = client

    def _run(self, *words: Any) -> Any:
        try:
            return self._client.run(*words)
        except PvapyError as error:
            raise Refused(str(error)) from error

    @staticmethod
    def _plain(update: Any) -> Any:
        """A union's value is the member's, and its name."""
        value = update["value"]
        return value[0]["ubyteValue"] if isinstance(value, list) and isinstance(value[0], dict) else value

    def get(self, name: str) -> Any:
        return self._plain(self._run("get", name))

    def put(self, name: str, kind: Kind) -> None:
        self._run("put", name, kind.nested)

    def rpc(self, name: str, **numbers: float) -> Any:
        return self._plain(self._run("rpc", name, numbers))

    def monitor(self, name: str, count: int) -> list[Any]:
        return [self._plain(update) for update in self._run("monitor", name, count)]


class Served:
    """PVs of each kind, whose handlers note what they are asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.pvs = {name: SharedPV(initial=kind.served) for name, kind in KINDS.items()}
        for pv in self.pvs.values():
            pv.on_put(self.put)
            pv.on_get(self.get)
            pv.on_rpc(self.rpc)
        self.counting = Handler(nts.NTScalar(T.Int32), poll=0.01)
        self.counting.on_get(self.count)
        self.counted = 0

    async def put(self, pv: SharedPV, op: Operation) -> None:
        self.asked.append(("put", op.name))
        await asyncio.sleep(0)
        pv.post(op.value)

    async def get(self, pv: SharedPV, op: Operation) -> None:
        self.asked.append(("get", op.name))
        await asyncio.sleep(0)

    async def rpc(self, pv: SharedPV, op: Operation) -> Value:
        self.asked.append(("rpc", op.name))
        if float(op.query["n"]) == 13:  # type: ignore[arg-type]
            raise RemoteError("not thirteen")
        return pv.current

    async def count(self, op: Operation) -> int:
        self.counted += 1
        return self.counted


@service("add")
async def add(a: float, b: float = 1.0) -> float:
    return a + b


@pytest.fixture
def served() -> Served:
    return Served()


@pytest.fixture
def server(served: Served) -> Iterator[Server]:
    with Server({**served.pvs, "counting": served.counting}, Config.isolated(), services=[add]) as running:
        yield running


@pytest.fixture(params=["pvxs", "p4p", "pvapy"])
def peer(request: pytest.FixtureRequest, server: Server) -> Iterator[Peer]:
    config = server.client_config()
    if request.param == "pvxs":
        yield Pvxs(CommandClient(config))
    elif request.param == "p4p":
        start: StartP4pClient = request.getfixturevalue("p4p_client")
        yield P4p(start(config))
    elif HAVE_PVAPY:
        client = Pvapy(config)
        yield PvaPy(client)
        client.close()
    else:
        pytest.skip(NO_PVAPY)


def test_get_put_and_rpc_of_each_kind(served: Served, peer: Peer) -> None:
    for name, kind in KINDS.items():
        served.asked.clear()
        assert peer.get(name) == kind.begins, name
        assert peer.rpc(name, n=5) == kind.begins, name
        peer.put(name, kind)
        assert peer.get(name) == kind.ends, name
        assert peer.rpc(name, n=5) == kind.ends, name
        assert {what for what, _ in served.asked} == {"get", "put", "rpc"}
        with pytest.raises(Refused, match="not thirteen"):
            peer.rpc(name, n=13)


async def test_a_monitor_of_each_kind_sees_what_a_handler_posts(
    served: Served, server: Server, peer: Peer
) -> None:
    other = Pvxs(CommandClient(server.client_config()))
    for name, kind in KINDS.items():
        watching = asyncio.create_task(asyncio.to_thread(peer.monitor, name, 2))
        await eventually(lambda name=name: served.pvs[name]._core.stat().subscribers)  # type: ignore[misc]
        await asyncio.to_thread(other.put, name, kind)
        assert await watching == [kind.begins, kind.ends], name


def test_code_and_services(peer: Peer) -> None:
    first = peer.get("counting")
    assert peer.get("counting") == first + 1
    updates = peer.monitor("counting", 3)
    assert updates == sorted(set(updates))
    assert (peer.rpc("add", a=1.5), peer.rpc("add", a=1.5, b=2)) == (2.5, 3.5)
    with pytest.raises(Refused, match="there is no argument c"):
        peer.rpc("add", a=1.5, c=2)
    if not isinstance(peer, PvaPy):  # pvaPy 5.6 does not survive a get that is refused before it is executed
        with pytest.raises(Refused, match="takes RPCs alone"):
            peer.get("add")
