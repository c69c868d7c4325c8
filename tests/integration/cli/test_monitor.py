"""``aiopvxs monitor``."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from aiopvxs.server import Server, SharedPV
from cli_process import SECONDS, START, Cli

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

    from peers import Ioc
    from peers.p4p_peers import P4pServer


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_each_update_and_then_ctrl_c(cli: Cli, served: Server, pvs: dict[str, SharedPV]) -> None:
    process = cli.start("monitor", "-r", "field(value)", "double")
    assert (line(process), line(process)) == ("double\n", "    value double = 1.5\n")
    pvs["double"].post(2.5)
    assert (line(process), line(process)) == ("double\n", "    value double = 2.5\n")
    done = cli.interrupt(process)
    assert (done.code, done.out) == (2, "")
    connected, interrupted = done.err.splitlines()
    assert connected.endswith(f" double Connected to 127.0.0.1:{served.config.tcp_port}")
    assert interrupted == "Interrupted"


def test_the_server_goes(cli: Cli, served: Server) -> None:
    process = cli.start("monitor", "int")
    assert line(process) == "int\n"
    served.stop()
    assert process.stderr is not None
    assert process.stderr.readline().endswith(f" int Connected to 127.0.0.1:{served.config.tcp_port}\n")
    assert process.stderr.readline().endswith(" int Disconnected\n")
    assert cli.interrupt(process).code == 2


def test_so_many_updates(cli: Cli, pvs: dict[str, SharedPV]) -> None:
    process = cli.start("monitor", "-n", "3", "-F", "jsonl", "int")
    values = [json.loads(line(process))["value"]["value"]]
    for value in (8, 9):
        pvs["int"].post(value)
        values.append(json.loads(line(process))["value"]["value"])
    assert values == [7, 8, 9]
    assert cli.end(process).code == 0


def test_counts_and_a_queue_without_end(cli: Cli, pvs: dict[str, SharedPV]) -> None:
    process = cli.start("monitor", "--all", "--stats", "-n", "3", "-F", "raw", "int")
    assert line(process) == "7\n"
    for value in (8, 9):
        pvs["int"].post(value)
        assert line(process) == f"{value}\n"
    done = cli.end(process)
    assert done.code == 0
    counts = "int: 3 updates arrived, 3 were shown, 0 became one with the next, at most 1 waited"
    assert done.err.splitlines()[1:] == [counts]


def test_what_changed(cli: Cli, pvs: dict[str, SharedPV]) -> None:
    process = cli.start("monitor", "--changed", "-n", "4", "-r", "field(value,alarm,display.units)", "double")
    assert [line(process) for _ in range(3)] == [
        "double\n",
        "    value double = 1.5\n",
        '    display.units string = "mm"\n',
    ]
    pvs["double"].post({"value": 1.5, "alarm.severity": 2})  # marked, but as it was
    assert (line(process), line(process)) == ("double\n", "    alarm.severity int32_t = 2\n")
    pvs["double"].post({"value": 1.5, "alarm.severity": 2})  # nothing to be shown
    pvs["double"].post({"value": float("nan")})
    assert (line(process), line(process)) == ("double\n", "    value double = nan\n")
    assert cli.end(process)[:2] == (0, "")


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_what_changed_in_json(cli: Cli, pvs: dict[str, SharedPV], form: str) -> None:
    process = cli.start("monitor", "--changed", "-n", "2", "-F", form, "-r", "field(value,alarm)", "ints")
    first = _object(process)
    assert first["value"]["value"] == list(range(30))
    assert first["value"]["alarm"] == {"severity": 0, "status": 0, "message": ""}
    pvs["ints"].post({"value": [1, 2], "alarm.message": ""})
    assert _object(process)["value"] == {"value": [1, 2]}
    assert cli.end(process).code == 0


def _object(process: subprocess.Popen[str]) -> dict[str, dict[str, object]]:
    """Read a JSON object, of one line, or of more up to the brace that closes it."""
    text = line(process)
    if text == "{\n":
        while not text.endswith("\n}\n"):
            text += line(process)
    found: dict[str, dict[str, object]] = json.loads(text)
    return found


def test_what_changed_is_whole_after_a_new_connection(cli: Cli, pvs: dict[str, SharedPV]) -> None:
    process = cli.start("monitor", "--changed", "-r", "field(value)", "int")
    assert (line(process), line(process)) == ("int\n", "    value int32_t = 7\n")
    pvs["int"].close()
    pvs["int"].open(7)
    assert (line(process), line(process)) == ("int\n", "    value int32_t = 7\n")
    assert cli.interrupt(process).code == 2


def test_rates(cli: Cli, pvs: dict[str, SharedPV]) -> None:
    process = cli.start("monitor", "--rate", "-F", "jsonl", "int", "double", "nothere")
    counted = {"int": 0, "double": 0}
    posted = 1
    while counted != {"int": 21, "double": 1}:
        told = json.loads(line(process))["pvs"]
        assert told["nothere"] == {"updates": 0, "squashed": 0, "rate": 0.0, "connected": False}
        for name in counted:
            counted[name] += told[name]["updates"]
            assert told[name]["rate"] >= told[name]["updates"] / 60
        if told["int"]["connected"] and told["double"]["connected"] and posted == 1:
            while posted < 21:
                pvs["int"].post(posted := posted + 1)
                time.sleep(0.002)  # the server sends each
    done = cli.interrupt(process)
    assert done.code == 2
    assert "Connected" in done.err


def test_rates_for_people(cli: Cli) -> None:
    done = cli.run("monitor", "--rate", "-n", "1", "int", "nothere")
    assert done.code == 0
    when, *pvs_ = done.out.rstrip("\n").split("  ")
    assert datetime.fromisoformat(when).tzinfo
    assert pvs_[1] == "nothere is searched for"
    assert re.fullmatch(r"int (\d+\.\d/s|is searched for)", pvs_[0])


def test_rates_of_none(cli: Cli) -> None:
    """When nothing more can come, it ends."""
    done = cli.run("monitor", "--rate", "-r", "field(nofield)", "int")
    assert done.code == 1
    assert done.err.count("\n") <= 2


@pytest.mark.parametrize(
    "words",
    [("--changed", "--rate"), ("--rate", "--live"), ("--changed", "-F", "nt"), ("--rate", "-F", "csv")],
)
def test_what_contradicts(cli: Cli, words: tuple[str, ...]) -> None:
    done = cli.run("monitor", *words, "int")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert words[0] in done.err


def test_a_time_limit(cli: Cli) -> None:
    assert cli.run("monitor", "-w", "0.5", "nothere") == (1, "", "Timeout after 0.5 s\n")


def test_a_bad_request(cli: Cli) -> None:
    done = cli.run("monitor", "-r", "bad(", "double")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)


def test_nobody_reads_a_flood(cli: Cli, pvs: dict[str, SharedPV]) -> None:
    """As ``aiopvxs monitor -F jsonl int | head -n 2`` does."""
    process = cli.start("monitor", "-F", "jsonl", "int")
    assert json.loads(line(process))["value"]["value"] == 7
    assert process.stdout is not None
    process.stdout.close()
    number = 0
    while process.poll() is None:
        pvs["int"].post(number := number + 1)
    assert process.stderr is not None
    told = process.stderr.read().splitlines()
    assert process.returncode == 0
    assert "Connected" in told[0]
    assert all("updates became one" in each for each in told[1:])  # a line at most; no traceback


@pytest.mark.skipif(shutil.which("head") is None, reason="needs the command head")
def test_a_flood_into_head(cli: Cli, pvs: dict[str, SharedPV], stack: ExitStack, tmp_path: Path) -> None:
    file = stack.enter_context((tmp_path / "lines").open("w+"))
    head = stack.enter_context(subprocess.Popen(["head", "-n", "500"], stdin=subprocess.PIPE, stdout=file))
    assert head.stdin is not None
    process = cli.start("monitor", "-F", "jsonl", "int", stdout=head.stdin.fileno())
    head.stdin.close()
    number = 0
    while process.poll() is None:
        pvs["int"].post(number := number + 1)
    assert head.wait(SECONDS) == 0
    assert process.returncode == 0
    file.seek(0)
    assert [json.loads(each)["name"] for each in file] == ["int"] * 500
    assert process.stderr is not None
    told = process.stderr.read().splitlines()
    assert "Connected" in told[0]
    assert all("updates became one" in each for each in told[1:])


@pytest.mark.skipif(sys.platform != "linux", reason="how full a pipe is, Linux tells")
def test_ctrl_c_while_nobody_reads_a_full_pipe(cli: Cli, pvs: dict[str, SharedPV]) -> None:
    import fcntl
    import termios

    process = cli.start("monitor", "-F", "jsonl", "ints")
    assert process.stdout is not None
    assert process.stderr is not None
    assert "Connected" in process.stderr.readline()
    line(process)
    waiting, same, number = 0, 0, 0
    while waiting == 0 or same < 100:  # bytes in the pipe: no more go in, though there are more to print
        pvs["ints"].post([number := number + 1] * 5000)
        time.sleep(0.01)
        before = waiting
        waiting = int.from_bytes(fcntl.ioctl(process.stdout, termios.FIONREAD, b"\0" * 4), sys.byteorder)
        same = same + 1 if waiting == before else 0
    process.send_signal(signal.SIGINT)
    assert process.wait(SECONDS) == 2
    assert process.stderr.read().splitlines()[-1] == "Interrupted"


def test_an_ioc(ioc: Ioc, stack: ExitStack) -> None:
    cli = Cli(ioc.config, stack)
    process = cli.start("monitor", "-n", "2", "-F", "nt", "IOC:ao")
    assert line(process).split("  ")[2].startswith("2.5 V")
    assert cli.run("put", "IOC:ao", "3.5").code == 0
    assert line(process).split("  ")[2].startswith("3.5 V")
    assert cli.end(process).code == 0


def test_p4p(p4p_server: P4pServer, stack: ExitStack) -> None:
    cli = Cli(p4p_server.config, stack)
    process = cli.start("monitor", "-n", "2", "-r", "field(value)", "double")
    assert line(process) == "double\n"
    assert line(process).startswith("    value double = ")
    p4p_server.post("double", 6.5)
    assert (line(process), line(process)) == ("double\n", "    value double = 6.5\n")
    assert cli.end(process).code == 0


def test_head_of_a_pipe(cli: Cli) -> None:
    """The same for a command that ends by itself: what it has to say fits into no closed pipe."""
    with subprocess.Popen(
        [sys.executable, "-c", START, "get", "double"],
        env=cli.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
        assert process.wait(SECONDS) == 0
