"""The bar of the progress of ``snapshot`` and ``restore``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Server, SharedPV
from cli_process import START, Cli, without
from terminal import Terminal

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals in Python")

COUNT = 500


@pytest.fixture
def many() -> dict[str, SharedPV]:
    return {f"pv{index}": SharedPV(NTScalar(T.Int32), index) for index in range(COUNT)}


@pytest.fixture
def names(many: dict[str, SharedPV], tmp_path: Path) -> Path:
    file = tmp_path / "names"
    file.write_text("\n".join(many))
    return file


@pytest.mark.parametrize("start", [START, without("rich")], ids=["rich", "plain"])
def test_on_a_terminal(
    stack: ExitStack, many: dict[str, SharedPV], names: Path, tmp_path: Path, start: str
) -> None:
    server = stack.enter_context(Server(many, Config.isolated()))
    cli = Cli(server.client_config(), stack)
    file = str(tmp_path / "saved")
    # one that comes late: the bar waits for it, and is looked at
    terminal = Terminal(cli, stack, "snapshot", "-w", "60", "-f", str(names), file, "late", start=start)
    seen = terminal.until(lambda text: f"{COUNT}/{COUNT + 1}" in text)
    assert "Reading" in seen
    assert ("━" in seen) is (start is START)
    server.add_pv("late", SharedPV(NTScalar(T.Int32), 1))
    assert terminal.wait() == 0
    assert "Reading" not in terminal.text()  # it has gone
    assert terminal.text().startswith(f"{COUNT + 1} PVs in ")


def test_not_into_a_file(stack: ExitStack, many: dict[str, SharedPV], names: Path, tmp_path: Path) -> None:
    server = stack.enter_context(Server(many, Config.isolated()))
    cli = Cli(server.client_config(), stack)
    file = str(tmp_path / "saved")
    done = cli.run("snapshot", "-w", "60", "-f", str(names), file)
    assert (done.code, done.err) == (0, "")
    for pv in many.values():
        pv.post(-1)
    assert cli.run("restore", "-w", "60", file) == (0, f"{COUNT} PVs written\n", "")
    assert [pv.current.as_int("value") for pv in many.values()] == list(range(COUNT))
