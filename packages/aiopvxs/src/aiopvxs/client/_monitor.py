"""Following a PV."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Literal, overload

from aiopvxs_core.client import OverflowPolicy, Request
from aiopvxs_core.data import Value

from .._loop import running_bridge
from ._asked import asked_by
from ._base import Verbs, check_name
from ._callback_subscription import CallbackSubscription
from ._events import ConnectionState, Finished
from ._matching import matching
from ._partial_subscription import PartialCallbackSubscription, PartialSubscription
from ._reading_subscription import ReadingCallbackSubscription, ReadingSubscription
from ._request import field_names, make_request
from ._subscription import Subscription
from ._subscription_types import Options

if TYPE_CHECKING:
    from aiopvxs_nt import Reading

__all__ = ["Monitor"]

Overflow = Literal["squash", "drop_oldest", "block", "error"]
Event = Value | ConnectionState | Finished

_MAX_QUEUE = 1024
_MAX_BYTES = 64 * 1024 * 1024
_POLICIES: Mapping[str, OverflowPolicy] = {policy.name: policy for policy in OverflowPolicy}


class Monitor(Verbs):
    """Gives a Context ``monitor`` and ``until``."""

    @overload
    def monitor(
        self,
        name: str,
        callback: Callable[[Value], object] | None = None,
        *,
        read: Literal[False] = False,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        events: Literal[False] = False,
        stale: Literal["keep", "raise"] = "keep",
        on_error: Callable[[Exception], object] | None = None,
        max_queue: int | None = _MAX_QUEUE,
        max_bytes: int | None = _MAX_BYTES,
        overflow: Overflow | None = None,
        pipeline: bool = False,
        server_queue: int | None = None,
        server: str | None = None,
    ) -> Subscription[Value]: ...

    @overload
    def monitor(
        self,
        name: str,
        callback: Callable[[Reading[Any]], object] | None = None,
        *,
        read: Literal[True],
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        events: Literal[False] = False,
        stale: Literal["keep", "raise"] = "keep",
        on_error: Callable[[Exception], object] | None = None,
        max_queue: int | None = _MAX_QUEUE,
        max_bytes: int | None = _MAX_BYTES,
        overflow: Overflow | None = None,
        pipeline: bool = False,
        server_queue: int | None = None,
        server: str | None = None,
    ) -> Subscription[Reading[Any]]: ...

    @overload
    def monitor(
        self,
        name: str,
        callback: Callable[[Reading[Any] | ConnectionState | Finished], object] | None = None,
        *,
        read: Literal[True],
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        events: bool,
        stale: Literal["keep", "raise"] = "keep",
        on_error: Callable[[Exception], object] | None = None,
        max_queue: int | None = _MAX_QUEUE,
        max_bytes: int | None = _MAX_BYTES,
        overflow: Overflow | None = None,
        pipeline: bool = False,
        server_queue: int | None = None,
        server: str | None = None,
    ) -> Subscription[Reading[Any] | ConnectionState | Finished]: ...

    @overload
    def monitor(
        self,
        name: str,
        callback: Callable[[Event], object] | None = None,
        *,
        read: Literal[False] = False,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        events: bool,
        stale: Literal["keep", "raise"] = "keep",
        on_error: Callable[[Exception], object] | None = None,
        max_queue: int | None = _MAX_QUEUE,
        max_bytes: int | None = _MAX_BYTES,
        overflow: Overflow | None = None,
        pipeline: bool = False,
        server_queue: int | None = None,
        server: str | None = None,
    ) -> Subscription[Event]: ...

    def monitor(
        self,
        name: str,
        callback: Callable[[Any], object] | None = None,
        *,
        read: bool = False,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        events: bool = False,
        stale: Literal["keep", "raise"] = "keep",
        on_error: Callable[[Exception], object] | None = None,
        max_queue: int | None = _MAX_QUEUE,
        max_bytes: int | None = _MAX_BYTES,
        overflow: Overflow | None = None,
        pipeline: bool = False,
        server_queue: int | None = None,
        server: str | None = None,
    ) -> Subscription[Any]:
        """Start to follow a PV: its present value, and each change.

        Args:
            name: of the PV.
            callback: is called with each update, on the event loop; a coroutine function is awaited before
                the next update. The subscription then belongs to the Context until either is closed.
            read: give readings (``aiopvxs.nt.unwrap()``) instead of Values. An image that is compressed is
                decompressed in a thread first, in order; if it is damaged, its ``value`` raises that.
            fields: names of the fields to follow, separated by commas or as an iterable; None follows all.
            request: a whole pvRequest expression, instead of ``fields``, ``pipeline`` and ``server_queue``.
            events: also give :class:`ConnectionState` and :class:`Finished` objects, in order.
            stale: "raise" raises Disconnected to the consumer when the connection is lost.
            on_error: is called with what a callback raises, and with what ends or interrupts the
                subscription; without it, these are logged by ``aiopvxs.client``.
            max_queue: at most so many updates wait for the consumer; None: no bound but ``max_bytes``.
            max_bytes: at most about so many bytes of them; None: no bound.
            overflow: what becomes of an update for which there is no room: "squash" (the newest two become
                one, the default), "drop_oldest", "block" (the server waits; needs ``pipeline``), "error" (the
                subscription ends with Overflow, after what is queued).
            pipeline: flow control: the server sends no more than the client has room for.
            server_queue: updates that the server keeps for this client before it squashes them; at least 2.
            server: address of the server to ask, ``"host[:port]"``, instead of a search.

        Returns:
            A Subscription, to be iterated over or closed.

        Raises:
            RuntimeError: no event loop runs.
            ValueError: an empty name, a malformed request or ``server``, or contradicting options.
            Closed: the Context is closed.

        Iterating raises RemoteError if the server refuses, Closed if the Context is closed, Overflow and
        Disconnected as asked for. It is ``pvxs::client::Context::monitor()``.
        """
        loop, bridge = running_bridge()
        name = check_name(name)
        to = self._server(server)
        _check_options(stale, callback, on_error)
        request_made = _make_request(fields, request, pipeline, server_queue)
        options = Options(
            events=events,
            stale=stale,
            max_queue=_bound("max_queue", max_queue),
            max_bytes=_bound("max_bytes", max_bytes),
            policy=_policy(overflow, max_queue, pipeline),
            timeout=self._timeout,
        )
        part = asked_by(request_made)
        made: Subscription[Any]
        if callback is None:
            plain = Subscription if part is None else PartialSubscription
            made = (ReadingSubscription if read else plain)(self, loop, bridge, name, options)
        else:
            calling = CallbackSubscription if part is None else PartialCallbackSubscription
            made = (ReadingCallbackSubscription if read else calling)(
                self, loop, bridge, name, options, callback, on_error
            )
        made._asked = part
        made._start(request_made, to)
        return made

    async def until(
        self,
        name: str,
        value_or_predicate: object,
        *,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> Value:
        """Wait until a PV has a value.

        Args:
            name: of the PV.
            value_or_predicate: what the field ``value`` is compared with (for an enum: an index or a choice;
                a member of an Enum class stands for its value), or a function, no coroutine function, that is
                given each update and tells.
            fields: names of the fields to follow; None follows all.
            request: a whole pvRequest expression, instead of ``fields``.
            timeout: seconds; None waits for ever; the Context's if not given.
            server: address of the server to ask, ``"host[:port]"``, instead of a search.

        Returns:
            The first update that matches; the present value is one.

        Raises:
            Timeout: none matched in time; its ``phase`` tells whether the PV was found.
            RemoteError: the server refuses, or ValueError, RuntimeError, Closed, as :meth:`monitor`.
        """
        match = matching(name, value_or_predicate)
        seconds = self._seconds(timeout)
        async with self.monitor(name, fields=fields, request=request, server=server) as subscription:
            return await subscription._first("until", match, seconds)


def _check_options(stale: str, callback: object, on_error: object) -> None:
    if stale not in ("keep", "raise"):
        raise ValueError(f"stale is {stale!r}: it may be 'keep' or 'raise'")
    if callback is not None and not callable(callback):
        raise ValueError(f"callback is {callback!r}: it has to be a function")
    if on_error is not None and (callback is None or not callable(on_error)):
        raise ValueError("on_error= has to be a function, and goes with a callback")


def _bound(what: str, bound: int | None) -> int | None:
    return None if bound is None else _integer(what, bound, 1, 2**63 - 1, ", or None for no bound")


def _integer(what: str, given: object, least: int, most: int, or_else: str = "") -> int:
    try:
        number = operator.index(given)  # type: ignore[arg-type]
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{what} is {given!r}: it has to be an integer, at least {least}{or_else}")
    if number > most:
        raise ValueError(f"{what} is {number}: it may be at most {most}{or_else}")
    return number


def _policy(overflow: str | None, max_queue: int | None, pipeline: bool) -> OverflowPolicy:
    if overflow is None:
        return OverflowPolicy.squash
    if overflow not in list(_POLICIES):  # whatever it is
        raise ValueError(f"overflow is {overflow!r}: it may be one of {sorted(_POLICIES)}")
    if max_queue is None:
        raise ValueError("max_queue=None bounds nothing: overflow= cannot be given with it")
    if overflow == "block" and not pipeline:
        raise ValueError("overflow='block' makes the server wait, which needs pipeline=True")
    return _POLICIES[overflow]


def _make_request(
    fields: str | Iterable[str] | None, request: str | None, pipeline: bool, server_queue: int | None
) -> Request:
    if request is not None and (pipeline or server_queue is not None):
        raise ValueError("request= is a whole pvRequest: pipeline and server_queue cannot be given with it")
    options = []
    if pipeline:
        options.append(("pipeline", "true"))
    if server_queue is not None:
        # at least 2, whatever a server is asked for; PVXS counts twice as many in 32 bits
        size = _integer("server_queue", server_queue, 2, 2**31 - 1)
        options.append(("queueSize", str(size)))
    if not options:
        return make_request(fields=fields, request=request)
    return Request(list(field_names(fields)), options, False)
