"""``aiopvxs put``."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from aiopvxs.nt import NTNDArray, unwrap
from aiopvxs.server import Config, Server, SharedPV
from cli_process import Cli

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

    from peers import Ioc
    from peers.p4p_peers import P4pServer


@pytest.mark.parametrize(
    ("name", "word", "value"),
    [
        ("double", "2.5", 2.5),
        ("double", "-3", -3.0),
        ("int", "0x10", 16),
        ("string", "5", "5"),
        ("string", '"a=b"', "a=b"),
        ("ints", "[1, 2]", [1, 2]),
        ("double", '{"value": 9}', 9.0),
    ],
)
def test_a_value(cli: Cli, pvs: dict[str, SharedPV], name: str, word: str, value: object) -> None:
    assert cli.run("put", name, word) == (0, "", "")
    assert pvs[name].current.as_py("value") == value


@pytest.mark.parametrize(("word", "index"), [("fault", 2), ("2", 2)])
def test_an_enum(cli: Cli, pvs: dict[str, SharedPV], word: str, index: int) -> None:
    assert cli.run("put", "enum", word) == (0, "", "")
    assert pvs["enum"].current.as_int("value.index") == index


def test_fields(cli: Cli, pvs: dict[str, SharedPV]) -> None:
    done = cli.run("put", "-v", "double", "value=3", "alarm.severity=1")
    assert done == (0, 'double\n    value = "3"\n    alarm.severity = "1"\n', "")
    assert pvs["double"].current.as_float("value") == 3.0
    assert pvs["double"].current.as_int("alarm.severity") == 1


def npy(array: Any, *, allow_pickle: bool = False) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=allow_pickle)
    return file.getvalue()


def test_a_file(cli: Cli, pvs: dict[str, SharedPV], tmp_path: Path) -> None:
    (tmp_path / "a.npy").write_bytes(npy(np.array([3, 1, 2], np.int16)))
    (tmp_path / "a.json").write_text("7.5\n")
    (tmp_path / "a=b.txt").write_text("two\nlines\n")
    for name, file, value in (
        ("ints", "a.npy", [3, 1, 2]),
        ("double", "a.json", 7.5),
        ("string", "a=b.txt", "two\nlines"),
    ):
        assert cli.run("put", name, f"@{tmp_path / file}") == (0, "", "")
        assert pvs[name].current.as_py("value") == value
    assert cli.run("put", "double", f"value=@{tmp_path / 'a.json'}", "alarm.severity=1") == (0, "", "")
    assert pvs["double"].current.as_int("alarm.severity") == 1


def test_an_image_from_a_file(stack: ExitStack, tmp_path: Path) -> None:
    pv = SharedPV(initial=NTNDArray().create(np.zeros((1, 1), np.uint8)))
    server = stack.enter_context(Server({"image": pv}, Config.isolated()))
    image = np.arange(6, dtype=np.uint16).reshape(2, 3)
    (tmp_path / "a.npy").write_bytes(npy(image))
    cli = Cli(server.client_config(), stack)
    done = cli.run("put", "-v", "image", f"@{tmp_path / 'a.npy'}")
    assert done == (0, "image\n    value = [[0, 1, 2], [3, 4, 5]]\n", "")
    assert np.array_equal(unwrap(pv.current).value, image)


def test_the_standard_input(cli: Cli, pvs: dict[str, SharedPV]) -> None:
    assert cli.run("put", "ints", "-", given="[4,\n5]\n") == (0, "", "")
    assert pvs["ints"].current.as_py("value") == [4, 5]
    assert cli.run("put", "string", '"-"') == (0, "", "")
    assert pvs["string"].current.as_py("value") == "-"


def test_a_file_that_is_wrong(cli: Cli, pvs: dict[str, SharedPV], tmp_path: Path) -> None:
    pickled = npy(np.array([{}], object), allow_pickle=True)
    for name, content in (("a.npy", b"no"), ("b.npy", pickled), ("c.json", b"["), ("d.txt", b"\xff")):
        (tmp_path / name).write_bytes(content)
    for name in ("a.npy", "b.npy", "c.json", "d.txt", "none"):
        done = cli.run("put", "double", f"@{tmp_path / name}")
        assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
        assert name in done.err
    assert pvs["double"].current.as_float("value") == 1.5


def test_no_fetch(cli: Cli, pvs: dict[str, SharedPV]) -> None:
    assert cli.run("put", "--no-fetch", "enum", "2") == (0, "", "")
    assert pvs["enum"].current.as_int("value.index") == 2
    done = cli.run("put", "--no-fetch", "enum", "off")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert pvs["enum"].current.as_int("value.index") == 2


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["enum", "bad"], "'off', 'on', 'fault'"),
        (["int", "1.5"], "'int'"),
        (["readonly", "1"], "readonly"),
        (["double", "valu=1"], "valu"),
        (["double", "[1"], "no JSON"),
        (["double", "1", "2"], "field=value"),
        (["double", "value=1", "value=2"], "twice"),
        (["double"], "VALUE"),
    ],
)
def test_what_is_refused_is_one_line(cli: Cli, pvs: dict[str, SharedPV], words: list[str], text: str) -> None:
    before = pvs["double"].current
    done = cli.run("put", *words)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert text in done.err
    assert pvs["double"].current == before


def test_a_pv_that_is_not_there(cli: Cli) -> None:
    done = cli.run("put", "-w", "0.5", "nothere", "1")
    assert done == (1, "", "Timeout with 1 outstanding: nothere\n")


def test_an_ioc(ioc: Ioc, stack: ExitStack) -> None:
    cli = Cli(ioc.config, stack)
    assert cli.run("put", "-c", "IOC:longout", "12") == (0, "", "")
    assert cli.run("put", "IOC:mbbo", "moving") == (0, "", "")
    done = cli.run("get", "-F", "nt", "IOC:longout", "IOC:mbbo")
    assert sorted(line.split("  ")[2].split()[0] for line in done.out.splitlines()) == ["12", "moving"]


def test_p4p(p4p_server: P4pServer, stack: ExitStack) -> None:
    cli = Cli(p4p_server.config, stack)
    assert cli.run("put", "double", "8.5") == (0, "", "")
    assert cli.run("get", "-r", "field(value)", "double").out == "double\n    value double = 8.5\n"
    assert cli.run("put", "clipped", "11") == (1, "", "clipped: above 10\n")
