"""``aiopvxs image``."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from aiopvxs.nt import NTNDArray
from aiopvxs.server import SharedPV
from cli_process import Cli, without
from terminal import Terminal

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

terminals = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals in Python")

GREY = np.arange(240, dtype=np.uint8).reshape(12, 20)
RGB = np.stack([GREY, GREY[::-1], np.zeros_like(GREY)], axis=-1)
FLOAT = np.where(GREY == 5, np.nan, GREY / 100.0)


@pytest.fixture
def pvs(pvs: dict[str, SharedPV]) -> dict[str, SharedPV]:
    made = {
        "grey": GREY,
        "rgb": RGB,
        "rgb3": np.ascontiguousarray(np.moveaxis(RGB, -1, 0)),
        "deep": GREY.astype(np.uint16) * 257,
        "bits": GREY > 100,
        "float": FLOAT,
        "line": GREY[0],
        "cube": np.zeros((4, 5, 6), np.uint8),
    }
    images = {name: SharedPV(initial=NTNDArray().create(array)) for name, array in made.items()}
    return {**pvs, **images, "none": SharedPV(initial=NTNDArray().create())}


@pytest.mark.parametrize(
    ("name", "mode", "pixels"),
    [
        ("grey", "L", GREY),
        ("rgb", "RGB", RGB),
        ("rgb3", "RGB", RGB),
        ("deep", "I;16", GREY.astype(np.uint16) * 257),
        ("bits", "L", np.where(GREY > 100, 255, 0)),
    ],
)
def test_a_file_has_each_pixel(cli: Cli, tmp_path: Path, name: str, mode: str, pixels: Any) -> None:
    file = tmp_path / "image.png"
    done = cli.run("image", "--save", str(file), name)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("20x12 ")
    with Image.open(file) as picture:
        assert picture.mode == mode
        assert np.array_equal(np.asarray(picture), pixels)


def test_a_file_that_cannot_hold_it(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "image.png"
    done = cli.run("image", "--save", str(file), "float")
    assert (done.code, done.err) == (
        0,
        "float is 20x12 float64: written with 8 bits, 0 as black and 2.39 as white\n",
    )
    with Image.open(file) as picture:
        found = np.asarray(picture)
    assert (found[0, 0], found[0, 5], found[-1, -1]) == (0, 0, 255)
    assert abs(int(found[6, 0]) - 128) <= 1
    assert cli.run("image", "--range", "0,1", "--save", str(file), "float").code == 0
    with Image.open(file) as picture:
        assert (np.asarray(picture)[5:] == 255).all()


@terminals
@pytest.mark.parametrize("name", ["grey", "rgb"])
def test_on_a_terminal(cli: Cli, stack: ExitStack, name: str) -> None:
    terminal = Terminal(cli, stack, "image", name)
    assert terminal.wait() == 0
    lines = terminal.text().splitlines()
    assert lines[0].startswith(f"{name}  20x12 ")
    assert {len(line) for line in lines[1:]} == {70}  # 42 rows in 21 lines
    corner = terminal.screen.buffer[1][0]
    first = RGB[0, 0] if name == "rgb" else [GREY[0, 0]] * 3
    assert corner.fg == "".join(f"{number:02x}" for number in first)
    last = terminal.screen.buffer[21][69]
    final = RGB[-1, -1] if name == "rgb" else [GREY[-1, -1]] * 3
    assert last.bg == "".join(f"{number:02x}" for number in final)


@terminals
def test_follow(cli: Cli, stack: ExitStack, pvs: dict[str, SharedPV]) -> None:
    terminal = Terminal(cli, stack, "image", "-f", "grey")
    terminal.until(lambda text: "grey  20x12 uint8" in text)
    pvs["grey"].post(np.zeros((3, 4), np.uint8))
    terminal.until(lambda text: "grey  4x3 uint8" in text)
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.wait() == 2
    assert terminal.text().endswith("Interrupted")
    assert "Traceback" not in terminal.seen


@terminals
def test_so_many(cli: Cli, stack: ExitStack) -> None:
    terminal = Terminal(cli, stack, "image", "-f", "-n", "1", "--range", "10,20", "grey")
    assert terminal.wait() == 0
    assert "10 to 20" in terminal.text()


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["grey"], "no terminal"),
        (["-w", "0.5", "nothere"], "'nothere'"),
        (["double"], "no image"),
        (["line"], "(20,)"),
        (["cube"], "(4, 5, 6)"),
        (["none"], "no image yet"),
        (["--range", "2,1", "grey"], "2,1"),
        (["-n", "1", "grey"], "-n"),
        (["-f", "grey"], "-f"),
    ],
)
def test_what_fails_is_one_line(cli: Cli, tmp_path: Path, words: list[str], text: str) -> None:
    file = tmp_path / "image.png"
    if text != "no terminal":
        words = ["--save", str(file), *words]
    done = cli.run("image", *words)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert text in done.err
    assert not file.exists()


def test_a_file_of_another_kind(cli: Cli, tmp_path: Path) -> None:
    done = cli.run("image", "--save", str(tmp_path / "a.jpg"), "grey")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert ".png" in done.err


def test_without_the_extra(cli: Cli, tmp_path: Path) -> None:
    done = cli.run("image", "--save", str(tmp_path / "a.png"), "grey", start=without("PIL"))
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert 'pip install "aiopvxs[cli]"' in done.err
