"""The peers among themselves: what the other tests rely on is itself tested, without aiopvxs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from peers import CommandClient, P4pError, P4pServer, ScriptedServer, ScriptError

if TYPE_CHECKING:
    from peers.fixtures import StartP4pClient


@pytest.fixture
def client(scripted_server: ScriptedServer) -> CommandClient:
    return CommandClient(scripted_server.config)


def test_get_and_put_are_counted_and_reported(scripted_server: ScriptedServer, client: CommandClient) -> None:
    scripted_server.add("x", "int32", value=5)
    assert client.run("get", "x").value["value"] == 5
    assert client.run("put", "x", "value", 6).status == 0
    put = scripted_server.event_blocking("exec", pv="x", kind="put")
    assert put["value"] == {"value": 6}
    assert put["exec"] == 1
    assert scripted_server.value("x")["value"] == 6
    counts = scripted_server.counts("x")
    assert (counts["init get"], counts["exec get"], counts["exec put"], counts["exec fetch"]) == (1, 1, 1, 0)
    scripted_server.event_blocking("close", pv="x", count=2)
    assert scripted_server.channels("x") == 0


@pytest.mark.parametrize(
    ("code", "text", "stored"),
    [
        ("bool", "true", True),
        ("uint8", "255", 255),
        ("int64", "-9223372036854775808", -(2**63)),
        ("double", "0.1", 0.1),
        ("string", 'a "b" grün\\', 'a "b" grün\\'),
        ("int32[]", "1,2,3", [1, 2, 3]),
        ("string[]", "a,b", ["a", "b"]),
    ],
)
def test_every_type_of_value_arrives(
    scripted_server: ScriptedServer, client: CommandClient, code: str, text: str, stored: object
) -> None:
    scripted_server.add("x", code)
    assert client.run("put", "x", "value", text).status == 0
    assert scripted_server.value("x")["value"] == stored
    assert client.run("get", "x").value["value"] == stored


def test_refused_init_and_refused_exec(scripted_server: ScriptedServer, client: CommandClient) -> None:
    scripted_server.add("x")
    scripted_server.on("x", "init", "get", "refuse", text="no\nreading", times=1)
    assert client.run("get", "x").error == ("remote", "no\nreading")
    assert client.run("get", "x").status == 0
    scripted_server.on("x", "exec", "put", "refuse", text="no writing")
    assert client.run("put", "x", "value", 1).error == ("remote", "no writing")
    assert scripted_server.value("x")["value"] == 0


def test_held_and_never_answered_requests(scripted_server: ScriptedServer, client: CommandClient) -> None:
    scripted_server.add("x")
    scripted_server.on("x", "exec", "get", "never")
    assert client.run("get", "x", timeout=0.2).error[0] == "timeout"
    scripted_server.event_blocking("cancel", pv="x", kind="get")
    assert scripted_server.release("x", "exec", "get") == 0


async def test_held_requests_are_released(scripted_server: ScriptedServer, client: CommandClient) -> None:
    scripted_server.add("x", "int32", value=3)
    for phase in ("init", "exec"):
        scripted_server.on("x", phase, "get", "hold", times=1)
        mark = scripted_server.mark()
        got = asyncio.create_task(client("get", "x"))
        await scripted_server.event(phase, pv="x", kind="get", since=mark)
        assert scripted_server.release("x", phase, "get") == 1
        assert (await got).value["value"] == 3


@pytest.mark.parametrize("action", ["drop", "close"])
def test_lost_while_executing_is_sent_again_by_a_one_shot_client(
    scripted_server: ScriptedServer, client: CommandClient, action: str
) -> None:
    scripted_server.add("x")
    scripted_server.on("x", "exec", "put", action, times=1)  # type: ignore[arg-type]
    assert client.run("put", "x", "value", 4).status == 0
    assert scripted_server.counts("x")["exec put"] == 2  # what pvxs does, and what aiopvxs must not


async def test_type_changes_over_a_reconnect(scripted_server: ScriptedServer, client: CommandClient) -> None:
    scripted_server.add("x", "int32", value=3)
    scripted_server.on("x", "exec", "get", "hold", times=1)
    got = asyncio.create_task(client("get", "x"))
    await scripted_server.event("exec", pv="x")
    scripted_server.stop()
    await scripted_server.event("close", pv="x")
    scripted_server.retype("x", "double", {"value": 2.5})
    scripted_server.start()
    assert (await got).value["value"] == 2.5


def test_monitor(scripted_server: ScriptedServer, client: CommandClient) -> None:
    scripted_server.add("x", "struct", value=1)
    outcome = client.run("monitor", "x", 1)
    assert outcome.value["value"] == 1
    scripted_server.event_blocking("end", pv="x", kind="monitor")


def test_pv_that_nobody_serves(scripted_server: ScriptedServer, client: CommandClient) -> None:
    assert client.run("get", "nobody", timeout=0.2).error[0] == "timeout"


def test_info_and_type_names(scripted_server: ScriptedServer, client: CommandClient) -> None:
    scripted_server.add("e", "enum", **{"value.choices": ["off", "on"], "value.index": 1})
    (line,) = client.run("info", "e").lines
    assert line["id"] == "epics:nt/NTEnum:1.0"
    assert client.run("get", "e").value["value"] == {"index": 1, "choices": ["off", "on"]}


def test_rpc_is_echoed(scripted_server: ScriptedServer, client: CommandClient) -> None:
    scripted_server.add("x")
    assert client.run("rpc", "x", "a", 1).value["query"] == {"a": "1"}


def test_mistakes_in_a_script_are_errors(scripted_server: ScriptedServer) -> None:
    with pytest.raises(ScriptError, match='no PV is called "x"'):
        scripted_server.set("x", {"value": 1})
    with pytest.raises(ScriptError, match='no type is called "complex"'):
        scripted_server.add("x", "complex")


def test_p4p_serves_the_command(p4p_server: P4pServer) -> None:
    client = CommandClient(p4p_server.config)
    assert client.run("put", "double", "value", 2.5).status == 0
    assert client.run("get", "double").value["value"] == 2.5
    assert client.run("put", "clipped", "value", 11).error == ("remote", "above 10")
    assert client.run("put", "clipped", "value", 8).status == 0
    assert client.run("get", "clipped").value["value"] == 4


def test_p4p_reads_the_scripted_server(scripted_server: ScriptedServer, p4p_client: StartP4pClient) -> None:
    scripted_server.add("x", "double[]", value=[1, 2.5])
    client = p4p_client(scripted_server.config)
    assert client.run("get", "x")["value"] == [1, 2.5]
    assert client.run("put", "x", [3.5]) is None
    assert scripted_server.value("x")["value"] == [3.5]
    scripted_server.on("x", "exec", "get", "refuse", text="not now")
    with pytest.raises(P4pError, match="not now"):
        client.run("get", "x")
