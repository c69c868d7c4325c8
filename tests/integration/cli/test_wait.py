"""``aiopvxs wait``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aiopvxs.cli._expression import Expression
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar

if TYPE_CHECKING:
    from aiopvxs.server import SharedPV
    from cli_process import Cli


def test_until_it_holds(cli: Cli, pvs: dict[str, SharedPV]) -> None:
    process = cli.start("wait", "-v", "-w", "60", "double", "value > 2 and alarm.severity == 1")
    pvs["double"].post(3.0)
    pvs["double"].post({"value": 4.0, "alarm.severity": 1})
    done = cli.end(process)
    assert (done.code, done.err) == (0, "")
    assert "  4.0 mm MINOR" in done.out


def test_a_choice(cli: Cli) -> None:
    assert cli.run("wait", "enum", "value == 'on' and value.index == 1").code == 0


def test_timeouts(cli: Cli) -> None:
    done = cli.run("wait", "-w", "3", "double", "value > 20")
    assert done == (1, "", "Timeout after 3 s: double did not come to 'value > 20'\n")
    done = cli.run("wait", "-w", "0.5", "nothere", "value > 20")
    assert done == (1, "", "Timeout after 0.5 s: nothere was not found\n")


@pytest.mark.parametrize("expression", ["valu > 1", "value >", "__import__('os')", "value[3]"])
def test_what_cannot_be_answered(cli: Cli, expression: str) -> None:
    done = cli.run("wait", "double", expression)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)


def test_expressions() -> None:
    value = NTScalar(T.Float64A).create()
    value.assign({"value": [1.0, 2.0, 4.0], "alarm.severity": 2, "alarm.message": "hot"})
    for text in (
        "len(value) == 3",
        "value[-1] == 4 and value[:2] == [1, 2]",
        "1 < max(value) <= 4",
        "not (alarm.severity < 2 or alarm.message != 'hot')",
        "alarm.severity in (1, 2)",
        "'h' in alarm.message",
        "(5 if alarm.severity else 6) % 2 == 1",
        "-value[0] + 2 * 3 == 5 // 1",
    ):
        assert Expression(text)(value), text
        assert not Expression(f"not ({text})")(value), text


@pytest.mark.parametrize(
    "text",
    [
        "value.__class__()",
        "(1).real",
        "[x for x in value]",
        "lambda: 1",
        "value ** 9",
        "1 << 99",
        "open('x')",
        "len(x=1)",
        "f'{value}'",
        "(a := 1)",
        "None",
        "",
        "(" * 500,
    ],
)
def test_what_the_language_does_not_have(text: str) -> None:
    with pytest.raises(ValueError):
        Expression(text)


@pytest.mark.parametrize("text", ["value.__class__", "'a' * 10", "'%s' % 1", "value / 0", "alarm < 3"])
def test_what_has_no_answer(text: str) -> None:
    value = NTScalar(T.Float64).create()
    with pytest.raises(ValueError):
        Expression(text)(value)
