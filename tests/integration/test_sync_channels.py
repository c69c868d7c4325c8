"""Handles, servers and reports of the client that waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aiopvxs import Closed, Server, SharedPV, Timeout
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config
from aiopvxs.sync import Context


@pytest.fixture
def server() -> Iterator[Server]:
    with Server({"int": SharedPV(NTScalar(T.Int32), 5)}, Config.isolated()) as running:
        yield running


@pytest.fixture
def ctx(server: Server) -> Iterator[Context]:
    with Context(server.client_config(), use_env=False, timeout=20.0) as context:
        yield context


def test_a_handle(ctx: Context, server: Server) -> None:
    with ctx.channel("int") as channel:
        channel.wait_connected()
        assert (channel.name, channel.connected, channel.server) == ("int", True, None)
        assert channel.get().as_int("value") == 5
        channel.put(6)
        assert channel.get(fields="value").as_int("value") == 6
        assert channel.info().typedef() == NTScalar(T.Int32).build()
    assert channel.closed
    connected = ctx.connect("int")
    assert connected.connected
    assert connected.get().as_int("value") == 6
    with pytest.raises(Timeout):
        ctx.connect("nowhere", timeout=0.05)


def test_names_servers_and_reports(ctx: Context, server: Server) -> None:
    address = f"127.0.0.1:{server.config.tcp_port}"
    assert ctx.list(address) == ["int"]
    found = next(iter(ctx.discover(timeout=20.0)))
    assert (found.event, found.server) == ("online", address)
    assert list(ctx.discover(timeout=0.0, ping=False)) == []
    ctx.get("int")
    (connection,) = ctx.report().connections
    assert connection.peer == address
    ctx.cache_clear("int")
    ctx.hurry_up()
    ctx.ignore_server_guids([found.guid])


def test_a_closed_context_refuses(ctx: Context) -> None:
    ctx.close()
    with pytest.raises(Closed):
        ctx.channel("int")
    with pytest.raises(Closed):
        ctx.report()
    with pytest.raises(Closed):
        ctx.list()


def test_a_handle_reads_writes_and_follows(ctx: Context) -> None:
    with ctx.connect("int") as channel:
        channel.write(7)
        assert channel.read() == 7
        assert channel.read(as_=float) == 7.0
        with channel.monitor(read=True) as sub:
            assert next(sub) == 7
        with channel.monitor(fields="value") as sub:
            assert sub.first().as_int("value") == 7


def test_states_of_a_handle(ctx: Context, server: Server) -> None:
    with ctx.connect("int") as channel:
        states = channel.states()
        first = next(states)
        assert (first.connected, first.peer) == (True, channel.peer)
        server.stop()
        assert not next(states).connected
    assert list(states) == []  # the handle is closed
    with pytest.raises(Closed):
        channel.states()
    another = ctx.channel("nowhere").states()
    assert not next(another).connected
    ctx.close()
    with pytest.raises(Closed):
        next(another)
