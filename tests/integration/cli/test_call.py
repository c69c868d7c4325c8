"""``aiopvxs call``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aiopvxs.server import Config, Server, SharedPV
from cli_process import Cli

if TYPE_CHECKING:
    from contextlib import ExitStack


@pytest.fixture
def cli(stack: ExitStack) -> Cli:
    calc = SharedPV()

    @calc.on_rpc
    def _(op: object) -> object:
        query = op.query  # type: ignore[attr-defined]
        if not query:
            raise ValueError("nothing to do")
        return {name: f"{type(value).__name__} {value}" for name, value in query.items()}

    server = stack.enter_context(Server({"calc": calc}, Config.isolated()))
    return Cli(server.client_config(), stack)


def test_arguments_are_strings_or_json(cli: Cli) -> None:
    done = cli.run("call", "calc", "a=1", "b:=2", "c=x=y")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("calc\n    struct")
    for text in ('string a = "str 1"', 'string b = "int 2"', 'string c = "str x=y"'):
        assert text in done.out


def test_an_error_of_the_server(cli: Cli) -> None:
    assert cli.run("call", "calc") == (1, "", "calc: nothing to do\n")


@pytest.mark.parametrize("words", [["a"], ["a:=x"], ["a=1", "a=2"], ["=1"], ["a:=null"]])
def test_bad_arguments(cli: Cli, words: list[str]) -> None:
    done = cli.run("call", "calc", *words)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)


def test_a_pv_that_is_not_there(cli: Cli) -> None:
    assert cli.run("call", "-w", "0.5", "nothere") == (1, "", "Timeout with 1 outstanding: nothere\n")
