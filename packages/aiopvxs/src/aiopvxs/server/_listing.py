"""The PV "server", at which every server tells the names of its PVs, where access is restricted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from aiopvxs_core import get_version_str
from aiopvxs_core import server as core
from aiopvxs_core.errors import RemoteError

from ._access import Gate
from ._dynamic import Source
from ._operation import Operation
from ._served import Served
from ._source import StaticSource

__all__ = ["Listing", "known_pvs"]

# The name and order of the source that has PVXS's PV "server".
_PVXS_LISTING = ("__server", -1)


class Listing(Served):
    """Tells a client the names of those PVs that it may read; in place of that of PVXS, which tells all.

    Args:
        gate: decides.
        pvs: gives the names, and the PVs where they are known.
    """

    _open_to_all = True

    def __init__(self, gate: Gate, pvs: Callable[[], Iterator[tuple[str, Served | None]]]) -> None:
        self._gate = gate
        self._pvs = pvs
        self._set_up_handlers(writable=False, serial=True, max_waiting=0, handler_timeout=None, on_leave=None)
        self._core.serve_rpc_only()
        self.on_rpc(self._answer)

    def replace(self, server: core.Server) -> None:
        """Take the place of the PV of PVXS."""
        server.remove_source(*_PVXS_LISTING)
        hidden = core.Source(True)
        hidden.add("server", self._core)
        server.add_source(_PVXS_LISTING[0], hidden, _PVXS_LISTING[1])

    async def _answer(self, op: Operation) -> object:
        asked = op.query.get("op")
        if asked == "info":
            return {"implLang": "cpp", "version": get_version_str()}
        if asked != "channels":
            raise RemoteError("The PV \"server\" takes an argument op, which is 'channels' or 'info'")
        names = {name for name, pv in list(self._pvs()) if await self._may_read(op._core, name, pv)}
        return sorted(names)

    async def _may_read(self, client: core.Operation, name: str, pv: Served | None) -> bool:
        return (await self._gate.judge(_Of(client, name), pv, False)).allowed


class _Of:
    """A client that asks for the names, as if it asked for one of the PVs."""

    def __init__(self, client: core.Operation, name: str) -> None:
        self.name = name
        self.peer = client.peer
        self.account = client.account
        self.method = client.method
        self.roles = client.roles


def known_pvs(
    sources: Mapping[tuple[str, int], StaticSource | Source],
) -> Iterator[tuple[str, Served | None]]:
    """Return the names that a server tells, with their PVs where they are known beforehand."""
    for source in list(sources.values()):
        if isinstance(source, Source):
            yield from ((name, None) for name in source.names)
        else:
            yield from ((name, source._served.get(name)) for name in source.names())
