"""The contract between pvxs and a handler, with handlers that break it.

Python sees no other handler than SharedPV, so these are C++ and served by a program made of the server room's
own sources.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from peers.build import cache_directory, program
from peers.line_process import LineProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peers import CommandClient

ROOT = Path(__file__).parents[3]
CPP = ROOT / "packages" / "aiopvxs-core" / "cpp"
SOURCES = (
    "access",
    "channel",
    "exec",
    "executor",
    "guard",
    "guard_requests",
    "handler",
    "held_replies",
    "operation",
    "send_queue",
    "source",
    "subscriber",
)


@pytest.fixture(scope="module")
def odd_server_program() -> Path:
    """One text of them all, so that a change in any of them is noticed."""
    queue = (CPP / "queue" / f"{name}.cpp" for name in ("job_thread", "errands", "reaper"))
    parts = [*queue, *(CPP / "server" / f"{name}.cpp" for name in SOURCES)]
    parts.append(Path(__file__).with_name("programs") / "handlers.cpp")
    text = "#define PVXS_ENABLE_EXPERT_API\n" + "\n".join(part.read_text() for part in parts)
    source = cache_directory() / f"odd_server_{os.getpid()}" / "odd_server.cpp"
    source.parent.mkdir(exist_ok=True)
    source.write_text(text)
    try:
        return program(source, [CPP, CPP / "server", CPP / "queue", ROOT / "tests" / "peers"])
    finally:
        source.unlink()
        source.parent.rmdir()


@pytest.fixture
def odd_server(odd_server_program: Path) -> Iterator[LineProcess]:
    process = LineProcess([str(odd_server_program)])
    process.ready()
    yield process
    assert process.close() == 0
    assert process.messages()[-1]["left"] == {}  # nothing keeps an operation alive


@pytest.fixture
def client(odd_server: LineProcess, command_client: type[CommandClient]) -> CommandClient:
    return command_client(odd_server.messages()[0]["config"])


def test_a_get_is_answered(client: CommandClient) -> None:
    assert client.run("get", "twice").value["value"] == 5


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (("put", "throws", "value", 1), "not today"),
        (("put", "throws no exception", "value", 1), "The server failed for a reason that it does not know"),
        (("put", "throws without words", "value", 1), "The server failed without saying why"),
        (("put", "drops", "value", 1), "The server dropped the request without answering it"),
        (("rpc", "throws"), "not today"),
        (("rpc", "drops"), "The server dropped the request without answering it"),
        (("get", "drops the type"), "The server dropped the request without answering it"),
        (("info", "drops the type"), "The server dropped the request without answering it"),
        (("get", "no type"), "no type today"),
        (("info", "no type"), "no type today"),
        (("monitor", "throws", 1), "not today"),
        (("monitor", "drops", 1), "The server dropped the request without answering it"),
    ],
)
def test_every_operation_is_answered(client: CommandClient, command: tuple[object, ...], text: str) -> None:
    assert client.run(*command).error == ("remote", text)


def test_the_first_answer_counts(odd_server: LineProcess, client: CommandClient) -> None:
    assert client.run("put", "twice", "value", 1).status == 0
    assert odd_server.wait(lambda message: message["event"] == "first")["counts"] is True
    assert odd_server.wait(lambda message: message["event"] == "second")["counts"] is False
    assert client.run("put", "answers and throws", "value", 1).status == 0


async def test_an_answer_of_another_thread(odd_server: LineProcess, client: CommandClient) -> None:
    putting = asyncio.create_task(client("put", "keeps", "value", 1))
    await odd_server.wait_async(lambda message: message["event"] == "kept")
    odd_server.send("late")
    assert (await putting).status == 0
    assert odd_server.wait(lambda message: message["event"] == "late")["counts"] is True


async def test_a_kept_operation_that_is_dropped_is_answered(
    odd_server: LineProcess, client: CommandClient
) -> None:
    putting = asyncio.create_task(client("put", "keeps", "value", 1))
    await odd_server.wait_async(lambda message: message["event"] == "kept")
    odd_server.send("forget")
    assert (await putting).error == ("remote", "The server dropped the request without answering it")


def test_a_client_that_gave_up_is_not_answered(odd_server: LineProcess, client: CommandClient) -> None:
    assert client.run("put", "keeps", "value", 1, timeout=1.0).error[0] == "timeout"
    odd_server.wait(lambda message: message["event"] == "kept")
    # the next request of another client is answered after the server has seen the first one go
    assert client.run("get", "twice").status == 0
    odd_server.send("late")
    assert odd_server.wait(lambda message: message["event"] == "late")["counts"] is False
    assert odd_server.wait(lambda message: message["event"] == "before")["answered"] is True
