"""The life of a server: start, stop, and what lies between."""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from . import _registry
from ._signals import on_stop_signal, require_main_thread

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from aiopvxs_core import server as core

    from ._runner import Runner

__all__ = ["Serving"]


class Serving:
    """Starts a server, runs it and stops it."""

    _core: core.Server
    _runner: Runner

    def _be_ready(self) -> None:
        self._waiters: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._ending = weakref.finalize(self, self._runner.detach)
        self._ending.atexit = False

    @property
    def running(self) -> bool:
        """True between :meth:`start` and :meth:`stop`."""
        return self._core.running

    def start(self) -> None:
        """Answer clients; a server that runs goes on.

        Handlers run on the event loop that is running here; where none is, on one in a thread of its own.
        """
        self._attach()
        self._begin()

    def _attach(self) -> None:
        if not (self._core.running and self._runner.attached):
            self._runner.attach()

    def _begin(self) -> None:
        self._core.start()
        _registry.started(self)

    def stop(self, grace: float = 1.0) -> None:
        """Disconnect the clients and answer no more; the PVs stay open.

        May be called from any thread, and again. Where an event loop runs it returns at once and the
        server stops in the background; ``await astop()`` waits for it.

        Args:
            grace: seconds that handlers have to answer what is in progress. Then it is answered with an
                error, and they are cancelled.
        """
        self._begin_stop(grace)
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            self._core.wait_stopped(-1.0)
            if not self._core.running:
                self._runner.detach()

    async def astop(self, grace: float = 1.0) -> None:
        """Stop, as :meth:`stop`, and wait until the server has stopped."""
        self._begin_stop(grace)
        await asyncio.to_thread(self._core.wait_stopped, -1.0)
        if not self._core.running and not self._runner.here:
            await asyncio.to_thread(self._runner.detach)

    def _begin_stop(self, grace: float) -> None:
        if not grace >= 0.0:
            raise ValueError(f"grace is a time in seconds, which {grace!r} is not")
        self._core.stop(grace)
        _registry.stopped(self)
        for loop, ended in list(self._waiters):
            with contextlib.suppress(RuntimeError):  # that loop is closed, and nobody waits there
                loop.call_soon_threadsafe(ended.set)

    def run(self, main: Callable[[], Awaitable[object]] | None = None) -> None:
        """Serve until SIGINT or SIGTERM, or until :meth:`stop`; then stop and return.

        Args:
            main: a coroutine function that runs beside. Its end does not end the server, but an exception
                does, and is raised here; it is cancelled when the server stops.

        Raises:
            RuntimeError: called outside the main thread, or where an event loop runs.
        """
        require_main_thread()
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            pass  # as it should be
        else:
            raise RuntimeError("run() cannot be called where an event loop runs: await serve_forever()")
        try:
            asyncio.run(self._serve_beside(main) if main else self.serve_forever(signals=True))
        finally:
            self.stop()

    async def _serve_beside(self, main: Callable[[], Awaitable[object]]) -> None:
        async def beside() -> object:
            return await main()

        serving = asyncio.create_task(self.serve_forever(signals=True))
        other = asyncio.create_task(beside())
        try:
            await asyncio.wait({serving, other}, return_when=asyncio.FIRST_COMPLETED)
            if other.done():
                await other
            await serving
        finally:
            for task in (other, serving):
                task.cancel()
            await asyncio.gather(serving, other, return_exceptions=True)

    async def serve_forever(self, *, signals: bool = False) -> None:
        """Serve until cancelled, or until :meth:`stop`; then wait until the server has stopped.

        Args:
            signals: end, by a normal return, at SIGINT and SIGTERM too.

        Raises:
            RuntimeError: ``signals`` outside the main thread.
        """
        waiter = (asyncio.get_running_loop(), asyncio.Event())
        with contextlib.ExitStack() as stack:
            if signals:
                stack.enter_context(on_stop_signal(waiter[0], waiter[1].set))
            self._waiters.add(waiter)
            try:
                self._attach()
                await asyncio.to_thread(self._begin)
                await waiter[1].wait()
            finally:
                self._waiters.discard(waiter)
                await self.astop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        self._attach()
        await asyncio.to_thread(self._begin)
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.astop()
