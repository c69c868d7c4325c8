"""``aiopvxs completion``: in bash, and by what the shells ask."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cli_process import SECONDS, START, Cli, without

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

COMMANDS = (
    "get put monitor info list call wait plot image snapshot restore serve demo bench doctor completion"
)

# what bash does at a TAB, with its own settings
BASH = r"""
eval "$(aiopvxs completion bash)" || exit 9
COMP_LINE="$1" COMP_POINT=${#1} COMP_TYPE=9
_python_argcomplete aiopvxs
printf '%s\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def cli(stack: ExitStack) -> Cli:
    return Cli({}, stack)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("beam.json", "bend.json"):
        (tmp_path / name).write_text("")
    return tmp_path


LINES = [
    ("aiopvxs ", COMMANDS),
    ("aiopvxs mon", "monitor"),
    ("aiopvxs s", "snapshot serve"),
    ("aiopvxs snapshot --", "--help --replace"),
    ("aiopvxs monitor -F ", "delta tree nt json jsonl csv raw"),
    ("aiopvxs get -F json", "json jsonl"),
    ("aiopvxs restore be", "beam.json bend.json"),
    ("aiopvxs put x @bea", "beam.json"),  # bash has a word begin after @
    ("aiopvxs get be", ""),
    ("aiopvxs nope ", ""),
]


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("bash"), reason="needs bash")
@pytest.mark.parametrize(("line", "expected"), LINES)
def test_bash(cli: Cli, folder: Path, line: str, expected: str) -> None:
    command = folder / "bin" / "aiopvxs"
    command.parent.mkdir()
    command.write_text(f"#!{sys.executable}\n{START}\n")
    command.chmod(0o755)
    path = os.pathsep.join([str(command.parent), cli.env["PATH"]])
    done = subprocess.run(
        ["bash", "--norc", "-c", BASH, "bash", line],
        env={**cli.env, "PATH": path},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(done.stdout.split()) == sorted(expected.split())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_each_shell_asks(cli: Cli, folder: Path, shell: str) -> None:
    script = cli.run("completion", shell)
    assert (script.code, script.err) == (0, "")
    assert "aiopvxs" in script.out
    for line, expected in (("aiopvxs ", COMMANDS), ("aiopvxs get -F json", "json jsonl")):
        answer = folder / "answer"
        env = {"_ARGCOMPLETE": "1", "_ARGCOMPLETE_SHELL": shell, "_ARGCOMPLETE_SUPPRESS_SPACE": "1"}
        env |= {"_ARGCOMPLETE_IFS": "\n", "_ARGCOMPLETE_STDOUT_FILENAME": str(answer)}
        asking = Cli({**env, "COMP_LINE": line, "COMP_POINT": str(len(line))}, cli._stack)
        asking.run()
        # zsh is told the help of each after a colon
        assert [each.partition(":")[0] for each in answer.read_text().split("\n")] == expected.split()


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_script_of_another_shell(cli: Cli, folder: Path, shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    script = folder / "script"
    script.write_text(cli.run("completion", shell).out)
    subprocess.run([shell, "-n", str(script)], check=True, timeout=SECONDS)


def test_without_the_extra(cli: Cli) -> None:
    done = cli.run("completion", "bash", start=without("argcomplete"))
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert 'pip install "aiopvxs[cli]"' in done.err
    asking = Cli({"_ARGCOMPLETE": "1", "COMP_LINE": "aiopvxs ", "COMP_POINT": "8"}, cli._stack)
    assert asking.run(start=without("argcomplete")) == (1, "", "")


def test_a_shell_that_is_none(cli: Cli) -> None:
    done = cli.run("completion", "cmd")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
