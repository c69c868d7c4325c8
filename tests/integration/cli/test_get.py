"""``aiopvxs get``."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from aiopvxs.server import Config, Server
from cli_process import Cli

if TYPE_CHECKING:
    from contextlib import ExitStack

    from peers import Ioc
    from peers.p4p_peers import P4pServer

STAMP = "2023-11-14T22:13:20.000000005Z"

DELTA = """\
double
    value double = 1.5
    timeStamp.secondsPastEpoch int64_t = 1700000000
    timeStamp.nanoseconds int32_t = 5
    display.units string = "mm"
"""

TREE = """\
ints
    struct "epics:nt/NTScalarArray:1.0" {
        int32_t[] value = {30}[0, 1, 2, ...]
        struct "alarm_t" {
            int32_t severity = 0
            int32_t status = 0
            string message = ""
        } alarm
        struct "time_t" {
            int64_t secondsPastEpoch = 1700000000
            int32_t nanoseconds = 5
            int32_t userTag = 0
        } timeStamp
    }
"""


def test_delta_is_the_default(cli: Cli) -> None:
    assert cli.run("get", "double") == (0, DELTA, "")


def test_a_tree_with_a_limit(cli: Cli) -> None:
    assert cli.run("get", "-F", "tree", "-#", "3", "ints") == (0, TREE, "")


def test_twenty_elements_are_shown_by_default_and_all_with_0(cli: Cli) -> None:
    assert "18, 19, ...]" in cli.run("get", "ints").out
    assert "28, 29]" in cli.run("get", "-#", "0", "ints").out


def test_nt_is_one_line(cli: Cli) -> None:
    done = cli.run("get", "-F", "nt", "double", "enum", "alarm", "string")
    assert (done.code, done.err) == (0, "")
    assert sorted(done.out.splitlines()) == [
        f"alarm  {STAMP}  NaN MAJOR stuck, really",
        f"double  {STAMP}  1.5 mm",
        f"enum  {STAMP}  on",
        f"string  {STAMP}  grün",
    ]


def test_jsonl(cli: Cli) -> None:
    done = cli.run("get", "-F", "jsonl", "alarm", "ints")
    rows = {row["name"]: row for row in map(json.loads, done.out.splitlines())}
    assert rows["alarm"]["time"] == STAMP
    assert rows["alarm"]["value"]["value"] is None  # NaN
    assert rows["ints"]["value"]["value"] == list(range(30))  # never shortened


def test_json_is_indented(cli: Cli) -> None:
    out = cli.run("get", "-F", "json", "int").out
    assert json.loads(out)["value"]["value"] == 7
    assert out.startswith('{\n  "name": "int",\n')


def test_csv_has_a_heading(cli: Cli) -> None:
    out = cli.run("get", "-F", "csv", "alarm").out
    assert list(csv.reader(io.StringIO(out))) == [
        ["name", "time", "value", "severity", "status", "message"],
        ["alarm", STAMP, "nan", "MAJOR", "0", "stuck, really"],
    ]


def test_one_of_two_is_not_there(cli: Cli) -> None:
    done = cli.run("get", "-w", "3", "nothere", "double")
    assert done == (1, DELTA, "Timeout with 1 outstanding: nothere\n")


def test_no_server(stack: ExitStack) -> None:
    with Server({}, Config.isolated()) as server:
        config = server.client_config()
    done = Cli(config, stack).run("get", "-w", "0.5", "double")
    assert done == (1, "", "Timeout with 1 outstanding: double\n")


def test_a_bad_request_is_one_line(cli: Cli) -> None:
    done = cli.run("get", "-r", "bad(", "double")
    assert (done.code, done.out) == (1, "")
    assert "'bad('" in done.err
    assert done.err.count("\n") == 1


def test_a_request(cli: Cli) -> None:
    done = cli.run("get", "-r", "field(value)", "double")
    assert done == (0, "double\n    value double = 1.5\n", "")


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("nt", 'alarm  -  {"alarm": {"severity": 2, "status": 0, "message": "stuck, really"}} MAJOR'),
        ("raw", '{"alarm": {"severity": 2, "status": 0, "message": "stuck, really"}}'),
        ("jsonl", '"value": {"alarm": {"severity": 2, "status": 0, "message": "stuck, really"}}}'),
        ("csv", ',"{""alarm"": {""severity"": 2, ""status"": 0, ""message"": ""stuck, really""}}",MAJOR,0,'),
    ],
)
def test_what_was_not_asked_for_is_not_shown(cli: Cli, form: str, expected: str) -> None:
    """A server of PVXS sends the whole type, with zeros."""
    done = cli.run("get", "-F", form, "-r", "field(alarm)", "alarm")
    assert (done.code, done.err) == (0, "")
    assert expected in done.out


def test_a_part_of_the_value(cli: Cli) -> None:
    assert cli.run("get", "-F", "raw", "-r", "field(value.index)", "enum") == (0, "1\n", "")
    done = cli.run("get", "-F", "jsonl", "-r", "field(value.index,nofield)", "enum")
    assert json.loads(done.out)["value"] == {"value": {"index": 1}}


def test_a_bad_setting_is_one_line(cli: Cli) -> None:
    cli.env["EPICS_PVA_BROADCAST_PORT"] = "many"
    done = cli.run("get", "double")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "EPICS_PVA_BROADCAST_PORT" in done.err


def test_usage(cli: Cli) -> None:
    for words in (["get"], ["get", "-F", "xml", "double"], ["get", "-w", "soon", "double"]):
        done = cli.run(*words)
        assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert cli.run("get", "-h").code == 0


def test_options_between_names(cli: Cli) -> None:
    done = cli.run("get", "int", "-F", "raw", "double")
    assert sorted(done.out.split()) == ["1.5", "7"]
    assert cli.run("get", "int", "-F", "raw", "double", "--nope").err.count("--nope") == 1


def test_an_ioc(ioc: Ioc, stack: ExitStack) -> None:
    done = Cli(ioc.config, stack).run("get", "-r", "field(value)", "IOC:ai", "IOC:bo")
    assert (done.code, done.err) == (0, "")
    assert "IOC:ai\n    value double = 1.5\n" in done.out
    assert (
        'IOC:bo\n    value.index int32_t = 0\n    value.choices string[] = {2}["closed", "open"]\n'
        in done.out
    )


def test_p4p(p4p_server: P4pServer, stack: ExitStack) -> None:
    p4p_server.post("double", 4.25)
    done = Cli(p4p_server.config, stack).run("get", "-r", "field(value)", "double")
    assert done == (0, "double\n    value double = 4.25\n", "")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("double", "1.5"),
        ("int", "7"),
        ("string", "grün"),
        ("enum", "on"),
        ("alarm", "nan"),
        ("ints", str(list(range(30)))),  # whole
    ],
)
def test_raw(cli: Cli, name: str, text: str) -> None:
    assert cli.run("get", "-F", "raw", name) == (0, f"{text}\n", "")
