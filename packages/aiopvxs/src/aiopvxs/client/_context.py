"""The client Context."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Mapping
from types import TracebackType

from aiopvxs_core import client as core
from aiopvxs_core.errors import Closed

from .._exit import Stage, at_exit
from .._logging import start_logging
from ._config import effective_settings
from ._connect import Connect
from ._list import List
from ._monitor import Monitor
from ._read import Read
from ._report import Manage
from ._server_address import Waiting
from ._timeout import check_timeout

__all__ = ["Context"]

# What a Context keeps ready for the next operation on a PV: at most so many channels, and so many bytes
# of their latest values.
_MAX_CHANNELS = 4096
_MAX_BYTES = 64 * 1024 * 1024

_contexts: weakref.WeakSet[Context] = weakref.WeakSet()


class Context(Read, Monitor, Connect, List, Manage):
    """A PVAccess client (``pvxs::client::Context``).

    May be made before or inside an event loop, and serves many loops and threads: each operation
    completes on the loop that started it. It need not be closed.

    Args:
        config: EPICS_PVA_* settings, laid over the environment; a key replaces. Or the ``config`` of a
            Server, which is complete: the Context finds this server, and no other.
        use_env: False lays them over the defaults of pvxs instead.
        timeout: of each operation that is given none, in seconds; None waits for ever.

    Raises:
        ValueError: a setting that is unknown or cannot be parsed, or a timeout that is no number; the text
            names it.
        OSError: the network cannot be used.
    """

    def __init__(
        self,
        config: Mapping[str, object] | None = None,
        *,
        use_env: bool = True,
        timeout: float | None = None,
    ) -> None:
        self._timeout = check_timeout(timeout)
        self._subscriptions: set[object] = set()  # those with callbacks
        start_logging()
        self._waiting = Waiting()
        self._core = core.Context(effective_settings(config, use_env), _MAX_CHANNELS, _MAX_BYTES)
        _contexts.add(self)

    @property
    def config(self) -> dict[str, str]:
        """The effective configuration, as EPICS_PVA_* settings."""
        return self._core.config

    @property
    def closed(self) -> bool:
        """True once :meth:`close` was called."""
        return self._core.closed

    def close(self) -> None:
        """End everything pending with Closed, at once, and then the connections.

        May be called from any thread, and again. Where an event loop runs it returns at once and the
        connections end in the background; ``await aclose()`` waits for them.
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            self._core.close(True)
        else:
            self._core.close(False)
        self._waiting.close()

    async def aclose(self) -> None:
        """Close and wait until the connections have ended."""
        self._core.close(False)
        self._waiting.close()
        await asyncio.to_thread(self._core.close, True)

    async def __aenter__(self) -> Context:
        if self.closed:
            raise Closed("The Context is closed")
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        state = "closed" if self.closed else self.config.get("EPICS_PVA_ADDR_LIST", "")
        return f"<aiopvxs.client.Context {state}>"


@at_exit(Stage.contexts)
def _close_all() -> None:
    for context in list(_contexts):
        context._core.close(False)
