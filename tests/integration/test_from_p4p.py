"""The examples of docs/how-to/from-p4p.md, taken from the page, give the same with either library."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from peers.scripted import ScriptedServer

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "from-p4p.md"
HEADS = {
    "aiopvxs": "import aiopvxs, aiopvxs.client, aiopvxs.data, aiopvxs.sync",
    "p4p": "from p4p.client.{} import Context, Disconnected\nfrom p4p.nt import NTURI",
}
LIBRARIES = ["aiopvxs", "p4p"]


def examples() -> dict[tuple[str, str], str]:
    """The code blocks that are marked ``<!-- task: NAME, LIBRARY -->``."""
    found = re.findall(
        r"^<!-- task: (\w+), (\w+) -->\n```python\n(.*?)^```$",
        PAGE.read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    return {(task, library): code for task, library, code in found}


def run(server: ScriptedServer, task: str, library: str, call: str, *, fails: bool = False) -> Any:
    """Run an example as a program of its own, and give what ``call`` gives; or its traceback if it fails."""
    head = HEADS[library].format("thread" if task == "blocking" else "asyncio")
    code = f"import asyncio, json\n{head}\n{examples()[task, library]}\nprint(json.dumps({call}))"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EPICS_PVA")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment | server.config,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if fails:
        assert done.returncode == 1
        return done.stderr
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> str:
    if request.param == "p4p":
        request.getfixturevalue("p4p")
    return str(request.param)


def test_each_task_is_there_for_both() -> None:
    assert {task for task, _ in examples()} == {"read", "put", "follow", "call", "blocking"}
    assert len(examples()) == 10


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
