"""A Server's life: made, started, stopped, started again; its ports; the signals that end it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Server, SharedPV, StaticSource

if TYPE_CHECKING:
    from peers import CommandClient

    from .conftest import StartProgram, Until

ISOLATED = Config.isolated()


def a_pv(value: int = 1) -> SharedPV:
    return SharedPV(NTScalar(T.Int32), value)


def test_restart(command_client: type[CommandClient]) -> None:
    server = Server({"x": a_pv(5)}, ISOLATED)
    client = command_client(server.client_config())
    assert not server.running
    server.stop()  # it was not started: nothing happens
    for _ in range(3):
        server.start()
        server.start()
        assert server.running
        assert client.run("get", "x").value["value"] == 5
        server.stop()
        assert not server.running
        assert client.run("get", "x", timeout=0.3).error[0] == "timeout"
    server.stop(grace=0)


def test_with_starts_and_stops() -> None:
    with Server({"x": a_pv()}, ISOLATED) as server:
        assert server.running
    assert not server.running
    assert server._core.wait_stopped(0.0)


async def test_with_inside_a_loop_does_not_wait_and_restarts(command_client: type[CommandClient]) -> None:
    server = Server({"x": a_pv(5)}, ISOLATED)
    for _ in range(20):
        with server:
            assert server.running
        assert not server.running
    server.start()  # the last stop may not have finished: it must not undo this
    assert (await command_client(server.client_config())("get", "x")).value["value"] == 5
    await server.astop()


async def test_async_with_waits() -> None:
    async with Server({"x": a_pv()}, ISOLATED) as server:
        assert server.running
    assert not server.running
    assert server._core.wait_stopped(0.0)


def test_many_servers_at_once(command_client: type[CommandClient]) -> None:
    servers = [Server({"x": a_pv(number)}, ISOLATED) for number in range(20)]
    for server in servers:
        server.start()
    for number in (0, 7, 19):
        found = command_client(servers[number].client_config()).run("get", "x")
        assert found.value["value"] == number
    assert len({server.config.tcp_port for server in servers}) == 20
    for server in servers:
        server.stop()


def test_one_pv_under_many_names_and_servers(command_client: type[CommandClient]) -> None:
    pv = a_pv(1)
    with Server({"a": pv, "b": pv}, ISOLATED) as one, Server({"c": pv}, ISOLATED) as two:
        command_client(one.client_config()).run("put", "b", "value", 6)
        assert command_client(one.client_config()).run("get", "a").value["value"] == 6
        assert command_client(two.client_config()).run("get", "c").value["value"] == 6


def test_configurations() -> None:
    server = Server({}, ISOLATED)
    assert server.config.interfaces == ("127.0.0.1",)
    assert server.config.tcp_port > 0
    assert server.config.udp_port > 0
    with pytest.raises(ValueError, match="EPICS_PVAS_SERVER_PORT is 'x'"):
        Server({}, {"EPICS_PVAS_SERVER_PORT": "x"})
    with pytest.raises(OSError, match="cannot be bound"):
        Server({}, {"EPICS_PVAS_INTF_ADDR_LIST": "192.0.2.77"}, use_env=False)


def test_a_dict_is_laid_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPICS_PVAS_INTF_ADDR_LIST", "127.0.0.1")
    monkeypatch.setenv("EPICS_PVAS_IGNORE_ADDR_LIST", "127.0.0.9")
    server = Server({}, {"EPICS_PVAS_SERVER_PORT": "0"})
    assert server.config.interfaces == ("127.0.0.1",)
    assert server.config.ignore_addresses == ("127.0.0.9",)
    bare = Server(
        {}, {"EPICS_PVAS_SERVER_PORT": "0", "EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1"}, use_env=False
    )
    assert bare.config.ignore_addresses == ()


def test_a_port_that_was_asked_for_and_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        settings = {"EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1", "EPICS_PVAS_BROADCAST_PORT": "0"}
        for wanted in (
            {**settings, "EPICS_PVAS_SERVER_PORT": port},
            {**settings, "EPICS_PVAS_INTF_ADDR_LIST": f"127.0.0.1:{port}"},
        ):
            with pytest.raises(OSError, match=f"TCP port {port}"):
                Server({}, wanted, use_env=False)


def test_the_usual_port_is_replaced_where_it_is_taken() -> None:
    settings = {"EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1", "EPICS_PVAS_BROADCAST_PORT": "0"}
    servers = [Server({}, settings, use_env=False) for _ in range(2)]
    assert servers[0].config.tcp_port != servers[1].config.tcp_port
    assert servers[1].config.interfaces == ("127.0.0.1",)


def test_sources(command_client: type[CommandClient]) -> None:
    first, second = StaticSource({"a": a_pv(1)}), StaticSource({"a": a_pv(2), "b": a_pv(3)})
    server = Server({}, ISOLATED, {"second": second})
    server.add_source("first", first, -5)
    assert ("first", -5) in server.list_sources()
    assert ("second", 0) in server.list_sources()
    with pytest.raises(ValueError, match="source 'first' of order -5 already"):
        server.add_source("first", second, -5)
    with pytest.raises(TypeError, match="not a StaticSource"):
        server.add_source("third", object())  # type: ignore[arg-type]
    with pytest.raises(KeyError, match="no source 'third' of order 0"):
        server.remove_source("third")
    with server:
        client = command_client(server.client_config())
        assert client.run("get", "a").value["value"] == 1
        assert client.run("get", "b").value["value"] == 3
        server.remove_source("first", -5)
        assert client.run("get", "a").value["value"] == 2
    assert Server({}, ISOLATED, [first, second]).list_sources()[-2:] == [("source0", 0), ("source1", 0)]


async def test_a_pv_added_is_found_by_a_client_that_waits(command_client: type[CommandClient]) -> None:
    async with Server({}, ISOLATED) as server:
        waiting = asyncio.create_task(command_client(server.client_config())("get", "x", timeout=40.0))
        await asyncio.sleep(0)
        server.add_pv("x", a_pv(5))
        assert (await waiting).value["value"] == 5
        with pytest.raises(ValueError, match="PV 'x' already"):
            server.add_pv("x", a_pv())


async def test_a_pv_removed_is_found_no_more(
    command_client: type[CommandClient], start_program: StartProgram, until: Until
) -> None:
    pv = a_pv(5)
    async with Server({"x": pv, "y": pv}, ISOLATED) as server:
        client = command_client(server.client_config())
        watch = start_program("watch", server, "x", 6, 4)
        await until(lambda: pv._core.stat().subscribers == 1)
        server.remove_pv("x")
        await until(lambda: not pv._core.stat().channels)
        assert (await client("get", "x", timeout=0.3)).error[0] == "timeout"
        assert (await client("get", "y")).value["value"] == 5  # by its other name it is still served
        assert pv.is_open
        server.add_pv("x", pv)  # and the subscriber comes back
        await until(lambda: pv._core.stat().subscribers == 1)
        pv.post(6)
        assert (await watch.wait_async(lambda message: "seen" in message))["seen"][0] == 5
        with pytest.raises(KeyError, match="There is no PV 'z'"):
            server.remove_pv("z")


def test_texts() -> None:
    server = Server({"a:pv": a_pv()}, ISOLATED)
    assert "stopped" in repr(server)
    assert str(server.config.tcp_port) in repr(server)
    with server:
        text = str(server)
    assert text.startswith("Server, running\n")
    assert "EPICS_PVAS_INTF_ADDR_LIST=127.0.0.1" in text
    assert "a:pv" in text


@pytest.mark.parametrize("grace", [-1, float("nan")])
def test_grace_is_a_time(grace: float) -> None:
    server = Server({}, ISOLATED)
    with pytest.raises(ValueError, match="grace"), server:
        server.stop(grace)


async def test_serve_forever_ends_by_stop_of_another_thread(until: Until) -> None:
    server = Server({"x": a_pv()}, ISOLATED)
    serving = asyncio.create_task(server.serve_forever())
    await until(lambda: server.running)
    threading.Thread(target=server.stop).start()
    await serving
    assert server._core.wait_stopped(0.0)


async def test_serve_forever_ends_by_a_signal(until: Until) -> None:
    server = Server({"x": a_pv()}, ISOLATED)
    serving = asyncio.create_task(server.serve_forever(signals=True))
    await until(lambda: server.running)
    signal.raise_signal(signal.SIGTERM)
    await serving
    assert not server.running


async def test_serve_forever_ends_by_cancelling(until: Until) -> None:
    server = Server({"x": a_pv()}, ISOLATED)
    serving = asyncio.create_task(server.serve_forever())
    await until(lambda: server.running)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert not server.running


async def test_run_in_the_wrong_place() -> None:
    server = Server({"x": a_pv()}, ISOLATED)
    with pytest.raises(RuntimeError, match="await serve_forever"):
        server.run()
    with pytest.raises(RuntimeError, match="main thread"):
        await asyncio.to_thread(server.run)
    assert not server.running


def python(script: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals between processes")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_returns_at_a_signal(number: signal.Signals) -> None:
    script = """
import signal, threading, time
from aiopvxs.server import Config, Server
server = Server({}, Config.isolated())
def tell():
    while not (server.running and signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL):
        time.sleep(0.01)
    print("ready", flush=True)
threading.Thread(target=tell).start()
server.run()
print("stopped", server.running, signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
"""
    with python(script) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (0, "stopped False True\n", "")


@pytest.mark.parametrize("ending", ["", "sys.exit(0)", "del server", "server.stop()"])
def test_the_process_ends_with_servers_running(ending: str) -> None:
    script = f"""
import sys
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Server, SharedPV
server = Server({{"x": SharedPV(NTScalar(), 1.0)}}, Config.isolated())
server.start()
{ending}
"""
    with python(script) as process:
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (0, "", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_is_told() -> None:
    script = """
import os
from aiopvxs import Forked
from aiopvxs.server import Config, Server
server = Server({}, Config.isolated())
server.start()
child = os.fork()
if child == 0:
    try:
        server.start()
    except Forked as error:
        print(error, flush=True)
    server.stop()
else:
    assert os.waitpid(child, 0)[1] == 0
"""
    with python(script) as process:
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "os.fork()" in output
