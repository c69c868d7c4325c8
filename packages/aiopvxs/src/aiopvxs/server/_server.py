"""The PVAccess server."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from aiopvxs_core import server as core

from .._logging import start_logging
from ._access import AccessPolicy, Gate
from ._acf import AccessSecurity
from ._config import Config
from ._dynamic import Source
from ._listing import Listing, known_pvs
from ._report import Report, make_report
from ._runner import Runner
from ._service import services_of
from ._serving import Serving
from ._source import StaticSource, UnknownNameError

if TYPE_CHECKING:
    from ._served import Served

__all__ = ["Server"]

_OWN_SOURCE = "pvs"


class Server(Serving):
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
        start_logging()
        self._runner = Runner(mask_errors)
        self._gate = None if access is None else Gate(access, self._runner)
        self._core = core.Server(wanted.as_dict(), self._runner.core)
        self._be_ready()
        self._config = wanted._effective(self._core.settings)
        if wanted.required_port not in (0, self._config.tcp_port):
            raise OSError(errno.EADDRINUSE, f"TCP port {wanted.required_port} is in use or not permitted")
        if self._gate is not None:
            self._listing = Listing(self._gate, partial(known_pvs, self._sources))
            self._listing.replace(self._core)
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

    def __str__(self) -> str:
        settings = "".join(f"\n  {name}={value}" for name, value in self._config.items())
        names = "".join(f"\n  {name}" for name in self._pvs)
        return f"Server, {'running' if self.running else 'stopped'}{settings}\nPVs: {len(self._pvs)}{names}"

    def __repr__(self) -> str:
        state = "running" if self.running else "stopped"
        where = f"{' '.join(self._config.interfaces)} TCP port {self._config.tcp_port}"
        return f"<aiopvxs.server.Server {state} on {where}, {len(self._pvs)} PVs>"
