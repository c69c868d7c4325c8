"""Handlers share tasks, which none of them can tell."""

from __future__ import annotations

import asyncio
import contextvars
import subprocess
import sys

import pytest

from aiopvxs import Context, RemoteError, Server, SharedPV
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Operation
from complaints import complaints
from waiting import eventually

PVS = 30

variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="none")


def services(handler: object, count: int = PVS) -> dict[str, SharedPV]:
    pvs = {}
    for number in range(count):
        pvs[f"pv:{number}"] = pv = SharedPV(NTScalar(T.Int32), 0)
        pv.on_rpc(handler)  # type: ignore[arg-type]
    return pvs


async def call_all(pvs: dict[str, SharedPV]) -> list[object]:
    """Call them while the loop is away, so that they all come in one turn."""
    async with (
        Server(pvs, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        await asyncio.gather(*(ctx.connect(name) for name in pvs))
        answers = await asyncio.gather(*(ctx.rpc(name, {"a": 1}) for name in pvs), return_exceptions=True)
        return [each if isinstance(each, BaseException) else each["value"] for each in answers]


async def test_context_variables_are_not_left_to_the_next() -> None:
    async def handler(op: Operation) -> str:
        before = variable.get()
        variable.set(op.name)
        return before

    assert await call_all(services(handler)) == ["none"] * PVS


async def test_a_handler_that_cancels_its_own_task_cancels_no_other() -> None:
    async def handler(op: Operation) -> str:
        task = asyncio.current_task()
        assert task is not None
        if op.name in ("pv:0", "pv:7"):
            task.cancel()
            return "cancelled myself"
        await asyncio.sleep(0)
        return "waited"

    answers = await call_all(services(handler))
    assert answers == ["cancelled myself" if n in (0, 7) else "waited" for n in range(PVS)]


async def test_one_that_waits_keeps_no_other() -> None:
    gate = asyncio.Event()
    ended: list[str] = []

    async def handler(op: Operation) -> str:
        if op.name == "pv:3":
            await gate.wait()
        ended.append(op.name)
        if len(ended) == PVS - 1:
            gate.set()
        return op.name

    assert await call_all(services(handler)) == [f"pv:{n}" for n in range(PVS)]
    assert ended[-1] == "pv:3"


async def test_each_is_cancelled_alone() -> None:
    waiting: dict[str, asyncio.Task[object] | None] = {}
    gate = asyncio.Event()

    async def handler(op: Operation) -> str:
        waiting[op.name] = asyncio.current_task()
        if len(waiting) == PVS:
            for number in range(0, PVS, 3):
                if (task := waiting[f"pv:{number}"]) is not asyncio.current_task() and task is not None:
                    task.cancel()
            gate.set()
        await gate.wait()
        return op.name

    pvs = services(handler)
    answers = await call_all(pvs)
    last = list(waiting)[-1]
    assert len(set(waiting.values())) == PVS
    for number, answer in enumerate(answers):
        name = f"pv:{number}"
        if number % 3 == 0 and name != last:
            assert isinstance(answer, RemoteError)
            assert "cancelled by the server" in str(answer)
        else:
            assert answer == name


async def test_a_timeout_of_asyncio_is_that_of_one_handler() -> None:
    async def handler(op: Operation) -> str:
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 0.01 if op.name == "pv:5" else 0.02)
        except asyncio.TimeoutError:
            return op.name
        return "no timeout"

    assert await call_all(services(handler)) == [f"pv:{n}" for n in range(PVS)]


async def test_errors_go_to_those_whose_handler_raised_them() -> None:
    async def handler(op: Operation) -> str:
        number = int(op.name[3:])
        if number % 2:
            raise RemoteError(op.name)
        if number % 3 == 0:
            await asyncio.sleep(0)
        return op.name

    answers = await call_all(services(handler))
    assert [str(each) for each in answers] == [f"pv:{n}" for n in range(PVS)]
    assert [isinstance(each, RemoteError) for each in answers] == [bool(n % 2) for n in range(PVS)]


@pytest.mark.parametrize("kind", ["sync", "async"])
async def test_one_that_has_answered_may_close_its_pv(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    pv = SharedPV(NTScalar(T.Int32), 0)
    ran = asyncio.Event()

    def answer(op: Operation) -> None:
        assert op.reply(5)
        pv.close()
        ran.set()

    async def answer_later(op: Operation) -> None:
        answer(op)

    pv.on_get(answer if kind == "sync" else answer_later)
    async with (
        Server({"x": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        get = ctx.get("x")
        await asyncio.wait_for(ran.wait(), 20)
        await eventually(lambda: not server._runner._operations)
        get.cancel()  # unless the answer was there before the PV was closed
    assert "failed" not in caplog.text


async def test_waiting_puts_of_one_pv_follow_one_another_in_order() -> None:
    pv = SharedPV(NTScalar(T.Int32), 0)
    order: list[int] = []
    running = 0

    @pv.on_put
    async def _(op: Operation) -> None:
        nonlocal running
        running += 1
        assert running == 1
        number = op.value.as_int("value")
        if number % 5 == 0:
            await asyncio.sleep(0)
        order.append(number)
        running -= 1

    async with (
        Server({"x": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        await asyncio.gather(*(ctx.put("x", number) for number in range(60)))
    assert order == list(range(60))


@pytest.mark.skipif(sys.version_info < (3, 12), reason="asyncio has eager tasks since Python 3.12")
async def test_a_loop_whose_tasks_begin_at_once() -> None:
    loop = asyncio.get_running_loop()
    factory = loop.get_task_factory()
    loop.set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined, unused-ignore]
    try:
        await test_waiting_puts_of_one_pv_follow_one_another_in_order()
        await test_a_handler_that_cancels_its_own_task_cancels_no_other()
        await test_one_that_waits_keeps_no_other()
        await test_context_variables_are_not_left_to_the_next()
        await test_errors_go_to_those_whose_handler_raised_them()
    finally:
        loop.set_task_factory(factory)


async def test_a_server_without_work_has_no_task() -> None:
    tasks: list[set[asyncio.Task[object]]] = []

    async def handler(op: Operation) -> int:
        task = asyncio.current_task()
        assert task is not None
        tasks.append({task} & asyncio.all_tasks())
        return 1

    before = asyncio.all_tasks()
    async with (
        Server(services(handler, 1), Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        for _ in range(3):
            await ctx.rpc("pv:0", {})
            assert asyncio.all_tasks() == before
    assert [len(each) for each in tasks] == [1, 1, 1]


SCRIPT = """
import asyncio, sys
from aiopvxs import Context, RemoteError, Server, SharedPV
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config

async def main():
    pvs = {}
    for number in range(20):
        pvs[f"pv:{number}"] = pv = SharedPV(NTScalar(T.Int32), 0)

        @pv.on_rpc
        async def _(op):
            if op.name == "pv:10":
                raise KeyboardInterrupt
            return 1

    server = Server(pvs, Config.isolated())
    await server.__aenter__()
    ctx = Context(server.client_config(), use_env=False, timeout=20.0)
    await asyncio.gather(*(ctx.connect(name) for name in pvs))
    if sys.argv[1] == "later":  # its task has waited for it
        await ctx.rpc("pv:0", {})
        await ctx.rpc("pv:10", {})
    await asyncio.gather(*(ctx.rpc(name, {}) for name in pvs))

try:
    asyncio.run(main())
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize("when", ["first", "later"])
def test_an_interrupt_ends_the_program(when: str) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", SCRIPT, when],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("interrupted\n", 0), done.stderr
    assert "never" not in complaints(done.stderr)
    assert "pending" not in complaints(done.stderr)
