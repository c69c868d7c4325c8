"""pytest fixtures of the peers."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol

import pytest

from .command import CommandClient
from .ioc import Ioc
from .p4p_peers import P4pClient, P4pServer
from .scripted import ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NO_P4P = "p4p is not installed; beside pvxslibs 1.4 it is p4p<4.2.2"


@pytest.fixture
def scripted_server() -> Iterator[ScriptedServer]:
    """A scripted C++ server of the test's own, without PVs."""
    with ScriptedServer() as server:
        yield server


@pytest.fixture(scope="module")
def ioc() -> Iterator[Ioc]:
    """An IOC for the tests of a module, which write to records of their own."""
    with Ioc() as running:
        yield running


@pytest.fixture
def own_ioc() -> Iterator[Ioc]:
    """An IOC of the test's own, to be killed."""
    with Ioc() as running:
        yield running


@pytest.fixture(scope="session")
def p4p() -> None:
    """Asks for p4p; without it the test is skipped, saying why."""
    pytest.importorskip("p4p", reason=NO_P4P)


@pytest.fixture
def p4p_server(p4p: None) -> Iterator[P4pServer]:
    """A p4p server of the test's own."""
    server = P4pServer()
    yield server
    server.close()


class StartP4pClient(Protocol):
    """Starts a p4p client of the server with this configuration."""

    def __call__(self, config: Mapping[str, str]) -> P4pClient: ...


@pytest.fixture
def p4p_client(p4p: None) -> Iterator[StartP4pClient]:
    """Starts p4p clients: ``p4p_client(config)``."""
    with ExitStack() as stack:

        def start(config: Mapping[str, str]) -> P4pClient:
            client = P4pClient(config)
            stack.callback(client.close)
            return client

        yield start


@pytest.fixture(scope="session")
def command_client() -> type[CommandClient]:
    """The C++ client command: ``command_client(config).run("get", "name")``."""
    return CommandClient
