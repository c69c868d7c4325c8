"""``aiopvxs put``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aiopvxs.server import SharedPV
from cli_process import Cli

if TYPE_CHECKING:
    from contextlib import ExitStack

    from peers import Ioc
    from peers.p4p_peers import P4pServer


@pytest.mark.parametrize(
    ("name", "word", "value"),
    [
        ("double", "2.5", 2.5),
        ("double", "-3", -3.0),
        ("int", "0x10", 16),
        ("string", "5", "5"),
        ("string", '"a=b"', "a=b"),
        ("ints", "[1, 2]", [1, 2]),
        ("double", '{"value": 9}', 9.0),
    ],
)
def test_a_value(cli: Cli, pvs: dict[str, SharedPV], name: str, word: str, value: object) -> None:
    assert cli.run("put", name, word) == (0, "", "")
    assert pvs[name].current.as_py("value") == value


@pytest.mark.parametrize(("word", "index"), [("fault", 2), ("2", 2)])
def test_an_enum(cli: Cli, pvs: dict[str, SharedPV], word: str, index: int) -> None:
    assert cli.run("put", "enum", word) == (0, "", "")
    assert pvs["enum"].current.as_int("value.index") == index


def test_fields(cli: Cli, pvs: dict[str, SharedPV]) -> None:
    done = cli.run("put", "-v", "double", "value=3", "alarm.severity=1")
    assert done == (0, 'double\n    value = "3"\n    alarm.severity = "1"\n', "")
    assert pvs["double"].current.as_float("value") == 3.0
    assert pvs["double"].current.as_int("alarm.severity") == 1


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["enum", "bad"], "'off', 'on', 'fault'"),
        (["int", "1.5"], "'int'"),
        (["readonly", "1"], "readonly"),
        (["double", "valu=1"], "valu"),
        (["double", "[1"], "no JSON"),
        (["double", "1", "2"], "field=value"),
        (["double", "value=1", "value=2"], "twice"),
        (["double"], "VALUE"),
    ],
)
def test_what_is_refused_is_one_line(cli: Cli, pvs: dict[str, SharedPV], words: list[str], text: str) -> None:
    before = pvs["double"].current
    done = cli.run("put", *words)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert text in done.err
    assert pvs["double"].current == before


def test_a_pv_that_is_not_there(cli: Cli) -> None:
    done = cli.run("put", "-w", "0.5", "nothere", "1")
    assert done == (1, "", "Timeout with 1 outstanding: nothere\n")


def test_an_ioc(ioc: Ioc, stack: ExitStack) -> None:
    cli = Cli(ioc.config, stack)
    assert cli.run("put", "-c", "IOC:longout", "12") == (0, "", "")
    assert cli.run("put", "IOC:mbbo", "moving") == (0, "", "")
    done = cli.run("get", "-F", "nt", "IOC:longout", "IOC:mbbo")
    assert sorted(line.split("  ")[2].split()[0] for line in done.out.splitlines()) == ["12", "moving"]


def test_p4p(p4p_server: P4pServer, stack: ExitStack) -> None:
    cli = Cli(p4p_server.config, stack)
    assert cli.run("put", "double", "8.5") == (0, "", "")
    assert cli.run("get", "-r", "field(value)", "double").out == "double\n    value double = 8.5\n"
    assert cli.run("put", "clipped", "11") == (1, "", "clipped: above 10\n")
