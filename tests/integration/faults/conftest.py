"""Two hosts, one with a server and one with a client, and what is between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from peers import Network, NoNetwork, OwnClient, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def network() -> Iterator[Network]:
    """Two hosts; skipped where they cannot be had."""
    try:
        made = Network()
    except NoNetwork as reason:
        pytest.skip(str(reason))
    with made:
        yield made


@pytest.fixture
def far_server(network: Network) -> Iterator[ScriptedServer]:
    """A scripted server on the one host."""
    with ScriptedServer(network.server.address, prefix=network.server.prefix) as server:
        server.add("x", "int32", value=5)
        yield server


@pytest.fixture
def conn_tmo() -> float:
    """EPICS_PVA_CONN_TMO of the client."""
    return 30.0


@pytest.fixture
def far_client(network: Network, far_server: ScriptedServer, conn_tmo: float) -> Iterator[OwnClient]:
    """A client on the other."""
    config = {
        "EPICS_PVA_ADDR_LIST": network.server.address,
        "EPICS_PVA_AUTO_ADDR_LIST": "NO",
        "EPICS_PVA_BROADCAST_PORT": far_server.config["EPICS_PVA_BROADCAST_PORT"],
        "EPICS_PVA_CONN_TMO": str(conn_tmo),
    }
    with OwnClient(config, network.client.prefix) as client:
        yield client
