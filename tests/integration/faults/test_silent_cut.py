"""A wire that is cut, and nobody is told: the client finds out within its timeout, and comes back."""

from __future__ import annotations

import time

import pytest

from peers import Network, OwnClient, ScriptedServer

# pvxs takes 4/3 of EPICS_PVA_CONN_TMO, 2 s at least, and asks a silent server every 3/8 of that, 1 s at
# least. What it counts from is the last message, up to one such period before the cut.
CASES = [(0.5, 2.0), (3.0, 4.0)]
BUSY = 3.0  # more than a busy machine is late


@pytest.mark.parametrize(("conn_tmo", "timeout"), CASES)
def test_operations_end_within_the_timeout(
    network: Network, far_server: ScriptedServer, far_client: OwnClient, timeout: float
) -> None:
    assert far_client.run("get", "x") == 5
    far_server.on("x", "exec", "put", "hold")
    put = far_client.start("put", "x", 6)
    far_server.event_blocking("exec", pv="x", kind="put")
    get = far_client.start("get", "x")
    far_client.end(get)
    network.wire(cut=True)
    waiting = far_client.start("get", "x")
    end = far_client.end(put)
    assert (end["event"], end["error"], end["pv"]) == ("failed", "Disconnected", "x")
    # the put began a little before the cut, so it lasted a little longer
    assert timeout - max(1.0, timeout * 3 / 8) - 0.1 < end["seconds"] < timeout + BUSY
    assert not far_client.ended(waiting)  # a get waits for the server
    network.wire(cut=False)
    assert far_client.end(waiting)["value"] == 6
    assert far_server.counts("x")["exec put"] == 1  # nor was the put sent again


@pytest.mark.parametrize("conn_tmo", [0.5])
def test_monitor_is_told_and_goes_on(
    network: Network, far_server: ScriptedServer, far_client: OwnClient
) -> None:
    monitor = far_client.start("monitor", "x")
    far_client.shown(monitor, event="state", connected=True)
    far_client.shown(monitor, event="update", value=5)
    network.wire(cut=True)
    cut = time.monotonic()
    far_server.post("x", {"value": 6})
    far_client.shown(monitor, event="state", connected=False)
    assert time.monotonic() - cut < 2.0 + BUSY
    far_server.post("x", {"value": 7})
    network.wire(cut=False)
    far_client.shown(monitor, event="state", connected=True, count=2)
    far_client.shown(monitor, event="update", value=7)
    far_server.post("x", {"value": 8})
    far_client.shown(monitor, event="update", value=8)


@pytest.mark.parametrize("conn_tmo", [6.0])
def test_short_cut_is_not_noticed(
    network: Network, far_server: ScriptedServer, far_client: OwnClient
) -> None:
    assert far_client.run("get", "x") == 5
    far_server.on("x", "exec", "put", "hold")
    put = far_client.start("put", "x", 6)
    far_server.event_blocking("exec", pv="x", kind="put")
    network.wire(cut=True)
    get = far_client.start("get", "x", timeout=0.5)
    failed = far_client.end(get)
    assert (failed["error"], failed["phase"]) == ("Timeout", "exec")
    network.wire(cut=False)
    assert far_client.run("get", "x") == 6
    assert far_server.release("x", "exec", "put") == 1
    assert far_client.end(put)["event"] == "done"
    assert far_server.counts("x")["create"] == 1  # the same connection all along


@pytest.mark.parametrize("conn_tmo", [0.5])
def test_link_that_goes_down_and_up(
    network: Network, far_server: ScriptedServer, far_client: OwnClient
) -> None:
    assert far_client.run("get", "x") == 5
    far_server.on("x", "exec", "put", "hold", times=1)
    put = far_client.start("put", "x", 6)
    far_server.event_blocking("exec", pv="x", kind="put")
    network.client.link("down")
    end = far_client.end(put)
    assert (end["event"], end["error"], end["pv"]) == ("failed", "Disconnected", "x")
    waiting = far_client.start("get", "x")
    network.client.link("up")
    assert far_client.end(waiting)["value"] == 6
    far_client.run("put", "x", 7)
    assert far_server.value("x")["value"] == 7


@pytest.mark.parametrize("conn_tmo", [0.5])
def test_server_that_is_never_there_again_ends_by_the_operations_timeout(
    network: Network, far_client: OwnClient
) -> None:
    assert far_client.run("get", "x") == 5
    network.wire(cut=True)
    put, get = far_client.start("put", "x", 6, timeout=6), far_client.start("get", "x", timeout=6)
    assert far_client.end(put)["error"] in ("Disconnected", "Timeout")
    end = far_client.end(get)
    assert (end["error"], end["pv"], end["phase"]) == ("Timeout", "x", "connect")
