"""The examples of docs/how-to/from-p4p.md, taken from the page, give the same with either library."""

from __future__ import annotations

from typing import Any

import pytest

from examples.fragments import DOCS
from examples.tasks import run as run_program
from examples.tasks import tasks
from peers.scripted import ScriptedServer

EXAMPLES = tasks(DOCS / "how-to" / "from-p4p.md")
HEADS = {
    "aiopvxs": "import aiopvxs, aiopvxs.client, aiopvxs.data, aiopvxs.sync",
    "p4p": "from p4p.client.{} import Context, Disconnected\nfrom p4p.nt import NTURI",
}
LIBRARIES = ["aiopvxs", "p4p"]


def run(server: ScriptedServer, task: str, library: str, call: str, *, fails: bool = False) -> Any:
    """Run an example as a program of its own, and give what ``call`` gives; or its traceback if it fails."""
    head = HEADS[library].format("thread" if task == "blocking" else "asyncio")
    code = f"import asyncio, json\n{head}\n{EXAMPLES[task, library]}\nprint(json.dumps({call}))"
    return run_program(code, server.config, fails=fails)


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> str:
    if request.param == "p4p":
        request.getfixturevalue("p4p")
    return str(request.param)


def test_each_task_is_there_for_both() -> None:
    assert {task for task, _ in EXAMPLES} == {"read", "put", "follow", "call", "blocking"}
    assert len(EXAMPLES) == 10


def test_read(scripted_server: ScriptedServer, library: str) -> None:
    scripted_server.add("one", "double", value=1.5)
    scripted_server.add("two", "int32", value=2)
    assert run(scripted_server, "read", library, "asyncio.run(read(['one', 'two']))") == [1.5, 2.0]
    text = run(scripted_server, "read", library, "asyncio.run(read(['one', 'lost']))", fails=True)
    assert "lost" in text.splitlines()[-1]
    assert "one" not in text.splitlines()[-1]


def test_put(scripted_server: ScriptedServer, library: str) -> None:
    scripted_server.add("mode", "enum")
    scripted_server.set("mode", {"value.choices": ["slow", "fast"]})
    run(scripted_server, "put", library, "asyncio.run(put('mode', 'fast'))")
    assert scripted_server.value("mode")["value"]["index"] == 1


def test_follow(scripted_server: ScriptedServer, library: str) -> None:
    scripted_server.add("level", "double", value=1.0)
    call = "(seen := [], asyncio.run(follow('level', lambda value: seen.append(value) or True)), seen)[-1]"
    assert run(scripted_server, "follow", library, call) == [1.0]


def test_call(scripted_server: ScriptedServer, library: str) -> None:
    scripted_server.add("add")
    run(scripted_server, "call", library, "str(asyncio.run(call('add', 1.0, 2.0)))")
    (call,) = [event for event in scripted_server.events() if event["event"] == "exec"]
    assert call["value"]["query"] == {"a": 1.0, "b": 2.0}


def test_blocking(scripted_server: ScriptedServer, library: str) -> None:
    scripted_server.add("level", "double")
    assert run(scripted_server, "blocking", library, "blocking('level', 2.5)") == 2.5
