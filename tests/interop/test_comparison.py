"""Each line of README's comparison with p4p and pvaPy, shown with those that are installed."""

from __future__ import annotations

import re
from importlib.metadata import entry_points, files, requires
from pathlib import Path
from typing import Any

import pytest

from aiopvxs import Context, RemoteError, Server, SharedPV, Timeout, data
from aiopvxs.client import Subscription
from aiopvxs.nt import NTScalar
from aiopvxs.server import AccessSecurity, Config
from aiopvxs.testing import environment_of
from examples.tasks import begin, run
from peers.ports import free_port
from peers.pvapy_peer import HAVE_PVAPY, NO_PVAPY

ROOT = Path(__file__).parents[2]
pvapy = pytest.mark.skipif(not HAVE_PVAPY, reason=NO_PVAPY)
with_p4p = pytest.mark.usefixtures("p4p")

# p4p's handler raises as soon as it may, or after it has waited; pvaPy's is told of what was written
P4P_SERVER = """
import asyncio, sys
from p4p.nt import NTScalar
from p4p.server import Server
from p4p.server.asyncio import SharedPV

class Handler:
    async def put(self, pv, op):
        await asyncio.sleep(0)
        raise RuntimeError("refused")

    async def rpc(self, pv, op):
        op.done(error="refused")

async def main():
    pv = SharedPV(nt=NTScalar("d"), initial=1.5, handler=Handler())
    with Server([{"level": pv}]):
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""
PVAPY_SERVER = """
import sys
import pvaccess

def written(value):
    raise RuntimeError("refused")

server = pvaccess.PvaServer()
server.addRecord("level", pvaccess.NtScalar(pvaccess.DOUBLE, 1.5), written)
print("ready", flush=True)
sys.stdin.read()
server.stop()
"""


def table(*, heading: str) -> dict[str, list[str]]:
    """The table of README with this in its first line: the other cells by the first."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"^\|.*{heading}.*\|\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert found is not None
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in found[1].splitlines()]
    return {row[0]: row[1:] for row in rows}


FEATURES = table(heading="p4p \\| pvaPy")


def test_lines_are_those_that_are_tested() -> None:
    assert list(FEATURES) == [
        "built on",
        "asyncio client",
        "handlers that are coroutines",
        "such a handler raises after its first `await`",
        "a handler can refuse a put",
        "300 into an 8-bit integer",
        "1.5 into an integer",
        "updates that a slow program missed",
        "type annotations (`py.typed`)",
        "access security in the server",
        "gateway",
        "Channel Access",
    ]


@with_p4p
def test_what_p4p_and_ours_are_built_on() -> None:
    for distribution in ("p4p", "aiopvxs-core"):
        assert any(needed.startswith("pvxslibs") for needed in requires(distribution) or [])


@pvapy
def test_what_pvapy_is_built_on() -> None:
    assert any("libpvAccess" in str(file) for file in files("pvapy") or [])
    assert not any("pvxs" in needed for needed in requires("pvapy") or [])


async def put_and_read(code: str, *, timeout: float) -> float:
    """What a PV of this server is after a put of 2.5; raises what the put does."""
    port = str(free_port())
    with Server(config=Config.isolated()) as other:  # which knows where to search
        settings = environment_of(other) | {"EPICS_PVAS_SERVER_PORT": port}
    with begin(code, settings) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            async with Context(settings, use_env=False, timeout=20.0) as ctx:
                await ctx.connect("level", server=f"127.0.0.1:{port}")
                await ctx.put("level", 2.5, server=f"127.0.0.1:{port}", timeout=timeout)
                return (await ctx.get("level", server=f"127.0.0.1:{port}")).as_float("value")
        finally:
            process.stdin.close()


