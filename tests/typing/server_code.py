"""What a type checker says of code that serves PVs; checked by mypy, never run."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from typing_extensions import assert_type

from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.data import Value
from aiopvxs.nt import MAJOR, Alarm, NTScalar, Rules
from aiopvxs.server import (
    AccessSecurity,
    Channel,
    Config,
    Handler,
    Operation,
    QueueReport,
    Server,
    SharedPV,
    Source,
    service,
)


@service("add")
async def add(a: float, b: float = 1.0) -> float:
    return a + b


class Dynamic(Source):
    patterns = ("a:*",)

    async def find(self, name: str) -> bool:
        return name.startswith("b")

    async def open(self, channel: Channel) -> SharedPV | None:
        assert_type(channel.name, str)
        assert_type(await channel.roles(), frozenset[str])
        return SharedPV(NTScalar(T.Int32), 1)


class Register(Handler):
    def get(self, op: Operation) -> int:
        return 5

    async def monitor(self, op: Operation) -> AsyncGenerator[int, None]:
        yield 5


def handlers() -> None:
    pv = SharedPV(NTScalar(T.Float64), 1.0, serial="replace", handler_timeout=5.0, on_leave="cancel")
    assert_type(SharedPV.readonly(NTScalar(T.Float64)), SharedPV)

    @pv.on_put
    async def put(pv: SharedPV, op: Operation) -> None:
        assert_type(op.value, Value)
        assert_type(op.query, dict[str, object])
        assert_type(op.block, bool)
        assert_type(await op.roles(), frozenset[str])
        assert_type(op.reply(), bool)
        pv.post(op.value)

    @pv.on_rpc
    def rpc(op: Operation) -> dict[str, float]:
        return {"sum": 1.0}

    pv.post(2.5, alarm=Alarm(MAJOR, "stuck"), timestamp=(5, 7))
    pv.post(alarm={"severity": 2})
    pv.post(2.5, alarm=2)  # type: ignore[arg-type]
    pv.post(2.5, Alarm())  # type: ignore[call-arg]

    SharedPV(serial="no")  # type: ignore[arg-type]
    SharedPV(on_leave=True)  # type: ignore[arg-type]
    Handler()  # type: ignore[call-arg]
    Server({"x": pv, "y": Register(NTScalar(T.Int32)), "z": add}, Config.isolated(), services=[add])
    Server(sources=[Dynamic()])


async def services() -> None:
    assert_type(await add(1.0), float)


async def reports(server: Server) -> None:
    for connection in (await server.report()).connections:
        assert_type(connection.channels[0].queues[0], QueueReport)


async def policy(peer: str, account: str, roles: frozenset[str], method: str, name: str, right: str) -> bool:
    return right == "read" or "operators" in roles


def plain_policy(peer: str, account: str, roles: frozenset[str], method: str, name: str, right: str) -> bool:
    return True


def access() -> None:
    rules = AccessSecurity.from_file("site.acf", {"P": "x"})
    assert_type(rules, AccessSecurity)
    rules.judge("anna", "10.0.3.7", asg="OPERATORS", asl=0, roles=["physics"])
    pv = SharedPV(NTScalar(T.Float64), 1.0, rules=Rules(control="clamp"), asg="OPERATORS", asl=0)
    pv.asg = None
    for each in (rules, policy, plain_policy):
        Server({"x": pv}, access=each)
    Server(access="site.acf")  # type: ignore[arg-type]
    SharedPV(rules="clamp")  # type: ignore[arg-type]
