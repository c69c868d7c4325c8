"""Fixtures for pytest: a server of the test's own, and clients that find it and nothing else.

A line in the ``conftest.py`` at the top of the tests, or in a test module, makes them known::

    pytest_plugins = ["aiopvxs.testing"]

Everything is on the loopback interface, on ports that the system picks, so that tests run beside each other
and beside whatever else is on the network. The fixtures need no plugin for asyncio, and work with one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from . import sync
from .client import Context
from .server import Config, Server

__all__ = ["environment_of", "pva_context", "pva_environment", "pva_server", "pva_sync_context"]

#: Seconds, unless a test says otherwise: long for a busy machine, and short for who waits for a failure.
_TIMEOUT = 20.0


def environment_of(server: Server) -> dict[str, str]:
    """Return settings for the environment of programs that are to find a server of ``Config.isolated()``.

    A client that is made with them finds this server; a server that is made with them listens on loopback, on
    a port that the system picks, and the same clients find it.
    """
    client = server.client_config()
    return {
        **client,
        "EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1",
        "EPICS_PVAS_BEACON_ADDR_LIST": "127.0.0.1",
        "EPICS_PVAS_AUTO_BEACON_ADDR_LIST": "NO",
        "EPICS_PVAS_SERVER_PORT": "0",
        "EPICS_PVAS_BROADCAST_PORT": client["EPICS_PVA_BROADCAST_PORT"],
    }


@pytest.fixture
def pva_server() -> Iterator[Server]:
    """A running server without PVs, which only this test finds: ``pva_server.add_pv(name, pv)``.

    Its handlers run on an event loop in a thread of its own. Where they are to run on the test's loop, the
    test makes its server itself: ``async with Server(pvs, Config.isolated()) as server``.
    """
    with Server(config=Config.isolated()) as server:
        yield server


@pytest.fixture
def pva_context(pva_server: Server) -> Iterator[Context]:
    """An asyncio client that finds ``pva_server`` and nothing else, with a timeout of 20 seconds."""
    context = Context(pva_server.client_config(), use_env=False, timeout=_TIMEOUT)
    yield context
    context.close()


@pytest.fixture
def pva_sync_context(pva_server: Server) -> Iterator[sync.Context]:
    """A client without asyncio that finds ``pva_server`` and nothing else, with a timeout of 20 seconds."""
    with sync.Context(pva_server.client_config(), use_env=False, timeout=_TIMEOUT) as context:
        yield context


@pytest.fixture
def pva_environment(pva_server: Server, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of this test, so that code which makes its own Context or Server is isolated as well.

    While the test runs, the EPICS_PVA_* and EPICS_PVAS_* variables are those of
    ``environment_of(pva_server)``, for this process and for those that it starts. A Context that was made
    before has the settings of before.

    Returns:
        These variables.
    """
    settings = environment_of(pva_server)
    for name in list(os.environ):
        if name.startswith("EPICS_PVA"):
            monkeypatch.delenv(name)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return settings
