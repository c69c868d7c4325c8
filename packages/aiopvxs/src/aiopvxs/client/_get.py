"""Reading PVs once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from types import EllipsisType
from typing import Literal, overload

from aiopvxs_core.data import Value

from .._loop import running_bridge
from ._asked import asked_by
from ._base import Verbs, check_name
from ._group import GetGroup
from ._operation import Operation
from ._request import ALL, make_request
from ._timeout import check_timeout

__all__ = ["Get"]


class Get(Verbs):
    """Gives a Context ``get``."""

    @overload
    def get(
        self,
        name: str,
        *,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        process: bool | str | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> Operation: ...
    @overload
    def get(
        self,
        name: list[str] | tuple[str, ...],
        *,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        process: bool | str | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
        return_exceptions: Literal[False] = False,
    ) -> asyncio.Future[list[Value]]: ...
    @overload
    def get(
        self,
        name: list[str] | tuple[str, ...],
        *,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        process: bool | str | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
        return_exceptions: bool,
    ) -> asyncio.Future[list[Value | Exception]]: ...
    def get(
        self,
        name: str | Iterable[str],
        *,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        process: bool | str | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
        return_exceptions: bool = False,
    ) -> object:
        """Start to read a PV, or many.

        Args:
            name: of the PV; or a list of names, read at the same time.
            fields: names of the fields to read, separated by commas or as an iterable; the others hold
                their defaults, unmarked, and ``aiopvxs.nt.unwrap()`` leaves them out. None reads all.
            request: a whole pvRequest expression, instead of ``fields`` and ``process``.
            process: ask the server to process the record: True, False or "passive".
            timeout: seconds, for all of a list together; None waits for ever; the Context's if not given.
            server: address of the server to ask, ``"host[:port]"``, instead of a search.
            return_exceptions: of a list: an error takes the place of its PV's Value. Otherwise the first
                error is the list's, and ends the other gets.

        Returns:
            A Future of the Value, or of a list of Values in the order of the names. Cancelling it ends the
            network operations.

        Raises:
            RuntimeError: no event loop runs.
            ValueError: an empty name, a malformed or contradicting request, a malformed ``server``, or a
                ``timeout`` that is no number.
            Closed: the Context is closed.

        The Future raises RemoteError, Timeout, Disconnected (only with ``process``), Closed, or Error if
        the server's host name is not known.
        """
        loop, bridge = running_bridge()
        if fields is None and request is None and process is None:
            asked = ALL
        else:
            asked = make_request(fields=fields, request=request, process=process)
        seconds = self._timeout if timeout is ... else check_timeout(timeout)
        core = self._core
        if not isinstance(name, str) and isinstance(name, Iterable):
            names = [check_name(one) for one in name]
            to = self._server(server)
            group = GetGroup(loop, bridge, core, names, asked, return_exceptions)
            if asked is not ALL:
                group._asked = asked_by(asked)
            group._begin(to, seconds)
            return group
        name = check_name(name)
        if server is None:
            operation = Operation(loop, bridge, core, "get", name)
            if asked is not ALL:
                operation._asked = asked_by(asked)
            operation._started(
                core.get(name, asked, bridge.queue, operation._token, bridge.joins(core)), seconds
            )
            return operation
        to = self._server(server)
        operation = Operation(loop, bridge, core, "get", name)
        if asked is not ALL:
            operation._asked = asked_by(asked)
        operation._start(
            to,
            seconds,
            lambda address: core.get(
                name, asked, bridge.queue, operation._token, bridge.joins(core), address
            ),
        )
        return operation
