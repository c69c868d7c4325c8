"""Our server, seen by a p4p client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from aiopvxs import Server, SharedPV
from aiopvxs.nt import MAJOR, Alarm, NTNDArray, NTScalar, NTTable, Timestamp
from aiopvxs.server import Config
from peers import P4pError

if TYPE_CHECKING:
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


def test_tables_and_images_posted(p4p_client: StartP4pClient) -> None:
    table = SharedPV(NTTable({"x": float, "s": str}, labels=["X", "S"]), [{"x": 1.5, "s": "a"}])
    image = SharedPV(NTNDArray(), np.zeros((2, 3), np.uint8))
    with Server({"table": table, "image": image}, Config.isolated()) as server:
        client = p4p_client(server.client_config())
        assert client.run("get", "table")["value"] == {"x": [1.5], "s": ["a"]}
        assert client.run("get", "image")["value"] == [0] * 6
        table.post([{"x": 2.5, "s": "grün"}, {"x": 3.5, "s": ""}], alarm=Alarm(MAJOR, "stuck"))
        image.post(np.arange(4, dtype=np.uint16).reshape(1, 4), timestamp=Timestamp(5_000_000_007))
        found = client.run("get", "table")
        assert (found["labels"], found["value"]) == (["X", "S"], {"x": [2.5, 3.5], "s": ["grün", ""]})
        assert found["alarm"] == {"severity": 2, "status": 0, "message": "stuck"}
        found = client.run("get", "image")
        assert (found["value"], [one["size"] for one in found["dimension"]]) == ([0, 1, 2, 3], [4, 1])
        assert found["timeStamp"] == {"secondsPastEpoch": 5, "nanoseconds": 7, "userTag": 0}


def test_results_of_rpcs(p4p_client: StartP4pClient) -> None:
    pv = SharedPV(NTScalar(float), 0.0)
    pv.on_rpc(lambda op: {"rows": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}], "sum": op.query["a"]})
    with Server({"x": pv}, Config.isolated()) as server:
        found = p4p_client(server.client_config()).run("rpc", "x", {"a": 1.5})
    assert found == {"rows": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}], "sum": 1.5}
