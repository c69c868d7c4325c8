"""``aiopvxs list``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiopvxs.server import Config, Server, SharedPV
from cli_process import Cli

if TYPE_CHECKING:
    from contextlib import ExitStack


def test_servers(cli: Cli, served: Server) -> None:
    assert cli.run("list", "-w", "3") == (0, f"127.0.0.1:{served.config.tcp_port}\n", "")


def test_servers_in_detail(cli: Cli, served: Server) -> None:
    done = cli.run("list", "-v", "-w", "3")
    assert f" online 127.0.0.1:{served.config.tcp_port} tcp guid=" in done.out


def test_pvs(cli: Cli, served: Server, pvs: dict[str, SharedPV]) -> None:
    done = cli.run("list", f"127.0.0.1:{served.config.tcp_port}")
    assert (done.code, done.err) == (0, "")
    assert sorted(done.out.split()) == sorted(pvs)


def test_what_a_server_tells_of_itself(cli: Cli, served: Server) -> None:
    done = cli.run("list", "-i", f"127.0.0.1:{served.config.tcp_port}")
    assert (done.code, done.err) == (0, "")
    assert "string version = " in done.out


def test_no_server(stack: ExitStack) -> None:
    with Server({}, Config.isolated()) as server:
        config = server.client_config()
    cli = Cli(config, stack)
    done = cli.run("list", "-w", "0.5")
    assert (done.code, done.out) == (1, "")
    asked = f"127.0.0.1:{config['EPICS_PVA_BROADCAST_PORT']}"
    assert done.err == f"No server answered within 0.5 s, asked at: {asked}\n"
    done = cli.run("list", "-w", "0.5", f"127.0.0.1:{config['EPICS_PVA_SERVER_PORT']}")
    assert (done.code, done.err.count("\n")) == (1, 1)


def test_usage(cli: Cli) -> None:
    for words in (["-A", "-p"], ["-i"], ["not an address"]):
        done = cli.run("list", *words)
        assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
