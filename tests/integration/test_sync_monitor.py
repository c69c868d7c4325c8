"""What iterates and what is held, in the client that waits."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator

import pytest

from aiopvxs import Closed, RemoteError, Server, SharedPV, Timeout
from aiopvxs.client import ConnectionState
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.data import Value
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config
from aiopvxs.sync import Context


@pytest.fixture
def pv() -> SharedPV:
    return SharedPV(NTScalar(T.Int32), 5)


@pytest.fixture
def server(pv: SharedPV) -> Iterator[Server]:
    with Server({"int": pv}, Config.isolated()) as running:
        yield running


@pytest.fixture
def ctx(server: Server) -> Iterator[Context]:
    with Context(server.client_config(), use_env=False, timeout=20.0) as context:
        yield context


def number(value: object) -> int:
    assert isinstance(value, Value)
    return value.as_int("value")


def test_updates_come_in_order(ctx: Context, pv: SharedPV) -> None:
    seen = []
    with ctx.monitor("int") as sub:
        for value in sub:
            seen.append(number(value))
            if len(seen) == 50:
                break
            pv.post(seen[-1] + 1)
        assert sub.stats().received >= 50
        assert (sub.name, sub.connected) == ("int", True)
    assert seen == list(range(5, 55))
    assert sub.closed
    assert list(sub) == []


def test_batches_and_first(ctx: Context, pv: SharedPV) -> None:
    sub = ctx.monitor("int")
    assert number(sub.first()) == 5
    for value in range(6, 10):
        pv.post(value)
    seen: list[int] = []
    for batch in sub.batches():
        assert batch
        seen += map(number, batch)
        if seen[-1] == 9:
            break
    assert seen[-1] == 9
    with pytest.raises(Timeout):
        sub.first(0.05)


def test_events_and_errors(ctx: Context, server: Server) -> None:
    sub = ctx.monitor("int", events=True)
    first = next(sub)
    assert isinstance(first, ConnectionState)
    assert first.connected
    assert number(next(sub)) == 5
    server.stop()
    lost = next(sub)
    assert isinstance(lost, ConnectionState)
    assert not lost.connected


def test_a_refused_monitor_raises(ctx: Context) -> None:
    with pytest.raises(RemoteError):
        next(ctx.monitor("int", fields="nothing"))


def test_a_callback_runs_on_the_thread_of_the_context(ctx: Context) -> None:
    called = threading.Event()
    where: list[str] = []

    def callback(value: Value) -> None:
        where.append(threading.current_thread().name)
        called.set()

    sub = ctx.monitor("int", callback)
    assert called.wait(20.0)
    assert where == ["aiopvxs-sync"]
    sub.close()


def test_closing_the_context_ends_the_waiting(server: Server) -> None:
    ctx = Context(server.client_config(), use_env=False)
    sub = ctx.monitor("int")
    assert number(next(sub)) == 5
    closer = threading.Timer(0.1, ctx.close)
    closer.start()
    with pytest.raises(Closed):
        next(sub)
    closer.join()


def test_a_subscription_keeps_its_context(server: Server) -> None:
    sub = Context(server.client_config(), use_env=False).monitor("int")
    gc.collect()
    assert number(next(sub)) == 5


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself Ctrl-C there")
def test_ctrl_c_ends_the_waiting_only(ctx: Context, pv: SharedPV) -> None:
    sub = ctx.monitor("int")
    assert number(next(sub)) == 5

    def interrupt() -> None:
        while not sub._of._target.waiters:  # it waits for the next
            pass
        os.kill(os.getpid(), signal.SIGINT)

    helper = threading.Thread(target=interrupt)
    helper.start()
    with pytest.raises(KeyboardInterrupt):
        next(sub)
    helper.join()
    pv.post(6)
    assert number(next(sub)) == 6


def test_until(ctx: Context, pv: SharedPV) -> None:
    poster = threading.Timer(0.05, pv.post, [8])
    poster.start()
    assert number(ctx.until("int", 8)) == 8
    assert number(ctx.until("int", lambda value: int(value["value"]) > 7)) == 8
    with pytest.raises(Timeout):
        ctx.until("int", 9, timeout=0.05)
    poster.join()


def test_a_subscription_that_was_closed_has_ended(ctx: Context) -> None:
    sub = ctx.monitor("int")
    assert number(next(sub)) == 5
    sub.close()
    assert list(sub) == []
    ctx.close()
    assert list(sub) == []
    assert list(sub.batches()) == []


def test_system_exit_in_a_callback_ends_nothing(ctx: Context, caplog: pytest.LogCaptureFixture) -> None:
    called = threading.Event()

    def callback(value: Value) -> None:
        called.set()
        sys.exit("of no process")

    sub = ctx.monitor("int", callback)
    assert called.wait(20.0)
    assert number(ctx.get("int")) == 5
    with pytest.raises(SystemExit):
        ctx.put("int", lambda present: sys.exit("in a builder"))
    with pytest.raises(SystemExit):
        ctx.until("int", lambda present: sys.exit("in a predicate"))
    assert number(ctx.get("int")) == 5
    sub.close()
    told = {record.getMessage() for record in caplog.records}
    assert told == {"A function that was called on the thread of a Context or Server raised SystemExit"}
