"""An event loop on a thread of its own, for callers that wait."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import os
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiopvxs_core.errors import Closed, Forked

__all__ = ["LoopThread"]

T = TypeVar("T")

log = logging.getLogger("aiopvxs")

# Windows cannot interrupt a thread that waits for another: it looks for Ctrl-C so often, in seconds.
_SLICE = 0.1 if sys.platform == "win32" else None

_FORKED = (
    "This Context or Server was made before os.fork(), and its threads are not in this process. Use the "
    'start method "spawn" or "forkserver" of multiprocessing, or fork before the first Context or Server is '
    "made"
)


class LoopThread:
    """An event loop on a thread of its own, which starts with the first call."""

    def __init__(self, name: str = "aiopvxs-sync") -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        self._ending = threading.Event()
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
                    target=_run, args=(self._loop, self._ending), name=self._name, daemon=True
                )
                self._thread.start()
            return self._loop

    def close(self, seconds: float | None = None) -> None:
        """End the loop and its thread, and wait for that; ``seconds`` at most if they are given."""
        if os.getpid() != self._pid:
            return
        with self._lock:
            self._closed = True
            loop, thread = self._loop, self._thread
        if loop is None or thread is None or not thread.is_alive():
            return
        self._ending.set()
        loop.call_soon_threadsafe(loop.stop)
        if threading.current_thread() is not thread:
            thread.join(seconds)


def _run_on(loop: asyncio.AbstractEventLoop) -> None:
    """Run the loop until it is stopped, or until something raises SystemExit, which ends no process here."""
    try:
        loop.run_forever()
    except BaseException as exc:
        text = "A function that was called on the thread of a Context or Server raised %s"
        log.error(text, type(exc).__name__, exc_info=exc)


def _run(loop: asyncio.AbstractEventLoop, ending: threading.Event) -> None:
    asyncio.set_event_loop(loop)
    try:
        while not ending.is_set():
            _run_on(loop)
        pending = asyncio.all_tasks(loop)
        for task in pending:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()
