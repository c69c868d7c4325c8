"""The client that waits: aiopvxs.sync."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from aiopvxs import Closed, RemoteError, Server, SharedPV, Timeout
from aiopvxs.data import NoConvert
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config
from aiopvxs.sync import Context
from complaints import complaints


@pytest.fixture
def server() -> Iterator[Server]:
    pvs = {
        "int": SharedPV(NTScalar(T.Int32), 5),
        "readonly": SharedPV.readonly(NTScalar(T.Int32), 7),
        "closed": SharedPV(),
    }
    with Server(pvs, Config.isolated()) as running:
        yield running


@pytest.fixture
def ctx(server: Server) -> Iterator[Context]:
    with Context(server.client_config(), use_env=False, timeout=20.0) as context:
        yield context


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "aiopvxs-sync"]


def test_get_and_put(ctx: Context) -> None:
    assert ctx.get("int").as_int("value") == 5
    assert not ctx.put("int", 6)
    assert ctx.get("int", fields="value").as_int("value") == 6
    ctx.put("int", lambda present: int(present["value"]) + 1)
    assert ctx.get("int").as_int("value") == 7


def test_many_at_once(ctx: Context) -> None:
    assert [value.as_int("value") for value in ctx.get(["int", "readonly"])] == [5, 7]
    failed = ctx.put({"int": 6, "readonly": 1}, return_exceptions=True)
    assert isinstance(failed["readonly"], RemoteError)
    assert ctx.put("int", 8, get_after=True).as_int("value") == 8


def test_info_and_rpc(ctx: Context, server: Server) -> None:
    assert ctx.info("int").typedef() == NTScalar(T.Int32).build()
    reply = ctx.rpc("server", {"op": "channels"}, server=f"127.0.0.1:{server.config.tcp_port}")
    assert sorted(reply.as_string_list("value")) == ["closed", "int", "readonly"]
    with pytest.raises(RemoteError):
        ctx.rpc("int", a=1)


def test_errors_are_those_of_the_asynchronous_client(ctx: Context) -> None:
    with pytest.raises(RemoteError):
        ctx.put("readonly", 1)
    with pytest.raises(NoConvert):
        ctx.put("int", "x")
    with pytest.raises(ValueError, match="named by a str"):
        ctx.get("")
    with pytest.raises(Timeout) as raised:
        ctx.get("nowhere", timeout=0.05)
    assert (raised.value.pv, raised.value.phase) == ("nowhere", "connect")
    assert isinstance(raised.value, TimeoutError)


def test_the_timeout_is_five_seconds_unless_given(server: Server) -> None:
    with Context(server.client_config(), use_env=False) as ctx:
        assert ctx._ctx._timeout == 5.0
    with Context(server.client_config(), use_env=False, timeout=0.05) as ctx, pytest.raises(Timeout):
        ctx.get("nowhere")


async def test_it_works_where_a_loop_runs(ctx: Context) -> None:
    assert ctx.get("int").as_int("value") == 5  # blocks this loop, as in a notebook
    assert (await asyncio.to_thread(ctx.get, "int")).as_int("value") == 5


def test_many_threads_share_a_context(ctx: Context) -> None:
    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(lambda _: ctx.get("int").as_int("value"), range(200)))
    assert values == [5] * 200


def test_its_thread_starts_with_the_first_call_and_ends_with_close(server: Server) -> None:
    before = set(threads())
    ctx = Context(server.client_config(), use_env=False)
    assert set(threads()) == before
    ctx.get("int")
    (own,) = set(threads()) - before
    ctx.close()
    assert not own.is_alive()
    assert ctx.closed
    ctx.close()
    with pytest.raises(Closed):
        ctx.get("int")
    with pytest.raises(Closed), ctx:
        pass


def test_a_context_that_nobody_keeps_ends(server: Server) -> None:
    before = set(threads())
    ctx = Context(server.client_config(), use_env=False)
    ctx.get("int")
    (own,) = set(threads()) - before
    del ctx
    gc.collect()
    own.join(20.0)
    assert not own.is_alive()


def test_close_ends_calls_of_other_threads(server: Server) -> None:
    ctx = Context(server.client_config(), use_env=False, timeout=None)
    ctx.get("int")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ctx.get, "nowhere")
        while not ctx._ctx._core.channel_count > 1:  # it has begun
            assert not waiting.done()
        ctx.close()
        with pytest.raises(Closed):
            waiting.result(20.0)


def test_a_call_on_its_own_loop_is_refused(ctx: Context) -> None:
    def builder(present: object) -> object:
        return ctx.get("int")

    with pytest.raises(RuntimeError, match="wait for itself"):
        ctx.put("int", builder)
    assert ctx.get("int").as_int("value") == 5


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself Ctrl-C there")
def test_ctrl_c_ends_the_call_and_the_operation(server: Server) -> None:
    with Context(server.client_config(), use_env=False, timeout=None) as ctx:
        ctx.get("int")

        def interrupt() -> None:
            while ctx._ctx._core.channel_count < 2:  # it has begun
                pass
            os.kill(os.getpid(), signal.SIGINT)

        helper = threading.Thread(target=interrupt)
        helper.start()
        with pytest.raises(KeyboardInterrupt):
            ctx.get("nowhere")
        helper.join()
        assert ctx.get("int").as_int("value") == 5
        while ctx._ctx._core.channel_count > 1:  # it is forgotten after it has ended
            time.sleep(0.001)


def test_a_process_ends_while_a_thread_waits(server: Server) -> None:
    script = """
import sys, threading
from aiopvxs.sync import Context
ctx = Context(dict(item.split("=", 1) for item in sys.argv[1:]), use_env=False, timeout=None)
def wait():
    try:
        ctx.get("nowhere")
    except BaseException as error:
        print(type(error).__name__, flush=True)
thread = threading.Thread(target=wait, daemon=True)
thread.start()
print(ctx.get("int").as_int("value"), flush=True)
"""
    settings = [f"{name}={value}" for name, value in server.client_config().items()]
    for _ in range(5):
        finished = subprocess.run(
            [sys.executable, "-X", "dev", "-c", script, *settings],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert (finished.returncode, complaints(finished.stderr)) == (0, "")
        assert finished.stdout in ("5\n", "5\nClosed\n")
