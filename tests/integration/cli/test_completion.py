"""``aiopvxs completion``: in bash, and by what the shells ask."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Server, SharedPV
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

FISH = r"""
aiopvxs completion fish | source; or exit 9
complete --do-complete $argv[1]
"""

# what .zshrc has; its prompt tells that it was read
ZSH = """
autoload -Uz compinit && compinit -u -D
eval "$(aiopvxs completion zsh)" && PS1='ready''> '
"""


@pytest.fixture
def pvs() -> dict[str, SharedPV]:
    return {name: SharedPV(nt=NTScalar(T.Float64), initial=1.5) for name in ("beam:x", "beam:y", "plain")}


@pytest.fixture
def cli(served: Server, stack: ExitStack, folder: Path) -> Cli:
    """Commands that find ``served``, in a folder with two files, and a command ``aiopvxs`` for shells."""
    cli = Cli({**served.client_config(), "AIOPVXS_COMPLETION_SECONDS": str(SECONDS)}, stack)
    command = folder / "bin" / "aiopvxs"
    command.parent.mkdir()
    command.write_text(f"#!{sys.executable}\n{START}\n")
    command.chmod(0o755)
    cli.env["PATH"] = os.pathsep.join([str(command.parent), cli.env["PATH"]])
    cli.env["HOME"] = str(folder)  # shells keep files there
    return cli


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
    ("aiopvxs put x @bea", "@beam.json"),
    ("aiopvxs get p", "plain"),
    ("aiopvxs get be", "beam:x beam:y"),
    ("aiopvxs monitor -F nt plain beam:", "beam:x beam:y"),
    ("aiopvxs get plain -F json be", "beam:x beam:y"),
    ("aiopvxs get plain -Fjson be", "beam:x beam:y"),
    ("aiopvxs get plain -F js", "json jsonl"),
    ("aiopvxs monitor plain -w 3 beam:x -F nt p", "plain"),
    ("aiopvxs snapshot beam.json --replace p", "plain"),
    ("aiopvxs put beam:x ", ""),
    ("aiopvxs get unknown", ""),
    ("aiopvxs nope ", ""),
]


def ask(cli: Cli, folder: Path, *program: str) -> list[str]:
    """Run a shell, and return the words that it prints, in order."""
    done = subprocess.run(
        program, env=cli.env, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return sorted(done.stdout.split())


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("bash"), reason="needs bash")
@pytest.mark.parametrize(("line", "expected"), LINES)
def test_bash(cli: Cli, folder: Path, line: str, expected: str) -> None:
    words = expected.split()
    for ends_word in "@:":  # bash has a word begin after these
        if ends_word in line:
            words = [word.rpartition(ends_word)[2] for word in words]
    assert ask(cli, folder, "bash", "--norc", "-c", BASH, "bash", line) == sorted(words)


@pytest.mark.skipif(not shutil.which("fish"), reason="needs fish")
@pytest.mark.parametrize(("line", "expected"), LINES)
def test_fish(cli: Cli, folder: Path, line: str, expected: str) -> None:
    done = subprocess.run(
        ["fish", "--no-config", "-c", FISH, line],
        env=cli.env,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode in (0, 1)  # 1: there is nothing
    assert done.stderr == ""
    # after a TAB comes what the word is for
    assert sorted(each.partition("\t")[0] for each in done.stdout.splitlines()) == sorted(expected.split())


@pytest.mark.skipif(not shutil.which("zsh"), reason="needs zsh")
def test_zsh(cli: Cli, folder: Path, stack: ExitStack) -> None:
    """What is typed in a terminal, with a TAB after each piece."""
    from terminal import Terminal

    (folder / ".zshrc").write_text(ZSH)
    shell = Terminal(cli, stack, program=["zsh", "-i"])
    shell.until(lambda text: "ready>" in text)
    shell.type("aiopvxs mon\t")
    shell.until(lambda text: "ready> aiopvxs monitor" in text)
    shell.type("-F jsonl b\t")
    shell.until(lambda text: "ready> aiopvxs monitor -F jsonl beam:" in text)
    shell.type("\t")
    shell.until(lambda text: {"beam:x", "beam:y"} <= set(text.split()))
    shell.type("y")
    shell.until(lambda text: "ready> aiopvxs monitor -F jsonl beam:y" in text)


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


def words_after(cli: Cli, folder: Path, line: str, **env: str) -> list[str]:
    """Ask as fish does."""
    answer = folder / "answer"
    asked = {"_ARGCOMPLETE": "1", "_ARGCOMPLETE_SHELL": "fish", "_ARGCOMPLETE_IFS": "\n"}
    asked |= {"_ARGCOMPLETE_STDOUT_FILENAME": str(answer), "COMP_LINE": line, "COMP_POINT": str(len(line))}
    done = Cli({**cli.env, **asked, **env}, cli._stack).run()
    assert (done.code, done.out) == (0, "")
    return answer.read_text().split()


def server_port(served: Server) -> str:
    return f"127.0.0.1:{served.config.tcp_port}"


def test_names_from_a_name_server(cli: Cli, folder: Path, served: Server) -> None:
    settings = {"EPICS_PVA_ADDR_LIST": "", "EPICS_PVA_NAME_SERVERS": server_port(served)}
    assert words_after(cli, folder, "aiopvxs info beam", **settings) == ["beam:x", "beam:y"]


def test_addresses_of_servers(cli: Cli, folder: Path, served: Server) -> None:
    assert words_after(cli, folder, "aiopvxs list 127") == [server_port(served)]


@pytest.mark.parametrize(
    "settings",
    [
        {"EPICS_PVA_ADDR_LIST": ""},  # nobody is named
        {"AIOPVXS_COMPLETION_SECONDS": "0"},
        {"AIOPVXS_COMPLETION_SECONDS": "0.1", "EPICS_PVA_BROADCAST_PORT": "9"},  # nobody answers
        {
            "AIOPVXS_COMPLETION_SECONDS": "0.1",
            "EPICS_PVA_NAME_SERVERS": "127.0.0.1:9",
            "EPICS_PVA_ADDR_LIST": "",
        },
        {"EPICS_PVA_ADDR_LIST": "not an address:x"},
        {"AIOPVXS_COMPLETION_SECONDS": "nan", "EPICS_PVA_BROADCAST_PORT": "9"},
    ],
)
def test_no_names(cli: Cli, folder: Path, settings: dict[str, str]) -> None:
    assert words_after(cli, folder, "aiopvxs get be", **settings) == []


def test_a_server_that_never_answers(cli: Cli, folder: Path, stack: ExitStack) -> None:
    silent = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    address = f"127.0.0.1:{silent.getsockname()[1]}"
    settings = {"EPICS_PVA_ADDR_LIST": "", "EPICS_PVA_NAME_SERVERS": address}
    assert words_after(cli, folder, "aiopvxs get be", AIOPVXS_COMPLETION_SECONDS="0.1", **settings) == []


def test_without_the_extra(cli: Cli) -> None:
    done = cli.run("completion", "bash", start=without("argcomplete"))
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert 'pip install "aiopvxs[cli]"' in done.err
    asking = Cli({"_ARGCOMPLETE": "1", "COMP_LINE": "aiopvxs ", "COMP_POINT": "8"}, cli._stack)
    assert asking.run(start=without("argcomplete")) == (1, "", "")


def test_a_shell_that_is_none(cli: Cli) -> None:
    done = cli.run("completion", "cmd")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
