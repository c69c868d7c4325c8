"""Writing a PV."""

from __future__ import annotations

from functools import partial
from types import EllipsisType

from aiopvxs_core.data import Value

from .._loop import running_bridge
from ._base import Verbs, check_name
from ._operation import Operation, PutOperation
from ._put_value import build_put_value, needs_present
from ._request import ALL, make_request

__all__ = ["Put"]


class Put(Verbs):
    """Gives a Context ``put``."""

    def put(
        self,
        name: str,
        value: object,
        *,
        wait: bool | None = None,
        process: bool | str | None = None,
        request: str | None = None,
        timeout: float | EllipsisType | None = ...,
    ) -> Operation:
        """Start to write a PV.

        Args:
            name: of the PV.
            value: a plain value for the field ``value`` (for an enum: an index or a choice); a dict of
                fields; a Value, whose marked leaves are sent; or a function that is given the present
                value and returns one of these.
            wait: ask the server to answer only when the record has finished (``block``).
            process: ask the server to process the record: True, False or "passive".
            request: a whole pvRequest expression, instead of ``wait`` and ``process``.
            timeout: seconds; None waits for ever; the Context's if not given.

        Returns:
            A Future of an empty Value. Cancelling it ends the network operation.

        Raises:
            RuntimeError: no event loop runs.
            ValueError: an empty name, or a malformed or contradicting request.
            Closed: the Context is closed.

        The Future raises NoConvert or FieldLookupError if the value does not fit the PV, RemoteError,
        Timeout, Closed, or Disconnected if the connection was lost while the server had the value: it is
        not sent twice.
        """
        loop, bridge = running_bridge()
        if wait is None and request is None and process is None:
            asked = ALL
        else:
            asked = make_request(request=request, process=process, wait=wait)
        check_name(name)
        build = partial(build_put_value, name, value)
        present = needs_present(value)
        ready: Value | None = None
        link = 0
        operation = PutOperation(loop, bridge, name, build, present)
        if not present and (known := self._core.prototype(name, asked)) is not None:
            prototype, link = known
            try:
                ready = build(prototype, False)
            except Exception as exc:  # noqa: BLE001 - goes to the Future, whatever it is
                operation._fail(exc)
                return operation
            present = operation._present = ready is None
        deferred = bridge.joins(self._core)
        waiter = self._core.put(name, asked, bridge.queue, operation._token, ready, link, present, deferred)
        operation._started(waiter, self._seconds(timeout))
        return operation
