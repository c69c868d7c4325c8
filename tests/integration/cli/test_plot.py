"""``aiopvxs plot``."""

from __future__ import annotations

import io
import signal
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import SharedPV
from cli_process import Cli, without
from terminal import Terminal

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

    from peers import Ioc

terminals = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals in Python")


@pytest.fixture
def pvs(pvs: dict[str, SharedPV]) -> dict[str, SharedPV]:
    wave = np.sin(np.arange(10_000) / 500)
    wave[[3, 5]] = np.nan, np.inf
    wave[1234] = 50.0  # a single peak
    return {
        **pvs,
        "wave": SharedPV(NTScalar(T.Float64A), wave),
        "empty": SharedPV(NTScalar(T.Float64A), []),
        "table": SharedPV(NTScalar(T.StringA), ["a"]),
    }


def braille(text: str) -> int:
    """Count the characters that have points."""
    return sum(0x2801 <= ord(each) <= 0x28FF for each in text.partition("^")[2])


def test_a_scalar_into_a_pipe(cli: Cli, pvs: dict[str, SharedPV]) -> None:
    process = cli.start("plot", "-n", "3", "double")
    pvs["double"].on_first_connect(lambda pv: [pv.post(value) for value in (7.0, -3.0)])
    done = cli.end(process)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("⠒⠒ double (mm) -3\n")
    assert "(s)" in done.out
    assert "\x1b" not in done.out
    assert braille(done.out) > 10
    scale = [
        float(line.partition("|")[0])
        for line in done.out.splitlines()
        if line[:1] == " " and "|" in line[:12] and line.partition("|")[0].strip()
    ]
    assert max(scale) >= 7 > -3 >= min(scale)


def test_a_waveform_keeps_its_peak(cli: Cli) -> None:
    done = cli.run("plot", "-n", "1", "wave")
    assert (done.code, done.err) == (0, "")
    assert "(element)" in done.out
    tops = [line for line in done.out.splitlines()[1:] if braille("^" + line)]
    assert float(tops[0].partition("|")[0]) > 40


def test_enums_and_nothing(cli: Cli) -> None:
    done = cli.run("plot", "-n", "1", "enum")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("⠒⠒ enum 1\n")
    done = cli.run("plot", "-n", "1", "alarm")  # a NaN
    assert (done.code, done.err) == (0, "")
    done = cli.run("plot", "-n", "1", "empty")
    assert (done.code, done.err) == (0, "")


@terminals
def test_live(cli: Cli, stack: ExitStack, pvs: dict[str, SharedPV]) -> None:
    terminal = Terminal(cli, stack, "plot", "double", "int")
    terminal.until(lambda text: "double (mm) 1.5" in text and "int 7" in text)
    pvs["double"].post(8.25)
    seen = terminal.until(lambda text: "double (mm) 8.25" in text)
    assert max(map(len, seen.splitlines())) <= 80
    assert "\x1b[" in terminal.seen
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.wait() == 2
    assert terminal.text().startswith("⠒⠒ double (mm) 8.25")  # it stays
    assert terminal.text().endswith("Interrupted")
    assert "Traceback" not in terminal.seen


@pytest.mark.parametrize(("suffix", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_into_a_file(cli: Cli, tmp_path: Path, suffix: str, begins: bytes) -> None:
    file = tmp_path / f"wave.{suffix}"
    assert cli.run("plot", "-n", "1", "--save", str(file), "wave") == (0, "", "")
    content = file.read_bytes()
    assert content.startswith(begins)
    if suffix == "png":
        picture = Image.open(io.BytesIO(content)).convert("RGB")
        assert picture.size == (1200, 600)
        assert len(picture.getcolors(1_000_000) or ()) > 10


@terminals
def test_ctrl_c_writes_the_file(cli: Cli, stack: ExitStack, tmp_path: Path) -> None:
    file = tmp_path / "double.png"
    terminal = Terminal(cli, stack, "plot", "--save", str(file), "double")
    terminal.until(lambda text: "double (mm) 1.5" in text)
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.wait() == 2
    assert file.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["-w", "0.5", "nothere"], "Timeout with 1 outstanding: nothere"),
        (["-n", "1", "string"], "string"),
        (["-n", "1", "table"], "table"),
        (["double"], "no terminal"),
        (["-n", "1", "--save", "a.gif", "double"], ".png"),
        (["-n", "1", "--save", "/nowhere/a.png", "double"], "/nowhere"),
        (["-n", "0", "double"], "-n"),
        (["-n", "1", "-r", "bad(", "double"], "bad("),
    ],
)
def test_what_fails_is_one_line(cli: Cli, words: list[str], text: str) -> None:
    done = cli.run("plot", *words)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert text in done.err


def test_numbers_and_arrays(cli: Cli) -> None:
    done = cli.run("plot", "-w", "20", "-n", "1", "double", "wave")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "one picture" in done.err
    assert ("double" in done.out) is not ("wave" in done.out)


@pytest.mark.parametrize(("library", "words"), [("plotille", []), ("matplotlib", ["--save", "a.png"])])
def test_without_the_extra(cli: Cli, library: str, words: list[str]) -> None:
    done = cli.run("plot", "-n", "1", *words, "double", start=without(library))
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert library in done.err
    assert 'pip install "aiopvxs[cli]"' in done.err


@terminals
def test_live_without_rich(cli: Cli, stack: ExitStack) -> None:
    terminal = Terminal(cli, stack, "plot", "double", start=without("rich"))
    assert terminal.wait() == 1
    assert 'pip install "aiopvxs[cli]"' in " ".join(terminal.text().split())


def test_an_ioc(ioc: Ioc, stack: ExitStack) -> None:
    done = Cli(ioc.config, stack).run("plot", "-n", "1", "IOC:ao")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("⠒⠒ IOC:ao (V) ")