async def test_handler_of_ours_that_raises_after_waiting() -> None:
    pv = SharedPV(NTScalar(float), 1.5)

    @pv.on_put
    async def _(pv: SharedPV, op: Any) -> None:
        await op.roles()
        raise RemoteError("refused")

    async with (
        Server({"level": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        with pytest.raises(RemoteError, match="refused"):
            await ctx.put("level", 2.5)
    assert pv.current.as_float("value") == 1.5


@with_p4p
async def test_handler_of_p4p_that_raises_after_waiting() -> None:
    with pytest.raises(Timeout) as caught:
        await put_and_read(P4P_SERVER, timeout=2.0)
    assert caught.value.phase == "exec"


@with_p4p
async def test_handler_of_p4p_that_refuses() -> None:
    refuses = P4P_SERVER.replace('raise RuntimeError("refused")', 'op.done(error="refused")')
    with pytest.raises(RemoteError, match="refused"):
        await put_and_read(refuses, timeout=20.0)


@pvapy
async def test_handler_of_pvapy_that_raises() -> None:
    assert await put_and_read(PVAPY_SERVER, timeout=20.0) == 2.5


def test_numbers_that_do_not_fit_into_ours() -> None:
    value = data.TypeDef(data.TypeCodeEnum.Struct, [data.Member(data.TypeCodeEnum.Int8, "x")]).create()
    for number, error in ((300, data.OutOfRange), (1.5, data.NoConvert)):
        with pytest.raises(error):
            value["x"] = number
    assert FEATURES["300 into an 8-bit integer"][0] == "`OutOfRange`"


@with_p4p
def test_numbers_that_do_not_fit_into_those_of_p4p() -> None:
    code = (
        "import json\nfrom p4p import Type, Value\nmake = lambda n: Value(Type([('x', 'b')]), {'x': n}).x\n"
    )
    stored = run(f"{code}print(json.dumps([make(300), make(1.5)]))", {})
    told = [FEATURES[line][1] for line in ("300 into an 8-bit integer", "1.5 into an integer")]
    assert told == [f"stored as {number}" for number in stored]


@pvapy
def test_numbers_that_do_not_fit_into_those_of_pvapy() -> None:
    code = """
import json, pvaccess
def error(number):
    try:
        pvaccess.PvObject({"x": pvaccess.BYTE})["x"] = number
    except Exception as error:
        return type(error).__name__
print(json.dumps([error(300), error(1.5)]))
"""
    told = [FEATURES[line][2] for line in ("300 into an 8-bit integer", "1.5 into an integer")]
    assert told == [f"`{name}`" for name in run(code, {})]


@with_p4p
def test_p4p_has_coroutines_but_no_counts() -> None:
    code = """
import inspect, json
from p4p.client.asyncio import Context, Subscription
names = [name for name in dir(Subscription) if not name.startswith("_")]
print(json.dumps([inspect.iscoroutinefunction(Context.get), names]))
"""
    coroutine, names = run(code, {})
    assert coroutine
    assert set(names) <= {"close", "done", "empty", "wait_closed"}  # the middle two until 4.2
    assert hasattr(Subscription, "stats")


@pvapy
def test_what_pvapy_has() -> None:
    code = """
import inspect, json, pvaccess
found = [each for name, each in vars(pvaccess).items() if inspect.isclass(each)]
methods = [method for each in found for method in vars(each).values()]
print(json.dumps([
    any(map(inspect.iscoroutinefunction, methods)) or hasattr(pvaccess.Channel, "__await__"),
    hasattr(pvaccess.Channel, "getMonitorCounters"),
    hasattr(pvaccess.PvaServer, "initAs"),
    hasattr(pvaccess, "CA"),
    hasattr(pvaccess, "PvaMirrorServer"),
]))
"""
    assert run(code, {}) == [False, True, True, True, True]


@with_p4p
def test_access_security() -> None:
    code = """
import importlib.util, inspect, json
from p4p.server import Server
print(json.dumps([
    "access" in inspect.signature(Server.__init__).parameters,
    importlib.util.find_spec("p4p.asLib") is not None,
    "asLib" in inspect.getsource(importlib.import_module("p4p.gw")),
]))
"""
    assert run(code, {}) == [False, True, True]
    assert AccessSecurity is not None


def commands(distribution: str) -> set[str]:
    points = entry_points(group="console_scripts")
    return {point.name for point in points if point.dist is not None and point.dist.name == distribution}


@with_p4p
def test_gateways() -> None:
    assert "pvagw" in commands("p4p")
    assert commands("aiopvxs") == {"aiopvxs"}


@pytest.mark.parametrize(("distribution", "column"), [("p4p", 1), pytest.param("pvapy", 2, marks=pvapy)])
def test_annotations(distribution: str, column: int, request: pytest.FixtureRequest) -> None:
    if distribution == "p4p":
        request.getfixturevalue("p4p")
    typed = any(file.name == "py.typed" for file in files(distribution) or [])
    assert FEATURES["type annotations (`py.typed`)"][column] == ("yes" if typed else "no")
    assert (ROOT / "packages" / "aiopvxs" / "src" / "aiopvxs" / "py.typed").exists()


def test_numbers_are_those_of_the_benchmarks() -> None:
    """And in the columns of the same name."""
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    heading = "|  | C++ one-shot | aiopvxs | aiopvxs, uvloop | p4p |"
    assert heading in text
    measured = text.partition(heading)[2].partition("\n\n")[0].splitlines()
    numbers = table(heading="C\\+\\+ one-shot")
    assert len(numbers) > 4
    for name, told in numbers.items():
        (line,) = (line for line in measured if line.startswith(f"| {name} |"))
        cells = [re.sub(r" \([\d.]+\)$", "", cell.strip()) for cell in line.strip("|").split("|")]
        assert told == [cells[1], cells[2], cells[4]], name
