"""Our server, seen by a pvxs client."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from peers import CommandClient

if TYPE_CHECKING:
    from aiopvxs.server import Server, SharedPV


@pytest.fixture
def client(served: Server) -> CommandClient:
    return CommandClient(served.client_config())


@pytest.mark.parametrize(
    ("name", "initial", "text", "new"),
    [
        ("bool", True, "false", False),
        ("int", 7, "-8", -8),
        ("uint64", 2**64 - 1, "0", 0),
        ("double", 1.5, "0.1", 0.1),
        ("string", "grün", "blå", "blå"),
        ("ints", [-1, -2, -3], "4,5", [4, 5]),
        ("doubles", [0.1, 1e300], "2.5", [2.5]),
        ("strings", ["a", "b"], "c,d,e", ["c", "d", "e"]),
    ],
)
def test_get_put_get(
    client: CommandClient, pvs: dict[str, SharedPV], name: str, initial: object, text: str, new: object
) -> None:
    assert client.run("get", name).value["value"] == initial
    assert client.run("put", name, "value", text).status == 0
    assert client.run("get", name).value["value"] == new
    assert pvs[name].current.as_dict()["value"] == new


def test_enum(client: CommandClient, pvs: dict[str, SharedPV]) -> None:
    assert client.run("put", "enum", "value.index", 2).status == 0
    assert client.run("get", "enum").value["value"] == {"index": 2, "choices": ["off", "on", "fault"]}
    assert client.run("info", "enum").lines[0]["id"] == "epics:nt/NTEnum:1.0"
    assert pvs["enum"].current.as_int("value.index") == 2


def test_put_is_time_stamped(client: CommandClient) -> None:
    before = client.run("get", "double").value["timeStamp"]
    assert client.run("put", "double", "value", 3).status == 0
    after = client.run("get", "double").value["timeStamp"]
    stamps = [(stamp["secondsPastEpoch"], stamp["nanoseconds"]) for stamp in (before, after)]
    assert (0, 0) < stamps[0] < stamps[1]


def test_pv_that_takes_no_puts(client: CommandClient) -> None:
    kind, text = client.run("put", "readonly", "value", 3).error
    assert kind == "remote"
    assert "read-only" in text.lower()
    assert client.run("get", "readonly").value["value"] == 2.5


def test_pv_that_is_not_served_and_pv_that_is_not_open(client: CommandClient) -> None:
    assert client.run("get", "nobody", timeout=0.3).error[0] == "timeout"
    assert client.run("get", "closed", timeout=0.3).error[0] == "timeout"


async def test_waiting_client_is_answered_when_the_pv_opens(
    client: CommandClient, pvs: dict[str, SharedPV]
) -> None:
    waiting = asyncio.create_task(client("get", "closed"))
    pvs["closed"].open(4.5)
    assert (await waiting).value["value"] == 4.5


async def test_monitor_sees_posts(client: CommandClient, pvs: dict[str, SharedPV]) -> None:
    outcome = await client("monitor", "double", 1)
    assert outcome.value["value"] == 1.5
    pvs["double"].post(2.5)
    assert (await client("monitor", "double", 1)).value["value"] == 2.5
