"""The examples of docs/how-to/from-pvapy.md, taken from the page, give the same with either library."""

from __future__ import annotations

from typing import Any

import pytest

from aiopvxs import Context
from aiopvxs.server import Config, Server
from aiopvxs.testing import environment_of
from examples.fragments import DOCS
from examples.tasks import begin, tasks
from examples.tasks import run as run_program
from peers.ports import free_port
from peers.pvapy_peer import HAVE_PVAPY, NO_PVAPY
from peers.scripted import ScriptedServer

EXAMPLES = tasks(DOCS / "how-to" / "from-pvapy.md")
HEADS = {
    "aiopvxs": "import aiopvxs.sync\nfrom aiopvxs import Server, SharedPV\nfrom aiopvxs.nt import NTScalar",
    "pvapy": "import queue\nimport pvaccess",
}
# threads of pvaPy may ask for the GIL of an interpreter that has ended, which aborts the process
END = {"aiopvxs": "", "pvapy": "import os\nos._exit(0)"}
SERVING = """
server = serve("level", lambda number: print("written", number, flush=True))
print("ready", flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture(
    params=["aiopvxs", pytest.param("pvapy", marks=pytest.mark.skipif(not HAVE_PVAPY, reason=NO_PVAPY))]
)
def library(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def run(server: ScriptedServer, task: str, library: str, call: str) -> Any:
    code = f"import json\n{HEADS[library]}\n{EXAMPLES[task, library]}\nprint(json.dumps({call}), flush=True)"
    return run_program(f"{code}\n{END[library]}", server.config)


def test_each_task_is_there_for_both() -> None:
    assert {task for task, _ in EXAMPLES} == {"read", "put", "follow", "call", "serve"}
    assert len(EXAMPLES) == 10


def test_read(scripted_server: ScriptedServer, library: str) -> None:
    scripted_server.add("one", "double", value=1.5)
    scripted_server.add("two", "double", value=2.5)
    assert run(scripted_server, "read", library, "read(['one', 'two'])") == [1.5, 2.5]


def test_put(scripted_server: ScriptedServer, library: str) -> None:
    scripted_server.add("level", "double", value=1.0)
    run(scripted_server, "put", library, "put('level', 2.5)")
    assert scripted_server.value("level")["value"] == 2.5


def test_follow(scripted_server: ScriptedServer, library: str) -> None:
    scripted_server.add("level", "double", value=1.0)
    assert run(scripted_server, "follow", library, "follow('level', 1)") == [1.0]


def test_call(scripted_server: ScriptedServer, library: str) -> None:
    scripted_server.add("add")
    run(scripted_server, "call", library, "str(call('add', 1.0, 2.0))")
    (call,) = [event for event in scripted_server.events() if event["event"] == "exec"]
    assert call["value"]["query"] == {"a": 1.0, "b": 2.0}


async def test_serve(library: str) -> None:
    code = f"import sys\n{HEADS[library]}\n{EXAMPLES['serve', library]}\n{SERVING}\n{END[library]}"
    port = str(free_port())  # pvaPy does not tell which one it was given
    with Server(config=Config.isolated()) as other:  # which knows where to search
        settings = environment_of(other) | {"EPICS_PVAS_SERVER_PORT": port}
    with begin(code, settings) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "ready\n"
        async with Context(settings, use_env=False, timeout=20.0) as ctx:
            at = f"127.0.0.1:{port}"
            assert (await ctx.get("level", server=at)).as_py("value") == 1.5
            await ctx.put("level", 2.5, server=at)
            assert process.stdout.readline() == "written 2.5\n"
            assert (await ctx.get("level", server=at)).as_py("value") == 2.5
        process.stdin.close()
        assert process.wait(20) == 0
