"""``aiopvxs snapshot`` and ``aiopvxs restore``."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from aiopvxs.data import Member, TypeDef
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTEnum, NTNDArray, NTScalar, NTTable
from aiopvxs.server import Config, Server, SharedPV
from cli_process import Cli

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

    from peers import Ioc
    from peers.p4p_peers import P4pServer


def everything() -> dict[str, Any]:
    """PVs of what a snapshot has to keep, by name: builder and a value; then another value."""
    image = np.arange(6, dtype=np.uint16).reshape(2, 3)
    return {
        "double": (NTScalar(T.Float64, units="mm"), 1.5, 2.5),
        "nan": (NTScalar(T.Float64), float("nan"), 1.0),
        "infinite": (NTScalar(T.Float32), float("-inf"), 1.0),
        "long": (NTScalar(T.UInt64), 2**64 - 1, 0),
        "string": (NTScalar(T.String), "grün\n", ""),
        "bool": (NTScalar(T.Bool), True, False),
        "floats": (NTScalar(T.Float64A), [1.0, float("nan"), float("inf")], [2.0]),
        "strings": (NTScalar(T.StringA), ["a", ""], []),
        "empty": (NTScalar(T.Int32A), [], [1]),
        "enum": (NTEnum(["off", "on", "fault"]), "fault", "off"),
        "table": (NTTable({"x": T.Int8, "name": T.String}), {"value": {"x": [1, 2], "name": ["a", "b"]}}, {}),
        "image": (NTNDArray(), image, image.T.astype(np.float32).copy()),
    }


def serve(stack: ExitStack, which: int) -> tuple[dict[str, SharedPV], Cli]:
    pvs = {name: SharedPV(initial=each[0].create(each[which])) for name, each in everything().items()}
    server = stack.enter_context(Server(pvs, Config.isolated()))
    return pvs, Cli(server.client_config(), stack)


def test_all_types_come_back(stack: ExitStack, tmp_path: Path) -> None:
    before, cli = serve(stack, 1)
    file = tmp_path / "all.json"
    done = cli.run("snapshot", str(file), *before)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0].startswith("12 PVs in ")
    after, cli = serve(stack, 2)
    done = cli.run("restore", str(file))
    assert done == (0, "12 PVs written\n", "")
    for name, pv in before.items():
        # of the image the attributes are about it, and not settings
        now, then = (json.loads(each.current.to_json()) for each in (after[name], pv))
        assert now["value"] == then["value"], name
        assert now.get("dimension") == then.get("dimension")
    assert after["image"].current["value"].selected == "ushortValue"
    assert after["image"].current.get("codec.parameters->").type() == T.Int32
    assert cli.run("restore", str(file)) == (0, "0 PVs written, 12 were as saved\n", "")


def test_the_skew(cli: Cli, pvs: dict[str, SharedPV], tmp_path: Path) -> None:
    pvs["int"].post({"value": 1, "timeStamp.secondsPastEpoch": 1700000012, "timeStamp.nanoseconds": 1})
    pvs["double"].post(
        {"value": 1, "timeStamp.secondsPastEpoch": 1700000001, "timeStamp.nanoseconds": 999999999}
    )
    pvs["string"].post({"value": "", "timeStamp.secondsPastEpoch": 0})
    file = tmp_path / "some.json"
    done = cli.run("snapshot", str(file), "int", "string", "double")
    assert (done.code, done.err) == (0, "")
    first, last = "2023-11-14T22:13:21.999999999Z", "2023-11-14T22:13:32.000000001Z"
    assert done.out.splitlines()[1:] == [
        f"time stamps 10.000000002 s apart: {first} (double) to {last} (int)",
        "without a time stamp: string",
    ]
    saved = json.loads(file.read_text())
    assert saved["skew"] == {"first": first, "last": last, "nanoseconds": 10000000002}
    assert list(saved["pvs"]) == ["int", "string", "double"]


def test_through_a_pipe(cli: Cli, pvs: dict[str, SharedPV], tmp_path: Path) -> None:
    names = tmp_path / "names"
    names.write_text("# settings\nint\n\n double \n")
    done = cli.run("snapshot", "-f", str(names), "-", "string", "int")
    assert done.code == 0
    assert list(json.loads(done.out)["pvs"]) == ["string", "int", "double"]
    assert done.err.startswith("3 PVs in ")
    pvs["int"].post(99)
    assert cli.run("restore", "-v", "-", given=done.out) == (
        0,
        "int value: 99 -> 7\n1 PVs written, 2 were as saved\n",
        "",
    )
    assert pvs["int"].current.as_int("value") == 7


def test_what_is_missing_is_told(cli: Cli, pvs: dict[str, SharedPV], tmp_path: Path) -> None:
    file = tmp_path / "some.json"
    done = cli.run("snapshot", "-w", "1", str(file), "int", "nothere")
    assert (done.code, done.err) == (1, "nothere: was not found in time\n")
    assert done.out.startswith("1 of 2 PVs in ")
    done = cli.run("restore", str(file))
    assert done.code == 0
    assert done.err == f"{file} has no value of 1 PVs that could not be read then: nothere\n"


def test_nothing_is_written_if_one_is_missing(cli: Cli, pvs: dict[str, SharedPV], tmp_path: Path) -> None:
    file = tmp_path / "some.json"
    assert cli.run("snapshot", str(file), "int", "double", "readonly").code == 0
    saved = json.loads(file.read_text())
    saved["pvs"]["nothere"] = saved["pvs"]["int"]
    saved["pvs"]["double"]["value"]["value"] = "many"
    file.write_text(json.dumps(saved))
    pvs["int"].post(99)
    pvs["readonly"].post(3)
    done = cli.run("restore", "-w", "1", str(file))
    assert (done.code, done.out) == (1, "")
    double, missing, nothing = done.err.splitlines()
    assert double.startswith("double: ")
    assert (missing, nothing) == (
        "nothere: was not found in time",
        "Nothing was written; --partial writes the others",
    )
    assert pvs["int"].current.as_int("value") == 99
    done = cli.run("restore", "--partial", "-w", "1", str(file))
    assert (done.code, done.out) == (1, "1 PVs written\n")
    assert pvs["int"].current.as_int("value") == 7
    assert len([line for line in done.err.splitlines() if "readonly" in line]) == 1


def test_only_to_look(cli: Cli, pvs: dict[str, SharedPV], tmp_path: Path) -> None:
    file = tmp_path / "some.json"
    assert cli.run("snapshot", str(file), "int", "double", "enum").code == 0
    pvs["enum"].post({"value.index": 0})
    pvs["int"].post(99)
    done = cli.run("restore", "-n", str(file))
    assert done == (0, "int value: 99 -> 7\nenum value.index: 0 -> 1\n2 of 3 PVs differ\n", "")
    assert cli.run("restore", str(file), "enum") == (0, "1 PVs written\n", "")
    assert pvs["int"].current.as_int("value") == 99


def test_choices_in_another_order(cli: Cli, pvs: dict[str, SharedPV], tmp_path: Path) -> None:
    file = tmp_path / "some.json"
    assert cli.run("snapshot", str(file), "enum").code == 0
    pvs["enum"].post({"value.index": 0, "value.choices": ["fault", "off", "on"]})
    assert cli.run("restore", str(file)).code == 0
    assert pvs["enum"].current.as_int("value.index") == 2
    pvs["enum"].post({"value.index": 0, "value.choices": ["yes", "no"]})
    done = cli.run("restore", str(file))
    assert (done.code, done.err.splitlines()[0]) == (
        1,
        "enum: 'value' was 'on', which is not one of its choices now: yes, no",
    )


def test_what_json_cannot_hold(stack: ExitStack, tmp_path: Path) -> None:
    pv = SharedPV(TypeDef(T.Struct, [Member(T.AnyA, "value")]), {"value": [1, "a"]})
    server = stack.enter_context(Server({"any": pv}, Config.isolated()))
    cli = Cli(server.client_config(), stack)
    file = tmp_path / "any.json"
    done = cli.run("snapshot", str(file), "any")
    assert (done.code, done.err.count("\n")) == (0, 1)
    assert "a restore will refuse it" in done.err
    done = cli.run("restore", str(file))
    assert (done.code, done.out) == (1, "")
    assert "'value' is a any[]" in done.err


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"aiopvxs-snapshot": 2, "pvs": {}}', '{"aiopvxs-snapshot": 1, "pvs": {"int": 1}}']
    + ['{"aiopvxs-snapshot": 1, "pvs": {}}', '{"aiopvxs-snapshot": 1}', "[" * 100000],
)
def test_a_file_that_is_none(cli: Cli, tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(text)
    done = cli.run("restore", str(file))
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert str(file) in done.err


def test_wrong_usage(cli: Cli, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("kept")
    for words, text in (
        (["snapshot", str(there), "int"], "--replace"),
        (["snapshot", str(tmp_path / "new")], "no PV is given"),
        (["snapshot", str(tmp_path / "none" / "new"), "int"], "no directory"),
        (["snapshot", "-f", str(tmp_path / "none"), str(tmp_path / "new"), "int"], "none"),
        (["restore", str(tmp_path / "none")], "none"),
    ):
        done = cli.run(*words)
        assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
        assert text in done.err
    assert there.read_text() == "kept"
    assert cli.run("snapshot", str(there), "--replace", "int").code == 0
    assert list(json.loads(there.read_text())["pvs"]) == ["int"]
    assert cli.run("restore", str(there), "double").err == f"Error: {there} has no value of double\n"
    assert [each.name for each in tmp_path.iterdir()] == ["there"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_file_that_is_replaced(cli: Cli, tmp_path: Path) -> None:
    file, link = tmp_path / "saved", tmp_path / "link"
    assert cli.run("snapshot", str(file), "int").code == 0
    umask = os.umask(0)
    os.umask(umask)
    assert file.stat().st_mode & 0o777 == 0o666 & ~umask
    file.chmod(0o640)
    link.symlink_to(file)
    assert cli.run("snapshot", "--replace", str(link), "double").code == 0
    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(json.loads(file.read_text())["pvs"]) == ["double"]


def test_nothing_at_all(cli: Cli, tmp_path: Path) -> None:
    done = cli.run("snapshot", "-w", "0.5", str(tmp_path / "new"), "nothere")
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines()[-1] == "None of 1 PVs could be read; no snapshot is written"
    assert not list(tmp_path.iterdir())


def test_an_ioc(ioc: Ioc, stack: ExitStack, tmp_path: Path) -> None:
    cli = Cli(ioc.config, stack)
    file = tmp_path / "ioc.json"
    assert cli.run("snapshot", str(file), "IOC:longout", "IOC:mbbo", "IOC:ao").code == 0
    before = json.loads(cli.run("get", "-F", "json", "-r", "field(value)", "IOC:longout").out)
    now = before["value"]["value"] + 1
    assert cli.run("put", "IOC:longout", str(now)).code == 0
    assert cli.run("restore", "-c", str(file)) == (0, "1 PVs written, 2 were as saved\n", "")
    assert json.loads(cli.run("get", "-F", "json", "-r", "field(value)", "IOC:longout").out) == before


def test_p4p(p4p_server: P4pServer, stack: ExitStack, tmp_path: Path) -> None:
    cli = Cli(p4p_server.config, stack)
    p4p_server.post("double", 6.5)
    file = tmp_path / "p4p.json"
    assert cli.run("snapshot", str(file), "double").code == 0
    p4p_server.post("double", 7.5)
    assert cli.run("restore", "-v", str(file)).out == "double value: 7.5 -> 6.5\n1 PVs written\n"
