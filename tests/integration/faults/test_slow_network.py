"""A network that is slow and loses packets: 100 ms each way, 1 % lost."""

from __future__ import annotations

import pytest

from peers import Network, OwnClient, ScriptedServer

DELAY = 0.1
LOSS = 0.01


@pytest.fixture(autouse=True)
def slow(network: Network, far_client: OwnClient) -> None:
    """The wire is slow once both are running."""
    network.wire(delay=DELAY, loss=LOSS)


def test_kept_operations_cost_one_round_trip(network: Network, far_client: OwnClient) -> None:
    network.wire(loss=0.0)
    assert far_client.run("get", "x") == 5
    seconds = []
    for _ in range(5):
        end = far_client.end(far_client.start("get", "x"))
        assert end["value"] == 5
        seconds.append(end["seconds"])
    assert 2 * DELAY <= min(seconds) < 3 * DELAY


def test_gets_and_puts_together(network: Network, far_server: ScriptedServer, far_client: OwnClient) -> None:
    names = [f"pv:{number}" for number in range(50)]
    for number, name in enumerate(names):
        far_server.add(name, "int32", value=number)
    gets = [far_client.start("get", name) for name in names for _ in range(4)]
    puts = [far_client.start("put", "x", number) for number in range(100)]
    for number, get in enumerate(gets):
        assert far_client.end(get)["value"] == number // 4
    for put in puts:
        assert far_client.end(put)["event"] == "done"
    executed = [event["value"]["value"] for event in far_server.events("exec", pv="x", kind="put")]
    assert executed == list(range(100))  # each once, in order
    assert network.wire()["lost"] > 0


def test_large_array(far_server: ScriptedServer, far_client: OwnClient, network: Network) -> None:
    far_server.add("big", "double[]")
    far_server.fill("big", 50_000)  # 400 kB, a few hundred packets
    value = far_client.run("get", "big")
    assert value == [float(number) for number in range(50_000)]
    given = [number / 2 for number in range(20_000)]
    far_client.run("put", "big", given)
    assert far_server.value("big")["value"] == given
    assert network.wire()["lost"] > 0


def test_searches_that_are_lost_are_repeated(network: Network, far_client: OwnClient) -> None:
    before = network.wire(delay=0.0, loss=0.0, cut=True)["lost"]
    get = far_client.start("get", "x")
    network.wait_lost(before + 3)
    network.wire(cut=False)
    assert far_client.end(get)["value"] == 5
