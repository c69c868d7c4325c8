"""Access security, as clients that are not ours see it."""

from __future__ import annotations

import asyncio
import sys
from contextlib import ExitStack, nullcontext
from typing import TYPE_CHECKING, Any

import pytest

from aiopvxs import Server, SharedPV
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import AccessSecurity, Config
from peers import CommandClient, P4pError
from peers.impostor import Impostor
from waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peers.fixtures import StartP4pClient

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux has all addresses 127.x.y.z"
)

RULES = """
UAG(operators) {anna}
HAG(console) {127.5.5.5}
ASG(DEFAULT) {
    RULE(1, READ)
    RULE(1, WRITE) {UAG(operators) HAG(console)}
}
ASG(SECRET) {
    RULE(1, READ) {UAG(operators)}
}
"""


class Site:
    """A server with rules."""

    def __init__(self, stack: ExitStack) -> None:
        self.pvs = {
            "pv": SharedPV(NTScalar(T.Float64), 1.0),
            "secret": SharedPV(NTScalar(T.Float64), 1.0, asg="SECRET"),
        }
        self.access = AccessSecurity(RULES)
        self._stack = stack
        self._server = stack.enter_context(Server(self.pvs, Config.isolated(), access=self.access))

    def seen_as(self, account: str | None, host: str) -> dict[str, str]:
        """The settings of a client that comes as another."""
        return self._stack.enter_context(Impostor(self._server.config.tcp_port, account, host)).config


@pytest.fixture
def site() -> Iterator[Site]:
    with ExitStack() as stack:
        yield Site(stack)


WHO = [
    ("anna", "127.5.5.5", True, True),
    ("anna", "127.5.5.6", False, True),
    ("bob", "127.5.5.5", False, False),
    (None, "127.5.5.5", False, False),
]


@pytest.mark.parametrize(("account", "host", "writes", "reads_secret"), WHO)
def test_pvxs(site: Site, account: str | None, host: str, writes: bool, reads_secret: bool) -> None:
    client = CommandClient(site.seen_as(account, host))
    before = site.pvs["pv"].current.as_dict()
    put = client.run("put", "pv", "value", "2.5")
    assert client.run("get", "pv").value["value"] == (2.5 if writes else 1.0)
    if not writes:
        name = account or "anonymous"
        assert put.error == ("remote", f'Access denied: {name} at {host} may not write to PV "pv"')
        assert site.pvs["pv"].current.as_dict() == before
    for verb in (["get", "secret"], ["info", "secret"], ["monitor", "secret", 1]):
        done = client.run(*verb)
        assert (done.status == 0) is reads_secret, done
        if not reads_secret:
            assert 'PV "secret"' in done.error[1]
    assert client.run("rpc", "secret").error[1].startswith("Access denied")


@pytest.mark.parametrize(("account", "host", "writes", "reads_secret"), WHO)
def test_p4p(
    site: Site,
    p4p_client: StartP4pClient,
    account: str | None,
    host: str,
    writes: bool,
    reads_secret: bool,
) -> None:
    client = p4p_client(site.seen_as(account, host))

    def attempt(may: bool, *words: Any) -> None:
        with nullcontext() if may else pytest.raises(P4pError, match="Access denied"):
            client.run(*words)

    attempt(writes, "put", "pv", 2.5)
    assert client.run("get", "pv")["value"] == (2.5 if writes else 1.0)
    attempt(reads_secret, "get", "secret")
    attempt(False, "put", "secret", 2.5)
    assert site.pvs["secret"].current.as_float("value") == 1.0


async def test_pvxs_monitor_loses_its_right(site: Site, tmp_path: Any) -> None:
    client = CommandClient(site.seen_as("anna", "127.5.5.5"))
    out = tmp_path / "out"
    with out.open("w") as stdout:
        process = client.start("monitor", "secret", 2, stdout=stdout, timeout=60.0)
        try:
            await eventually(out.read_text)
            site.access.reload(RULES.replace("anna", "nobody"))
            status = await asyncio.to_thread(process.wait, 60.0)
        finally:
            process.kill()
            process.wait()
    assert status == 1  # it does not wait for a lost channel, as those do that reconnect
    assert "Disconnected" in out.read_text()
    assert client.run("monitor", "secret", 1).error[1].startswith("Access denied")
    site.access.reload(RULES)
    assert client.run("monitor", "secret", 1).status == 0
