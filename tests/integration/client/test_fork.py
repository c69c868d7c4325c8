"""What fork() leaves behind is told, and never waits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aiopvxs import Server

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

PARENT = """
import asyncio, gc, os, sys
import aiopvxs.sync
from aiopvxs import Closed, Context, Forked, Server, SharedPV
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config

def told(action):
    try:
        action()
    except Forked as error:
        assert "spawn" in str(error) and "forkserver" in str(error), error
    else:
        raise AssertionError("nothing was told")

def wait(child):
    status = os.waitpid(child, 0)[1]
    assert status == 0, status

pv = SharedPV(NTScalar(T.Int32), 1)
server = Server({"x": pv}, Config.isolated())
server.start()
ctx = Context(server.client_config(), use_env=False, timeout=20.0)
sync = aiopvxs.sync.Context(server.client_config(), use_env=False, timeout=20.0)

channel = ctx.channel("x")
kept = []

async def read():
    await channel.wait_connected()
    kept.append(ctx.discover())
    assert (await anext(kept[-1])).event == "online"
    return (await ctx.get("x")).as_int("value")

async def operations():
    told(lambda: ctx.get("x"))
    told(lambda: ctx.put("x", 1))
    told(lambda: ctx.get("another"))
    told(lambda: ctx.connect("x"))
    told(lambda: ctx.channel("x"))
    told(channel.states)
    told(channel.wait_connected)
    try:
        await ctx.report()
    except Forked:
        pass
    else:
        raise AssertionError("nothing was told")

async def follow():
    updates = ctx.monitor("x")
    await updates.first()
    return updates

assert asyncio.run(read()) == 1
assert sync.get("x").as_int("value") == 1
loop = asyncio.new_event_loop()
updates = loop.run_until_complete(follow())
assert updates.connected
"""

CHILDREN = {
    "operations": """
asyncio.run(operations())
told(lambda: sync.get("x"))
told(lambda: sync.put("x", 1))
""",
    "new_ones": """
told(lambda: Context(server.client_config(), use_env=False))
told(lambda: aiopvxs.sync.Context())
told(lambda: Server({}, Config.isolated()))
""",
    "server": """
told(server.start)
told(lambda: server.add_pv("y", SharedPV()))
told(lambda: pv.post(2))
told(lambda: SharedPV(NTScalar(T.Int32), 1))
server.stop()
""",
    "monitor": """
async def another():
    told(lambda: ctx.monitor("x"))
asyncio.run(another())
told(updates.pause)
told(updates.stats)
assert not updates.connected
updates.close()
""",
    "close": """
channel.close()
ctx.close()
sync.close()
server.stop()
pv.close()
assert ctx.closed and sync.closed and not server.running
""",
    "collected": """
del ctx, sync, server, pv, updates, channel, kept
gc.collect()
""",
    "values": """
value = NTScalar(T.Float64A).create()
value["value"] = [1.0, 2.0]
assert value.as_float_list("value") == [1.0, 2.0]
aiopvxs.set_log_level("pvxs.*", "WARN")
""",
    "nothing": "",
}

FORK = """
for number in range(3):
    child = os.fork()
    if child == 0:
        try:
{child}
        except BaseException:
            import traceback
            traceback.print_exc()
            os._exit(1)
        {leave}
    wait(child)
assert asyncio.run(read()) == 1  # the parent goes on
assert sync.get("x").as_int("value") == 1
print("end")
"""


def run(script: str, *options: str, seconds: float = 60.0) -> str:
    """Run a script of its own process, which must end well and in time; return what it prints."""
    finished = subprocess.run(
        [sys.executable, *options, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert "Traceback" not in finished.stderr
    return finished.stdout


@pytest.mark.parametrize("leave", ["os._exit(0)", "sys.exit(0)"])
@pytest.mark.parametrize("child", CHILDREN)
def test_a_forked_child_is_told_and_ends(child: str, leave: str) -> None:
    body = "".join(f"            {line}\n" for line in ["pass", *CHILDREN[child].strip().splitlines()])
    assert run(PARENT + FORK.format(child=body.rstrip(), leave=leave)) == "end\n"


def test_a_context_made_only_in_the_child_works() -> None:
    script = """
