"""GET, PUT, INFO and RPC of a SharedPV."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from aiopvxs.data import Member, TypeDef
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Server, SharedPV

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peers import CommandClient

    from .conftest import StartProgram


@pytest.fixture
def pvs() -> dict[str, SharedPV]:
    return {
        "mailbox": SharedPV(NTScalar(T.Int32), 1),
        "readonly": SharedPV.readonly(NTScalar(T.Int32), 2),
        "closed": SharedPV(NTScalar(T.Int32)),
        "stampless": SharedPV(TypeDef(T.Struct, [Member(T.Int32, "value")]), 3),
    }


@pytest.fixture
def client(pvs: dict[str, SharedPV], command_client: type[CommandClient]) -> Iterator[CommandClient]:
    with Server(pvs, Config.isolated()) as server:
        yield command_client(server.client_config())


def test_put_to_a_mailbox(pvs: dict[str, SharedPV], client: CommandClient) -> None:
    before = int(time.time())
    assert client.run("put", "mailbox", "value", 7).status == 0
    current = pvs["mailbox"].current
    assert current.as_int("value") == 7
    assert before <= current.as_int("timeStamp.secondsPastEpoch") <= time.time()


def test_a_time_stamp_that_was_put_stays(pvs: dict[str, SharedPV], client: CommandClient) -> None:
    assert client.run("put", "mailbox", "timeStamp.secondsPastEpoch", 77).status == 0
    assert pvs["mailbox"].current.as_int("timeStamp.secondsPastEpoch") == 77


def test_put_where_there_is_no_time_stamp(pvs: dict[str, SharedPV], client: CommandClient) -> None:
    assert client.run("put", "stampless", "value", 8).status == 0
    assert pvs["stampless"].current.as_dict() == {"value": 8}


def test_put_to_a_readonly_pv(pvs: dict[str, SharedPV], client: CommandClient) -> None:
    kind, text = client.run("put", "readonly", "value", 7).error
    assert kind == "remote"
    assert text == 'Read-only PV "readonly" does not accept a put'
    assert pvs["readonly"].current.as_int("value") == 2


@pytest.mark.parametrize("name", ["mailbox", "closed"])
def test_rpc_is_refused_open_or_not(client: CommandClient, name: str) -> None:
    assert client.run("rpc", name).error == ("remote", f'RPC is not implemented by PV "{name}"')


def test_info(client: CommandClient) -> None:
    outcome = client.run("info", "mailbox")
    assert outcome.status == 0
    assert outcome.lines[0]["id"] == "epics:nt/NTScalar:1.0"


def test_a_request_that_selects_nothing(p4p: None, pvs: dict[str, SharedPV]) -> None:
    from p4p.client.thread import Context as P4pContext
    from p4p.client.thread import RemoteError as P4pRemoteError

    with (
        Server(pvs, Config.isolated()) as server,
        P4pContext("pva", conf=server.client_config(), useenv=False, nt=False) as context,
    ):
        with pytest.raises(P4pRemoteError, match="field"):
            context.get("mailbox", request="field(nothing)")
        got = context.get("mailbox", request="field(value)")
        assert got.changedSet() == {"value"}


def test_the_list_of_names(pvs: dict[str, SharedPV], start_program: StartProgram) -> None:
    with Server(pvs, Config.isolated()) as server:
        address = f"127.0.0.1:{server.config.tcp_port}"
        for names in (sorted(pvs), sorted([*pvs, "another"])):
            listed = start_program("names", server, address).wait(lambda message: "names" in message)
            assert listed["names"] == names
            if "another" not in names:
                server.add_pv("another", SharedPV())
