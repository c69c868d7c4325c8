"""Writing PVs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from types import EllipsisType
from typing import Any, Literal, TypeVar, overload

from aiopvxs_core.data import Value

from .._holding import check_put
from .._loop import running_bridge
from ._base import Verbs, check_name
from ._group import PutGroup, PutPart
from ._operation import Operation
from ._put_operation import PutOperation
from ._put_value import PutValue
from ._request import ALL, make_request
from ._timeout import check_timeout

__all__ = ["Put"]

_Put = TypeVar("_Put", bound=PutOperation)


class Put(Verbs):
    """Gives a Context ``put``."""

    @overload
    def put(
        self,
        name: str,
        value: object,
        *,
        wait: bool | None = None,
        process: bool | str | None = None,
        request: str | None = None,
        fetch: bool | None = None,
        get_after: bool = False,
        only: str | Iterable[str] | None = None,
        retry: bool = False,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> Operation: ...
    @overload
    def put(
        self,
        name: Mapping[str, object],
        *,
        wait: bool | None = None,
        process: bool | str | None = None,
        request: str | None = None,
        fetch: bool | None = None,
        get_after: bool = False,
        only: str | Iterable[str] | None = None,
        retry: bool = False,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
        return_exceptions: Literal[False] = False,
    ) -> asyncio.Future[dict[str, Value]]: ...
    @overload
    def put(
        self,
        name: Mapping[str, object],
        *,
        wait: bool | None = None,
        process: bool | str | None = None,
        request: str | None = None,
        fetch: bool | None = None,
        get_after: bool = False,
        only: str | Iterable[str] | None = None,
        retry: bool = False,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
        return_exceptions: bool,
    ) -> asyncio.Future[dict[str, Value | Exception]]: ...
    def put(
        self,
        name: str | Mapping[str, object],
        value: object = ...,
        *,
        wait: bool | None = None,
        process: bool | str | None = None,
        request: str | None = None,
        fetch: bool | None = None,
        get_after: bool = False,
        only: str | Iterable[str] | None = None,
        retry: bool = False,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
        return_exceptions: bool = False,
    ) -> object:
        """Start to write a PV, or many.

        Args:
            name: of the PV; or a dict of names and values, put at the same time.
            value: a plain value for the field ``value`` (for an enum: an index or a choice); a dict of
                fields; a Value, whose marked leaves are sent; or a function that is given the present
                value and returns one of these.
            wait: ask the server to answer only when the record has finished (``block``).
            process: ask the server to process the record: True, False or "passive".
            request: a whole pvRequest expression, instead of ``wait`` and ``process``.
            fetch: read the present value first. None does so where it is needed: for a function, and for a
                choice of an enum. False never does: a function is given an empty value.
            get_after: read the PV after the put; the Future has this value. Two requests, not one: another
                client may write between them.
            only: fields of a Value to send: of the leaves marked in it, those named or below a structure
                named here.
            retry: put again if the connection is lost while the server has the value, which it may have
                taken: it can be put twice.
            timeout: seconds, for all of a dict together; None waits for ever; the Context's if not given.
            server: address of the server to ask, ``"host[:port]"``, instead of a search.
            return_exceptions: of a dict: an error takes the place of a PV's result. Otherwise the first
                error is that of all, and ends the other puts where they are.

        Returns:
            A Future of an empty Value, or of a dict of them by name. Cancelling it ends the network
            operations.

        Raises:
            RuntimeError: no event loop runs; or this is called in the handler of a put to the same PV, before
                which no other put to it runs.
            ValueError: an empty name, a malformed or contradicting request, a malformed ``server``, a
                ``timeout`` that is no number, or ``only`` without a Value.
            Closed: the Context is closed.

        The Future raises NoConvert or FieldLookupError if the value does not fit the PV, RemoteError,
        Timeout, Closed, or Disconnected if the connection was lost while the server had the value: it is
        not sent twice. A failure that nobody awaits is logged by ``aiopvxs.client``.
        """
        loop, bridge = running_bridge()
        if wait is None and request is None and process is None:
            asked = ALL
        else:
            asked = make_request(request=request, process=process, wait=wait)
        if only is not None and not isinstance(only, str):
            only = _kept(only)
        seconds = self._timeout if timeout is ... else check_timeout(timeout)
        to = self._server(server)

        def prepare(kind: type[_Put], bare: str, given: object) -> _Put:
            build = PutValue(bare, given, fetch, only)
            present = build.needs_present()
            return kind(
                loop, bridge, self._core, bare, asked, build,
                present=present, retry=retry, get_after=get_after,
            )  # fmt: skip

        if isinstance(name, Mapping):
            if value is not ...:
                raise TypeError("put() takes a dict of names and values, or a name and a value, not both")
            bare = {key: check_name(key) for key in name}
            for key, given in name.items():  # before any of them begins
                check_put(bare[key])
                PutValue("", given, fetch, only)
            puts = {key: prepare(PutPart, bare[key], given) for key, given in name.items()}
            group = PutGroup(loop, self._core, puts, return_exceptions)
            group._begin(to, seconds)
            return group
        if value is ...:
            raise TypeError(f"put {name!r} is given no value")
        bare_name = check_name(name)
        check_put(bare_name)
        operation = prepare(PutOperation, bare_name, value)
        operation._begin(to, seconds)
        return operation


def _kept(given: Any) -> Any:
    """Return what can be iterated over again, for each of a dict; what cannot is refused later on."""
    return tuple(given) if isinstance(given, Iterable) else given
