"""Handlers when loops, servers and processes end, and what is left of them."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import random
import signal
import subprocess
import sys
import threading
import weakref

import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.client import Disconnected, RemoteError
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.data import Value
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Operation
from aiopvxs.sync import Context as Blocking
from complaints import complaints
from waiting import eventually


def run(script: str) -> str:
    """Run a script, which must end well and say nothing on stderr; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, complaints(done.stderr)) == (0, "")
    return done.stdout


async def test_a_late_answer_does_not_answer_the_next_request() -> None:
    """Hazard: pvxs lets an old ExecOp answer the client's next EXEC of that operation."""
    pv = SharedPV(NTScalar(T.Int32), 0, serial=False, on_leave="finish")
    operations: list[Operation] = []
    gates: list[asyncio.Event] = []

    @pv.on_put
    async def _(op: Operation) -> None:
        operations.append(op)
        gates.append(gate := asyncio.Event())
        await gate.wait()

    async with (
        Server({"x": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        first = ctx.put("x", 1)
        await eventually(lambda: len(operations) == 1)
        first.cancel()
        await eventually(lambda: operations[0].cancelled)
        second = ctx.put("x", 2)
        await eventually(lambda: len(operations) == 2)
        assert not operations[0].reply()
        assert not operations[0].error("too late")
        gates[0].set()
        assert (await ctx.get("x")).as_int("value") == 0  # whatever was sent has come
        assert not second.done()
        assert operations[1].error("the second one's")
        with pytest.raises(RemoteError, match="the second one's"):
            await second
        gates[1].set()


async def test_nothing_is_left_of_operations() -> None:
    pv = SharedPV(NTScalar(T.Int32), 0)
    left: list[weakref.ref[Operation]] = []

    @pv.on_put
    async def _(op: Operation) -> None:
        left.append(weakref.ref(op))
        if op.value.as_int("value") % 3 == 0:
            raise RemoteError("no")
        await asyncio.sleep(0)

    async with (
        Server({"x": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        puts = [ctx.put("x", number) for number in range(60)]
        await asyncio.gather(*puts, return_exceptions=True)
        gc.collect()
        await eventually(lambda: not any(each() for each in left))
        assert len(left) == 60
        assert not server._runner._tasks


async def test_clients_that_come_and_cancel_and_go() -> None:
    """Every operation ends, whatever happens to it, and the PV works afterwards."""
    pv = SharedPV(NTScalar(T.Int32), 0, max_waiting=5, handler_timeout=20.0)
    order = random.Random(5)

    @pv.on_put
    async def _(pv: SharedPV, op: Operation) -> None:
        await asyncio.sleep(order.choice([0, 0, 0.001]))
        pv.post(op.value)

    @pv.on_rpc
    async def _(op: Operation) -> int:
        await asyncio.sleep(order.choice([0, 0.001]))
        return 5

    async def client(settings: dict[str, str]) -> int:
        ended = 0
        for _ in range(4):
            async with Context(settings, use_env=False, timeout=20.0) as ctx:
                operations: list[asyncio.Future[Value]] = []
                for number in range(8):
                    begun = [ctx.put("x", number), ctx.rpc("x"), ctx.get("x")]
                    operations.extend(begun)
                    if order.random() < 0.3:
                        await asyncio.sleep(0)
                        order.choice(operations).cancel()
                results = await asyncio.gather(*operations, return_exceptions=True)
                ended += len(results)
                for result in results:
                    if isinstance(result, RemoteError):
                        assert "busy" in str(result)
                    elif isinstance(result, BaseException):
                        assert isinstance(result, asyncio.CancelledError)
        return ended

    async with Server({"x": pv}, Config.isolated()) as server:
        settings = server.client_config()
        counts = await asyncio.gather(*(client(settings) for _ in range(10)))
        assert counts == [96] * 10
        async with Context(settings, use_env=False, timeout=20.0) as ctx:
            await ctx.put("x", 77)
            assert (await ctx.get("x")).as_int("value") == 77


@pytest.mark.parametrize("kind", ["put", "rpc", "get"])
async def test_a_handler_that_is_cancelled_before_it_begins(kind: str) -> None:
    pv = SharedPV(NTScalar(T.Int32), 0, on_leave="cancel")
    begun: list[Operation] = []

    async def handle(op: Operation) -> None:
        begun.append(op)

    for register in (pv.on_put, pv.on_rpc, pv.on_get):
        register(handle)
    server = Server({"x": pv}, Config.isolated())
    start = server._runner.start
    operations: list[Operation] = []

    def cancel_at_once(op: Operation) -> bool:
        running = start(op)
        operations.append(op)
        op._stop()
        return running

    server._runner.start = cancel_at_once  # type: ignore[method-assign]
    async with server, Context(server.client_config(), use_env=False, timeout=20.0) as ctx:
        asking = {"put": lambda: ctx.put("x", 1), "rpc": lambda: ctx.rpc("x"), "get": lambda: ctx.get("x")}
        with pytest.raises(RemoteError, match=f'The {kind} of PV "x" was cancelled by the server'):
            await asking[kind]()
    assert not begun
    assert len(operations) == 1


async def test_the_pv_is_closed_and_opened_under_load() -> None:
    pv = SharedPV(NTScalar(T.Int32), 0)

    @pv.on_put
    async def _(pv: SharedPV, op: Operation) -> None:
        await asyncio.sleep(0)
        pv.post(op.value)

    async def client(settings: dict[str, str], stop: asyncio.Event) -> None:
        async with Context(settings, use_env=False, timeout=60.0) as ctx:
            while not stop.is_set():
                with contextlib.suppress(RemoteError, Disconnected):
                    await ctx.put("x", 1)

    async with Server({"x": pv}, Config.isolated()) as server:
        settings = server.client_config()
        stop = asyncio.Event()
        clients = [asyncio.create_task(client(settings, stop)) for _ in range(5)]
        for number in range(50):
            pv.close()
            pv.open(number)
            await asyncio.sleep(0.002)
        stop.set()
        await asyncio.gather(*clients)


def test_a_loop_that_has_ended_answers_shutting_down() -> None:
    """The server outlives the event loop that it was started on."""
    pv = SharedPV(NTScalar(T.Int32), 0)
    pv.on_put(lambda op: None)
    server = Server({"x": pv}, Config.isolated())

    async def start() -> None:
        server.start()

    asyncio.run(start())
    with Blocking(server.client_config(), use_env=False, timeout=20.0) as ctx:
        assert ctx.get("x").as_int("value") == 0
        with pytest.raises(RemoteError, match="^The server is shutting down$"):
            ctx.put("x", 1)
        server.start()  # on a loop of its own, since that one is closed
        ctx.put("x", 1)
    server.stop()


def test_a_server_that_is_forgotten_ends_its_thread() -> None:
    pv = SharedPV(NTScalar(T.Int32), 0)
    threads: list[threading.Thread] = []
    pv.on_put(lambda op: threads.append(threading.current_thread()))
    server = Server({"x": pv}, Config.isolated())
    server.start()
    with Blocking(server.client_config(), use_env=False, timeout=20.0) as ctx:
        ctx.put("x", 1)
    del server
    gc.collect()
    threads[0].join(20.0)
    assert not threads[0].is_alive()


async def test_the_loop_may_be_stopped_with_operations_in_progress() -> None:
    script = """
import asyncio
from aiopvxs import Server, SharedPV
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config
from aiopvxs.sync import Context
import threading

pv = SharedPV(NTScalar(), 1.0)
begun = threading.Event()
@pv.on_put
async def _(op):
    begun.set()
    await asyncio.sleep(3600)

server = Server({"x": pv}, Config.isolated())
failures = []
def put():
    with Context(server.client_config(), use_env=False, timeout=20) as ctx:
        try:
            ctx.put("x", 1)
        except Exception as error:
            failures.append(str(error))
thread = threading.Thread(target=put)

async def main():
    server.start()
    thread.start()
    await asyncio.to_thread(begun.wait)

asyncio.run(main())  # which cancels the handler
thread.join()
print(failures)
server.stop()
"""
    assert run(script) == "['The put of PV \"x\" was cancelled by the server']\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals between processes")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_answers_what_is_in_progress_at_a_signal(number: signal.Signals) -> None:
    script = """
import asyncio
from aiopvxs import Server, SharedPV
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config

pv = SharedPV(NTScalar(), 1.0)
@pv.on_put
async def _(op):
    print("begun", flush=True)
    await asyncio.sleep(0.2 if op.value.as_float("value") == 1 else 3600)

@pv.on_rpc
async def _(op):
    print("begun", flush=True)
    await asyncio.sleep(0.2)
    return 5

async def main():
    print(server.config.tcp_port, flush=True)
    try:
        await asyncio.sleep(3600)
    finally:
        print("main ended", flush=True)

server = Server({"x": pv}, Config.isolated())
server.run(main)
print("stopped", flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())

        async def ask() -> list[object]:
            assert process.stdout is not None
            async with Context({"EPICS_PVA_NAME_SERVERS": f"127.0.0.1:{port}"}, use_env=False) as ctx:
                asked = [ctx.put("x", 2, timeout=20), ctx.rpc("x", timeout=20)]
                for _ in range(2):
                    assert await asyncio.to_thread(process.stdout.readline) == "begun\n"
                process.send_signal(number)
                return list(await asyncio.gather(*asked, return_exceptions=True))

        never, soon = asyncio.run(ask())
        assert str(never) == "The server is shutting down"
        assert isinstance(soon, Value)
        assert soon.as_int("value") == 5  # it had a second
        output = process.stdout.read()
        assert sorted(output.splitlines()) == ["main ended", "stopped"]
    assert process.returncode == 0


def test_run_ends_with_what_runs_beside() -> None:
    async def main() -> None:
        await asyncio.sleep(0)
        raise ValueError("it is over")

    server = Server({}, Config.isolated())
    with pytest.raises(ValueError, match="it is over"):
        server.run(main)
    assert not server.running


def test_run_goes_on_when_what_runs_beside_has_ended() -> None:
    server = Server({}, Config.isolated())
    ended: list[str] = []

    async def main() -> None:
        ended.append("main")
        asyncio.get_running_loop().call_later(0.05, stop)

    def stop() -> None:
        ended.append("stop")
        server.stop()

    server.run(main)
    assert ended == ["main", "stop"]


async def test_pvs_are_added_and_removed_while_clients_wait() -> None:
    pv = SharedPV(NTScalar(T.Int32), 0)
    begun: list[Operation] = []

    @pv.on_put
    async def _(op: Operation) -> None:
        begun.append(op)
        await asyncio.sleep(3600)

    @pv.on_rpc
    async def _(op: Operation) -> int:
        return 5

    async with (
        Server({}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=60.0) as ctx,
    ):
        waiting = ctx.rpc("x")
        server.add_pv("x", pv)
        await ctx.hurry_up()
        assert (await waiting).as_int("value") == 5
        putting = ctx.put("x", 1)
        await eventually(lambda: begun)
        server.remove_pv("x")
        with pytest.raises(Disconnected):
            await putting
        await eventually(lambda: begun[0].cancelled)
        begun[0]._stop()
        server.add_pv("y", pv)
        assert (await ctx.rpc("y")).as_int("value") == 5


async def test_two_servers_share_the_order_of_a_pv() -> None:
    pv = SharedPV(NTScalar(T.Int32), 0)
    running = 0
    most = 0

    @pv.on_put
    async def _(pv: SharedPV, op: Operation) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001)
        running -= 1

    async with Server({"x": pv}, Config.isolated()) as one, Server({"x": pv}, Config.isolated()) as two:
        contexts = [
            Context(server.client_config(), use_env=False, timeout=20.0) for server in (one, two, one, two)
        ]
        await asyncio.gather(*(ctx.put("x", number) for number in range(5) for ctx in contexts))
        for ctx in contexts:
            await ctx.aclose()
    assert most == 1


async def test_an_answer_before_the_stop_arrives() -> None:
    """Hazard: pvxs loses replies that are queued when its server stops."""
    for _ in range(5):
        pv = SharedPV(NTScalar(T.Int32), 0)
        server = Server({"x": pv}, Config.isolated())

        @pv.on_rpc
        async def _(op: Operation, server: Server = server) -> None:
            op.reply("going down")
            server.stop(grace=0.0)

        async with Context(server.client_config(), use_env=False, timeout=20.0) as ctx:
            server.start()
            assert (await ctx.rpc("x")).as_string("value") == "going down"
        await server.astop()


async def test_a_long_grace_holds_up_nothing_else() -> None:
    pv = SharedPV(NTScalar(T.Int32), 0)
    begun = asyncio.Event()

    @pv.on_put
    async def _(op: Operation) -> None:
        begun.set()
        await asyncio.sleep(3600)

    async with (
        Server({"x": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        putting = ctx.put("x", 1)
        await begun.wait()
        stopping = asyncio.create_task(server.astop(grace=3600.0))
        await eventually(lambda: not server.running)
        late = SharedPV(NTScalar(T.Int32))
        async with (
            Server({"y": late}, Config.isolated()) as other,
            Context(other.client_config(), use_env=False, timeout=20.0) as another,
        ):
            waiting = another.get("y")
            await eventually(lambda: late._core.stat().waiting)
            late.open(5)
            assert (await waiting).as_int("value") == 5
        (task,) = server._runner._tasks
        task.cancel()
        with pytest.raises(RemoteError, match="was cancelled by the server"):
            await putting
        await stopping
