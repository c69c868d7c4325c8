"""Our server, seen by a p4p client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from peers import P4pError

if TYPE_CHECKING:
    from aiopvxs.server import Server
    from peers import P4pClient
    from peers.fixtures import StartP4pClient


@pytest.fixture
def client(served: Server, p4p_client: StartP4pClient) -> P4pClient:
    return p4p_client(served.client_config())


@pytest.mark.parametrize(
    ("name", "initial", "new"),
    [
        ("bool", True, False),
        ("int", 7, -8),
        ("uint64", 2**64 - 1, 0),
        ("double", 1.5, 0.1),
        ("string", "grün", "blå"),
        ("ints", [-1, -2, -3], [4, 5]),
        ("doubles", [0.1, 1e300], []),
        ("strings", ["a", "b"], ["c", "d", "e"]),
    ],
)
def test_get_put_get(client: P4pClient, name: str, initial: object, new: object) -> None:
    assert client.run("get", name)["value"] == initial
    client.run("put", name, new)
    assert client.run("get", name)["value"] == new


def test_enum(client: P4pClient) -> None:
    client.run("put", "enum", {"value.index": 2})
    assert client.run("get", "enum")["value"] == {"index": 2, "choices": ["off", "on", "fault"]}


def test_pv_that_takes_no_puts(client: P4pClient) -> None:
    with pytest.raises(P4pError, match=r"(?i)read-only"):
        client.run("put", "readonly", 3)
    assert client.run("get", "readonly")["value"] == 2.5


def test_pv_that_is_not_served(client: P4pClient) -> None:
    with pytest.raises(P4pError) as caught:
        client.run("get", "nobody", 0.3)
    assert caught.value.kind == "TimeoutError"