import asyncio, os, sys
import aiopvxs.sync
from aiopvxs import Context, Server, SharedPV
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config

child = os.fork()
if child == 0:
    with Server({"x": SharedPV(NTScalar(T.Int32), 7)}, Config.isolated()) as server:
        with aiopvxs.sync.Context(server.client_config(), use_env=False, timeout=20.0) as ctx:
            print(ctx.get("x").as_int("value"), flush=True)
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
"""
    assert run(script) == "7\n"


def test_forks_while_threads_of_pvxs_are_busy() -> None:
    script = (
        PARENT
        + """
import threading

stop = threading.Event()

def busy():
    while not stop.is_set():
        sync.get("x")
        pv.post(1)

thread = threading.Thread(target=busy)
thread.start()
for number in range(40):
    child = os.fork()
    if child == 0:
        told(lambda: pv.post(2))
        told(lambda: sync.get("x"))
        asyncio.run(operations())
        os._exit(0)
    wait(child)
stop.set()
thread.join()
print("end")
"""
    )
    assert run(script, "-W", "ignore::DeprecationWarning") == "end\n"


def test_a_queue_that_is_drained_in_a_child_says_so() -> None:
    script = (
        PARENT
        + """
from aiopvxs_core.queue import CompletionQueue

queue = CompletionQueue()
if (child := os.fork()) == 0:
    try:
        queue.drain({}, print, 0.1)
    except Forked:
        os._exit(0)
    os._exit(1)
wait(child)
print("end")
"""
    )
    assert run(script, "-W", "ignore::DeprecationWarning") == "end\n"


@pytest.mark.parametrize("kind", ["multiprocessing", "concurrent"])
def test_a_pool_of_forked_processes_is_told(kind: str) -> None:
    script = (
        PARENT
        + """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

def use(number):
    try:
        sync.get("x")
    except Forked as error:
        return type(error).__name__, number
    return "answered", number

fork = multiprocessing.get_context("fork")
if sys.argv[-1] == "multiprocessing":
    with fork.Pool(2) as pool:
        results = pool.map(use, range(4))
else:
    with ProcessPoolExecutor(2, mp_context=fork) as pool:
        results = list(pool.map(use, range(4)))
print(results)
"""
    )
    finished = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script, kind],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == f"{[('Forked', number) for number in range(4)]}\n"


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_the_methods_that_the_error_names_work(method: str, tmp_path: Path, own_server: Server) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        """
import multiprocessing, sys
import aiopvxs.sync

def use(config):
    with aiopvxs.sync.Context(config, use_env=False, timeout=20.0) as ctx:
        return ctx.get("int").as_int("value")

if __name__ == "__main__":
    config = dict(item.split("=", 1) for item in sys.argv[2:])
    print(use(config))
    with multiprocessing.get_context(sys.argv[1]).Pool(1) as pool:
        print(pool.map(use, [config]))
"""
    )
    settings = [f"{name}={value}" for name, value in own_server.client_config().items()]
    finished = subprocess.run(
        [sys.executable, str(program), method, *settings],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (finished.returncode, finished.stdout) == (0, "5\n[5]\n"), finished.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere exit handlers of libCom run in the child")
def test_a_child_ends_with_its_status_whatever_errlog_was_doing() -> None:
    script = (
        PARENT
        + """
import ctypes, logging, threading
from pvxslibs.lib import pvxs_dsoinfo

logging.basicConfig(stream=open(os.devnull, "w"))
errlog = ctypes.CDLL(pvxs_dsoinfo.sofilename)
stop = threading.Event()

def flood():
    while not stop.is_set():
        errlog.errlogPrintf(b"2026-01-31T12:00:00.123456789 ERR pvxs.test flood\\n")

threads = [threading.Thread(target=flood) for _ in range(2)]
for thread in threads:
    thread.start()
for number in range(40):
    child = os.fork()
    if child == 0:
        sys.exit(3)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
stop.set()
for thread in threads:
    thread.join()
print("end")
"""
    )
    assert run(script, "-W", "ignore") == "end\n"
