"""``aiopvxs bench``."""

from __future__ import annotations

import json
import signal
import socket
import struct
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from aiopvxs.server import SharedPV
from cli_process import SECONDS, Cli

if TYPE_CHECKING:
    from contextlib import ExitStack

    from peers import Ioc


def measured(out: str) -> dict[str, dict[str, Any]]:
    found = {each["what"]: each for each in json.loads(out)}
    for each in found.values():
        assert each["seconds"] > 0
        assert each["rate"] == pytest.approx(each["count"] / each["seconds"])
        if each["what"] != "monitor":
            latency = each["latency"]
            assert 0 < latency["median"] <= latency["p90"] <= latency["p99"] <= latency["max"]
    return found


@pytest.mark.parametrize("words", [[], ["--size", "1000", "-j", "4"]], ids=["double", "doubles"])
def test_its_own_server(cli: Cli, words: list[str]) -> None:
    done = cli.run("bench", "-t", "0.5", "-w", "20", "-F", "json", *words)
    assert (done.code, done.err) == (0, "")
    found = measured(done.out)
    assert list(found) == ["get", "put", "monitor"]
    assert all(each["count"] > 0 for each in found.values())


def test_people_read_it(cli: Cli) -> None:
    done = cli.run("bench", "-t", "0.1", "-w", "20")
    assert (done.code, done.err) == (0, "")
    get, put, monitor = done.out.splitlines()
    assert get.startswith("get ")
    assert " /s   median " in put
    assert " /s" in monitor


def test_its_server_says_nothing_of_a_client_that_breaks_off(cli: Cli) -> None:
    words = (sys.executable, "-m", "aiopvxs.cli._bench_server", "1")
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, env=cli.env, text=True) as server:
        assert server.stdout is not None
        config = json.loads(server.stdout.readline())
        address = ("127.0.0.1", int(config["EPICS_PVA_SERVER_PORT"]))
        with socket.create_connection(address, SECONDS) as client:
            assert client.recv(1)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset
        with socket.create_connection(address, SECONDS) as client:
            assert client.recv(1)  # by now PVXS has seen that the first is gone
        assert server.communicate(timeout=SECONDS)[1] == ""
        assert server.returncode == 0


def test_pvs_are_not_written_unless_it_is_said(cli: Cli, pvs: dict[str, SharedPV]) -> None:
    puts: list[object] = []
    for name in ("double", "enum"):

        @pvs[name].on_put
        def put(pv: SharedPV, op: Any) -> None:
            puts.append((pv, op.value.changed()))

    done = cli.run("bench", "-t", "0.2", "-w", "20", "-F", "json", "double", "enum")
    assert (done.code, list(measured(done.out)), puts) == (0, ["get", "monitor"], [])
    done = cli.run("bench", "-t", "0.2", "-w", "20", "-F", "json", "--put", "double", "enum")
    assert (done.code, list(measured(done.out))) == (0, ["get", "put", "monitor"])
    assert puts[:2] == [(pvs["double"], {"value"}), (pvs["enum"], {"value.index"})]
    assert pvs["enum"].current.as_int("value.index") == 1


def test_ctrl_c_ends_its_server_too(cli: Cli) -> None:
    process = cli.start("bench", "-t", "5", "-w", "20")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("get ")
    # communicate() returns when nobody has the pipe of the errors any more, so the server has ended
    assert cli.interrupt(process)[::2] == (2, "Interrupted\n")


def test_ctrl_c(cli: Cli, pvs: dict[str, SharedPV]) -> None:
    process = cli.start("bench", "-t", "1000", "-w", "20", "--put", "double")
    pvs["double"].on_first_connect(lambda _pv: process.send_signal(signal.SIGINT))
    assert cli.end(process)[::2] == (2, "Interrupted\n")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["-w", "0.5", "nothere"], "'nothere'"),
        (["--put", "-w", "20", "-t", "0.1", "readonly"], "readonly"),
        (["--size", "2", "double"], "--size"),
        (["-j", "0"], "-j"),
        (["-t", "0"], "-t"),
    ],
)
def test_what_fails_is_one_line(cli: Cli, words: list[str], text: str) -> None:
    done = cli.run("bench", *words)
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert text in done.err


def test_an_ioc(ioc: Ioc, stack: ExitStack) -> None:
    cli = Cli(ioc.config, stack)
    done = cli.run("bench", "-t", "0.2", "-w", "20", "-F", "json", "--put", "IOC:ao", "IOC:mbbo")
    assert (done.code, done.err) == (0, "")
    assert measured(done.out)["put"]["count"] > 0
