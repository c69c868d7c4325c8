"""The client for programs without asyncio: the same verbs, each waiting for its result.

::

    from aiopvxs.sync import Context

    with Context() as ctx:
        print(ctx.get("sim:temperature"))
        ctx.put("sim:setpoint", 21.5)
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import sys
import threading
import weakref
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import EllipsisType, TracebackType
from typing import TypeVar

from aiopvxs_core.data import Value
from aiopvxs_core.errors import Closed, Forked

from . import client

__all__ = ["Context"]

T = TypeVar("T")

# Windows cannot interrupt a thread that waits for another: it looks for Ctrl-C so often, in seconds.
_SLICE = 0.1 if sys.platform == "win32" else None

_FORKED = (
    "This Context was made before os.fork(), and its threads are not in this process. Use the start method "
    '"spawn" or "forkserver" of multiprocessing, or fork before the first Context or Server is made'
)


class _LoopThread:
    """An event loop on a thread of its own, which starts with the first call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        self._pid = os.getpid()

    def call(self, start: Callable[[], Awaitable[T]]) -> T:
        """Run ``start`` on the loop and wait for what it gives, from any other thread.

        Whatever ends the waiting, Ctrl-C included, cancels it.
        """
        loop = self._running()

        async def main() -> T:
            return await start()

        future = asyncio.run_coroutine_threadsafe(main(), loop)
        try:
            while not concurrent.futures.wait([future], _SLICE).done:
                pass
            return future.result()
        except concurrent.futures.CancelledError:
            raise Closed("The Context was closed during the operation") from None
        finally:
            future.cancel()

    def _running(self) -> asyncio.AbstractEventLoop:
        if os.getpid() != self._pid:
            raise Forked(_FORKED)
        if threading.current_thread() is self._thread:
            raise RuntimeError(
                "A blocking call was made on the Context's own event loop, in a callback or a predicate: it "
                "would wait for itself. Use aiopvxs.Context there"
            )
        with self._lock:
            if self._closed:
                raise Closed("The Context is closed")
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=_run, args=(self._loop,), name="aiopvxs-sync", daemon=True
                )
                self._thread.start()
            return self._loop

    def close(self) -> None:
        """End the loop and its thread, and wait for that."""
        if os.getpid() != self._pid:
            return
        with self._lock:
            self._closed = True
            loop, thread = self._loop, self._thread
        if loop is None or thread is None or not thread.is_alive():
            return
        loop.call_soon_threadsafe(loop.stop)
        if threading.current_thread() is not thread:
            thread.join()


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        pending = asyncio.all_tasks(loop)
        for task in pending:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


class Context:
    """A PVAccess client whose verbs wait: :class:`aiopvxs.client.Context` on a thread of its own.

    May be used by many threads, also where an event loop runs (as in Jupyter). Ctrl-C ends a call at once
    with KeyboardInterrupt, and the network operation with it. Errors are those of the asynchronous client. It
    need not be closed.

    Args:
        config: EPICS_PVA_* settings, laid over the environment; a key replaces.
        use_env: False lays them over the defaults of PVXS instead.
        timeout: of each operation that is given none, in seconds; None waits for ever.

    Raises:
        ValueError: a setting that is unknown or cannot be parsed; the text names it.
        OSError: the network cannot be used.
    """

    def __init__(
        self,
        config: Mapping[str, object] | None = None,
        *,
        use_env: bool = True,
        timeout: float | None = 5.0,
    ) -> None:
        self._thread = _LoopThread()
        self._ctx = client.Context(config, use_env=use_env, timeout=timeout)
        # also at the end of the process, before the interpreter's
        self._end = weakref.finalize(self, _end, self._ctx, self._thread)

    @property
    def config(self) -> dict[str, str]:
        """The effective configuration, as EPICS_PVA_* settings."""
        return self._ctx.config

    @property
    def closed(self) -> bool:
        """True once :meth:`close` was called."""
        return self._ctx.closed

    def get(
        self,
        name: str,
        *,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        process: bool | str | None = None,
        timeout: float | EllipsisType | None = ...,
    ) -> Value:
        """Read a PV (:meth:`aiopvxs.client.Context.get`)."""
        return self._thread.call(
            lambda: self._ctx.get(name, fields=fields, request=request, process=process, timeout=timeout)
        )

    def put(
        self,
        name: str,
        value: object,
        *,
        wait: bool | None = None,
        process: bool | str | None = None,
        request: str | None = None,
        timeout: float | EllipsisType | None = ...,
    ) -> Value:
        """Write a PV (:meth:`aiopvxs.client.Context.put`). A builder is called on the Context's thread."""
        return self._thread.call(
            lambda: self._ctx.put(name, value, wait=wait, process=process, request=request, timeout=timeout)
        )

    def close(self) -> None:
        """End everything pending with Closed, the connections and the thread. May be called again."""
        self._end()

    def __enter__(self) -> Context:
        if self.closed:
            raise Closed("The Context is closed")
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self._ctx).replace("aiopvxs.client.", "aiopvxs.sync.")


def _end(ctx: client.Context, thread: _LoopThread) -> None:
    ctx.close()
    thread.close()
