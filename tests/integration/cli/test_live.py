"""``aiopvxs monitor --live``."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest

from aiopvxs.server import Server, SharedPV
from cli_process import Cli, without
from terminal import Terminal

if TYPE_CHECKING:
    from contextlib import ExitStack

terminals = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals in Python")

NAMES = ("double", "ints", "enum", "string", "alarm")


def cells(text: str, name: str) -> list[str]:
    """Return the cells of the row of a PV; none if it has no row."""
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in text.splitlines()]
    return next((row for row in rows if row[0] == name), [])


@terminals
def test_a_table(cli: Cli, stack: ExitStack, served: Server, pvs: dict[str, SharedPV]) -> None:
    pvs["string"].post("two\nlines \x1b[31m")
    terminal = Terminal(cli, stack, "monitor", "--live", *NAMES, "nothere")
    seen = terminal.until(lambda text: all(cells(text, name)[-1:] == ["1"] for name in NAMES))
    assert cells(seen, "double") == ["double", "22:13:20.000", "1.5 mm", "", "1"]
    assert cells(seen, "ints")[2] == "▁▂▂▃▃▄▄▅▅▅▆▆▇▇██ 30"
    assert cells(seen, "enum")[2] == "on"
    assert cells(seen, "string")[2] == "two lines \N{REPLACEMENT CHARACTER}[31m"
    assert cells(seen, "alarm")[2] == "nan"
    assert cells(seen, "alarm")[3].startswith("MAJOR stuck")
    assert cells(seen, "nothere")[2:] == ["is searched for", "", "0"]
    row = next(number for number, line in enumerate(terminal.screen.display) if "│ alarm" in line)
    assert terminal.screen.buffer[row][2].fg == "red"
    pvs["double"].post({"value": 2.5, "alarm.severity": 1})
    terminal.until(lambda text: cells(text, "double")[2:] == ["2.5 mm", "MINOR", "2"])
    served.stop()
    terminal.until(lambda text: cells(text, "double")[3].startswith("is disc"))
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.wait() == 2
    assert cells(terminal.text(), "double")[2] == "2.5 mm"  # it stays
    assert terminal.text().endswith("Interrupted")
    assert "Traceback" not in terminal.seen
    assert "two lines \x1b" not in terminal.seen


@terminals
def test_fields_that_were_not_asked_for_are_not_shown(cli: Cli, stack: ExitStack) -> None:
    terminal = Terminal(cli, stack, "monitor", "--live", "-n", "1", "-r", "field(alarm.severity)", "alarm")
    assert terminal.wait() == 0
    value, alarm = cells(terminal.text(), "alarm")[2:4]
    assert value.startswith("{'alarm': {'severity': 2")
    assert alarm == "MAJOR"


def test_into_a_pipe_it_is_plain(cli: Cli) -> None:
    done = cli.run("monitor", "--live", "-n", "1", "-F", "raw", "double")
    assert (done.code, done.out) == (0, "1.5\n")


@terminals
def test_it_ends_by_itself(cli: Cli, stack: ExitStack) -> None:
    terminal = Terminal(cli, stack, "monitor", "--live", "-n", "1", "double")
    assert terminal.wait() == 0
    assert cells(terminal.text(), "double")[2] == "1.5 mm"
    assert terminal.seen.rindex("\x1b[?25h") > terminal.seen.rindex("\x1b[?25l")  # the cursor is back


@terminals
def test_without_the_extra(cli: Cli, stack: ExitStack) -> None:
    terminal = Terminal(cli, stack, "monitor", "--live", "double", start=without("rich"))
    assert terminal.wait() == 1
    assert 'pip install "aiopvxs[cli]"' in " ".join(terminal.text().split())
