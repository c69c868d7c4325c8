"""``aiopvxs doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aiopvxs.server import Config, Server
from cli_process import Cli

if TYPE_CHECKING:
    from contextlib import ExitStack


@pytest.fixture
def cli(stack: ExitStack) -> Cli:
    with Server({}, Config.isolated()) as server:
        config = server.client_config()
    return Cli({**config, "EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1", "EPICS_PVAS_SERVER_PORT": "0"}, stack)


def test_all_is_well(cli: Cli) -> None:
    done = cli.run("doctor", "-w", "20")
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("All is well.\n")
    assert done.out.count("\nok: its own server") == 2
    for text in ("aiopvxs-core 0", "PVXS", "  EPICS_PVA_AUTO_ADDR_LIST=NO\n"):
        assert text in done.out
    server = done.out.partition("\nServer settings in effect\n")[2]
    assert "  EPICS_PVAS_INTF_ADDR_LIST=127.0.0.1\n" in server
    port = int(server.partition("  EPICS_PVAS_SERVER_PORT=")[2].split()[0])
    assert f"ok: its own server, as the environment says, TCP port {port}\n" in server


def test_clients_that_search_elsewhere(cli: Cli) -> None:
    cli.env["EPICS_PVA_ADDR_LIST"] = "127.0.0.1:1"
    done = cli.run("doctor", "-w", "0.5")
    assert done.code == 1
    assert "FAILED: its own server, as the environment says: " in done.out
    assert done.out.endswith("see FAILED above.\n")


def test_a_setting_that_is_none(cli: Cli) -> None:
    cli.env["EPICS_PVA_BROADCAST_PORT"] = "many"
    done = cli.run("doctor")
    assert done.code == 1
    assert "FAILED: EPICS_PVA_BROADCAST_PORT" in done.out
