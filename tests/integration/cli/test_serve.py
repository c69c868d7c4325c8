"""``aiopvxs serve``."""

from __future__ import annotations

import json
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from aiopvxs.server import Config, Server
from cli_process import Cli
from complaints import complaints

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path


@pytest.fixture
def cli(stack: ExitStack) -> Cli:
    """Commands that find one another, on loopback."""
    with Server({}, Config.isolated()) as server:
        config = server.client_config()
    return Cli({**config, "EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1", "EPICS_PVAS_SERVER_PORT": "0"}, stack)


def ready(cli: Cli, *words: str) -> subprocess.Popen[str]:
    process = cli.start("serve", *words)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Serving ")
    return process


def test_from_arguments(cli: Cli) -> None:
    process = ready(cli, "a=int:5", 'b=astr:["x"]', "c=enum", "d=UInt16A")
    done = cli.run("get", "-F", "nt", "a", "b")
    assert sorted(line.split("  ")[2] for line in done.out.splitlines()) == ["5", "[x]"]
    assert cli.run("put", "a", "6").code == 0
    assert "6" in cli.run("get", "-F", "nt", "a").out
    assert cli.run("put", "d", "[70000]").code == 1
    done = cli.interrupt(process)
    assert (done.code, complaints(done.err)) == (0, "Stopped\n")


def test_from_a_file(cli: Cli, tmp_path: Path) -> None:
    pytest.importorskip("yaml", reason="PyYAML is not installed")
    file = tmp_path / "pvs.yaml"
    file.write_text(
        "simple: real\n"
        "table:\n  type: NTTable\n  options: {columns: {x: float, n: Int32}}\n"
        "  initial: {value.x: [1.5], value.n: [2]}\n"
        "motor:\n  type: NTScalar\n  options: {type: Float64, units: mm, limits: [0, 90]}\n  initial: 3\n"
        "mode: {type: NTEnum, options: {choices: [off_, on_]}, initial: on_}\n"
    )
    ready(cli, "-f", str(file))
    done = cli.run("get", "-F", "jsonl", "table", "motor", "mode", "simple")
    rows = {row["name"]: row["value"] for row in map(json.loads, done.out.splitlines())}
    assert rows["table"]["value"] == {"x": [1.5], "n": [2]}
    assert (rows["motor"]["value"], rows["motor"]["display"]["units"]) == (3.0, "mm")
    assert rows["mode"]["value"] == {"index": 1, "choices": ["off_", "on_"]}
    assert rows["simple"]["value"] == 0.0


def test_values_survive_a_restart(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "values.json"
    words = ("--save", str(file), "a=int:5", "b=aint:[1]")
    process = ready(cli, *words)
    assert cli.run("put", "a", "7").code == 0
    assert cli.run("put", "b", "[8, 9]").code == 0
    process.send_signal(signal.SIGTERM)
    assert cli.end(process).code == 0
    assert [entry.name for entry in tmp_path.iterdir()] == ["values.json"]  # nothing temporary stays
    ready(cli, *words)
    done = cli.run("get", "-F", "nt", "a", "b")
    assert sorted(line.split("  ")[2] for line in done.out.splitlines()) == ["7", "[8, 9]"]


def test_what_cannot_be_saved_is_told_and_tried_again(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    process = ready(cli, "--save", str(folder / "values.json"), "--period", "0.05", "a=int:5")
    assert process.stderr is not None
    assert "could not be saved" in process.stderr.readline()
    folder.mkdir()
    assert cli.run("put", "a", "7").code == 0
    done = cli.interrupt(process)
    assert (done.code, complaints(done.err)) == (0, "Stopped\n")
    assert json.loads((folder / "values.json").read_text())["a"]["value"] == 7


@pytest.mark.parametrize("content", ["no json", "[1]", '{"a": {"value": "x"}}'])
def test_a_file_of_values_that_is_none_stays_as_it_is(cli: Cli, tmp_path: Path, content: str) -> None:
    file = tmp_path / "values.json"
    file.write_text(content)
    done = cli.run("serve", "--save", str(file), "a=int")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert str(file) in done.err
    assert file.read_text() == content


@pytest.mark.parametrize(
    "words",
    [[], ["a"], ["a=quux"], ["a=int:x"], ["a=int", "a=int"], ["a=NTTable:3"], ["-f", "/nonexistent.yaml"]],
)
def test_usage(cli: Cli, words: list[str]) -> None:
    done = cli.run("serve", *words)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
