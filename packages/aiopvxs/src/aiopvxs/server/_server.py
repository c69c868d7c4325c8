"""The PVAccess server."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import weakref
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from aiopvxs_core import server as core

from .._logging import start_logging
from . import _registry
from ._access import AccessPolicy, Gate
from ._acf import AccessSecurity
from ._config import Config
from ._dynamic import Source
from ._listing import Listing
from ._report import Report, make_report
from ._runner import Runner
from ._service import services_of
from ._signals import on_stop_signal, require_main_thread
from ._source import StaticSource, UnknownNameError

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from ._served import Served

__all__ = ["Server"]

_OWN_SOURCE = "pvs"

# The name and order of the source that has PVXS's PV "server".
_PVXS_LISTING = ("__server", -1)


class Server:
    """A PVAccess server (``pvxs::server::Server``).

    Making one binds its sockets; clients are answered from :meth:`start` on. It may be stopped and
    started again. ``with`` and ``async with`` start it and stop it at their end; only :meth:`run` and
    ``serve_forever(signals=True)`` touch signals.

    Args:
        pvs: the PVs to serve, by name; a function is served as an RPC, see :func:`service`.
        config: a Config, which is complete; or EPICS_PVAS_* settings, laid over the environment.
        sources: more PVs: StaticSources and Sources, or a mapping of them by name.
        services: functions and objects of classes decorated with :func:`service`.
        use_env: False lays the settings over the defaults of PVXS instead.
        access: what clients may: an :class:`AccessSecurity`, or a function, see :class:`AccessPolicy`. None:
            everything.
        mask_errors: clients are not told the text of exceptions that handlers raise, RemoteError aside; the
            log of ``aiopvxs.server`` has it.

    Raises:
        ValueError: a setting that is unknown or cannot be parsed, a PV's name that is empty.
        OSError: an address, or a port that ``config`` asks for, cannot be bound. A port of the
            environment, or 5075, is replaced by one that is free, as an IOC does.
    """

    def __init__(
        self,
        pvs: Mapping[str, Served | Callable[..., object]] | None = None,
        config: Config | Mapping[str, object] | None = None,
        sources: Iterable[StaticSource | Source] | Mapping[str, StaticSource | Source] = (),
        *,
        services: Iterable[object] = (),
        use_env: bool = True,
        access: AccessSecurity | AccessPolicy | None = None,
        mask_errors: bool = False,
    ) -> None:
        wanted = config if isinstance(config, Config) else Config(config, use_env=use_env)
        self._sources: dict[tuple[str, int], StaticSource | Source] = {}  # keeps them
        self._pvs = StaticSource(pvs)
        for each in services:
            for name, served in services_of(each).items():
                self._pvs.add(name, served)
        self._waiters: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        start_logging()
        self._runner = Runner(mask_errors)
        self._gate = None if access is None else Gate(access, self._runner)
        self._core = core.Server(wanted.as_dict(), self._runner.core)
        self._ending = weakref.finalize(self, self._runner.detach)
        self._ending.atexit = False
        self._config = wanted._effective(self._core.settings)
        if wanted.required_port not in (0, self._config.tcp_port):
            raise OSError(errno.EADDRINUSE, f"TCP port {wanted.required_port} is in use or not permitted")
        if self._gate is not None:
            self._listing = Listing(self._gate, partial(_known_pvs, self._sources))
            self._core.remove_source(*_PVXS_LISTING)
            hidden = core.Source(True)
            hidden.add("server", self._listing._core)
            self._core.add_source(_PVXS_LISTING[0], hidden, _PVXS_LISTING[1])
        self.add_source(_OWN_SOURCE, self._pvs)
        named = (
            sources.items()
            if isinstance(sources, Mapping)
            else ((f"source{number}", source) for number, source in enumerate(sources))
        )
        for name, source in named:
            self.add_source(name, source)

    def review_access(self) -> None:
        """Decide anew who may read: where ``access`` is a function that would answer differently now.

        A client that may no more is disconnected, in the background. Any thread.
        """
        if self._gate is not None:
            self._gate.review()

    @property
    def config(self) -> Config:
        """The effective configuration, with the ports and interfaces in use."""
        return self._config

    def client_config(self) -> dict[str, str]:
        """Return the EPICS_PVA_* settings with which a client Context finds this server."""
        return self._config.client_settings()

    @property
    def running(self) -> bool:
        """True between :meth:`start` and :meth:`stop`."""
        return self._core.running

    def add_pv(self, name: str, pv: Served | Callable[..., object]) -> None:
        """Serve one more PV; clients that wait for it find it.

        Raises:
            ValueError: an empty name, or one that is taken.
            TypeError: the name is no str or the PV no SharedPV or Handler.
        """
        self._pvs.add(name, pv)
        self._core.announce()

    def remove_pv(self, name: str) -> None:
        """Serve a PV no more and disconnect its clients, in the background. The PV itself stays open.

        Raises:
            KeyError: the server was not given such a PV.
        """
        self._pvs.remove(name)
        self._core.announce()

    def add_source(self, name: str, source: StaticSource | Source, order: int = 0) -> None:
        """Look for PVs in one more source; sources of lower order are asked first.

        Raises:
            ValueError: there is a source of that name and order.
            TypeError: not a source.
        """
        given: object = source
        if not isinstance(given, (StaticSource, Source)):
            raise TypeError(f"Source {name!r} is a {type(given).__name__}, not a StaticSource or Source")
        made = given._begin() if isinstance(given, Source) else given._core
        if not self._core.add_source(name, made, order):
            raise ValueError(f"There is a source {name!r} of order {order} already")
        self._sources[name, order] = given

    def remove_source(self, name: str, order: int = 0) -> None:
        """Look for PVs in a source no more; the channels it has opened live on.

        Raises:
            KeyError: there is no such source.
        """
        if not self._core.remove_source(name, order):
            raise UnknownNameError(f"There is no source {name!r} of order {order}")
        self._sources.pop((name, order), None)

    def list_sources(self) -> list[tuple[str, int]]:
        """Return the name and order of each source, those of PVXS (order -1) included."""
        return self._core.list_sources()

    async def report(self) -> Report:
        """Return who is connected, what was sent and received, and what was squashed.

        Counts go up for as long as a connection lasts; a report does not set them back
        (pvxs ``Server::report(false)``).
        """
        return make_report(await asyncio.to_thread(self._core.report))

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

    def __str__(self) -> str:
        settings = "".join(f"\n  {name}={value}" for name, value in self._config.items())
        names = "".join(f"\n  {name}" for name in self._pvs)
        return f"Server, {'running' if self.running else 'stopped'}{settings}\nPVs: {len(self._pvs)}{names}"

    def __repr__(self) -> str:
        state = "running" if self.running else "stopped"
        where = f"{' '.join(self._config.interfaces)} TCP port {self._config.tcp_port}"
        return f"<aiopvxs.server.Server {state} on {where}, {len(self._pvs)} PVs>"


def _known_pvs(
    sources: Mapping[tuple[str, int], StaticSource | Source],
) -> Iterator[tuple[str, Served | None]]:
    """Return the names that a server tells, with their PVs where they are known beforehand."""
    for source in list(sources.values()):
        if isinstance(source, Source):
            yield from ((name, None) for name in source.names)
        else:
            yield from ((name, source._served.get(name)) for name in source.names())
