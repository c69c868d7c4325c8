"""``aiopvxs demo``, and the command itself."""

from __future__ import annotations

import subprocess
import sys

from cli_process import SECONDS, Cli


def test_it_shows_what_works(cli: Cli) -> None:
    done = cli.run("demo")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert [line.split("  ")[2] for line in lines if line.startswith("demo:setpoint")] == [
        "1.5 mm",
        "42.0 mm",
    ]
    assert [line.split("  ")[2] for line in lines if line.startswith("demo:mode")] == ["off", "auto"]
    assert len([line for line in lines if line.startswith("demo:sine")]) == 6


def test_the_command(cli: Cli) -> None:
    assert cli.run("-h").out.startswith("usage: aiopvxs")
    assert "PVXS" in cli.run("-V").out
    for words in ([], ["gte"], ["--bad"]):
        done = cli.run(*words)
        assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)


def test_it_is_a_module_too(cli: Cli) -> None:
    words = [sys.executable, "-m", "aiopvxs", "get", "-r", "field(value)", "double"]
    done = subprocess.run(words, env=cli.env, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert (done.returncode, done.stdout) == (0, "double\n    value double = 1.5\n")


def test_options_of_each_command(cli: Cli) -> None:
    """Each command ends with one line at an option that it has not, and tells those that it has."""
    from aiopvxs.cli._commands import COMMANDS

    for name in COMMANDS:
        done = cli.run(name, "--no-such-option")
        assert (done.code, done.out, done.err.count("\n")) == (1, "", 1), name
        done = cli.run(name, "-h")
        assert (done.code, done.err) == (0, ""), name
        assert done.out.startswith(f"usage: aiopvxs {name} "), name


def test_a_command_imports_only_what_it_needs(cli: Cli) -> None:
    modules = (
        "aiopvxs.server aiopvxs_nt aiopvxs.sync yaml numpy rich argcomplete plotille matplotlib PIL tempfile"
    )
    code = (
        "import sys; from aiopvxs.cli import main; main(['get', '-h'])\n"
        f"assert not set({modules.split()!r}) & set(sys.modules), sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=cli.env,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
