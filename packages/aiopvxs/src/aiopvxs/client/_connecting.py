"""Waiting for the connection of a channel, and watching it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from aiopvxs_core.client import ChannelState, Failure, Watch
from aiopvxs_core.errors import Closed, Timeout

from .._loop import running_bridge
from ._events import ConnectionState
from ._failures import not_found, searched
from ._pending import Pending, log
from ._stream import Stream

if TYPE_CHECKING:
    from aiopvxs_core.client import Context as CoreContext

    from ._channel import Channel
    from ._server_address import HostName

__all__ = ["Connecting", "States"]


class Connecting(Pending["Channel"]):
    """Waits until a channel is connected."""

    def __init__(self, core: CoreContext, name: str) -> None:
        loop, bridge = running_bridge()
        super().__init__(loop=loop)
        self._core = core
        self._name = name
        self._bridge = bridge
        self._channel: Channel | None = None
        self._owned = False  # the handle ends with this, if this fails
        self._watch: Watch | None = None
        self._lost: str | None = None  # the server that it was connected to
        self._token = bridge.register(self._receive)

    def _connect(self, server: str | HostName, timeout: float | None, make: Callable[[str], Channel]) -> None:
        """Wait for the handle that ``make`` gives for a server's numeric address."""
        self._owned = True
        try:
            self._at(server, lambda address: self._wait(make(address)))
        except Closed:
            self._bridge.forget(self._token)
            raise
        self._limit(timeout)

    def _wait(self, channel: Channel, timeout: float | None = None) -> None:
        """Wait for this handle."""
        watch = channel._held.watch(self._bridge.queue, self._token)
        if watch is None:
            self._bridge.forget(self._token)
            raise _closed(channel)
        self._channel = channel
        self._watch = watch
        if timeout is not None:
            self._limit(timeout)

    def _what(self) -> str:
        return f"connect {self._name!r}"

    def _receive(self, item: object) -> None:
        if self.done():
            return
        if not isinstance(item, ChannelState):
            closed = "Context" if isinstance(item, Failure) else "handle"
            text = f"{self._what()}: the {closed} was closed during the operation"
            self._fail(Closed(text, pv=self._name))
        elif not item.connected:
            self._lost = item.peer
        elif self._channel is not None:
            self._owned = False
            self._end_network()
            self.set_result(self._channel)

    def _expire(self) -> None:
        if self._channel is None:
            reason = f"the server {self._host!r} has not been looked up"
        elif self._lost is not None:
            reason = f"the connection to {self._lost} was lost, and the PV has not been found again"
        else:
            reason = not_found(self._address)
        text = f"{self._what()}: no answer within {self._seconds or 0.0:g} s: {reason}"
        self._fail(Timeout(text, pv=self._name, phase="connect"))

    def _waits_long(self) -> None:
        """Warn that the PV is still searched for. The bridge calls it once, after some seconds."""
        if self._watch is not None:
            where = searched(self._core, self._address)
            log.warning("%s: the PV is not connected after 5 s: it is searched for %s", self._what(), where)

    def _loop_closed(self) -> None:
        """End what can complete no more. Any thread."""
        self._end_network()

    def _end_network(self) -> None:
        self._bridge.forget(self._token)
        self._no_limit()
        if self._watch is not None:
            self._watch.cancel()
        if self._owned and self._channel is not None:
            self._channel.close()


class States(Stream[ConnectionState]):
    """The states of a channel's connection."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel
        self._watch: Watch | None = None
        self._watch = channel._held.watch(self._bridge.queue, self._token)
        if self._watch is None:
            self._end()
            raise _closed(channel)

    def _receive(self, item: object) -> None:
        if isinstance(item, ChannelState):
            time = datetime.fromtimestamp(item.time, timezone.utc)
            self._add(ConnectionState(item.connected, item.peer, time))
        elif isinstance(item, Failure):
            name = self._channel.name
            self._end(Closed(f"states of {name!r}: the Context was closed", pv=name))
        else:  # the handle was closed
            self._end()

    def _end_source(self) -> None:
        if self._watch is not None:
            self._watch.cancel()

    def __repr__(self) -> str:
        return f"<states of {self._channel.name!r}>"


def _closed(channel: Channel) -> Closed:
    return Closed(f"The handle of {channel.name!r} is closed: take another one", pv=channel.name)
