"""Reading a PV once."""

from __future__ import annotations

from collections.abc import Iterable
from types import EllipsisType

from .._loop import running_bridge
from ._base import Verbs, check_name
from ._operation import Operation
from ._request import ALL, make_request

__all__ = ["Get"]


class Get(Verbs):
    """Gives a Context ``get``."""

    def get(
        self,
        name: str,
        *,
        fields: str | Iterable[str] | None = None,
        request: str | None = None,
        process: bool | str | None = None,
        timeout: float | EllipsisType | None = ...,
    ) -> Operation:
        """Start to read a PV.

        Args:
            name: of the PV.
            fields: names of the fields to read, separated by commas or as an iterable; the others hold
                their defaults, unmarked. None reads all.
            request: a whole pvRequest expression, instead of ``fields`` and ``process``.
            process: ask the server to process the record: True, False or "passive".
            timeout: seconds; None waits for ever; the Context's if not given.

        Returns:
            A Future of the Value. Cancelling it ends the network operation.

        Raises:
            RuntimeError: no event loop runs.
            ValueError: an empty name, or a malformed or contradicting request.
            Closed: the Context is closed.

        The Future raises RemoteError, Timeout, Disconnected (only with ``process``) or Closed.
        """
        loop, bridge = running_bridge()
        if fields is None and request is None and process is None:
            asked = ALL
        else:
            asked = make_request(fields=fields, request=request, process=process)
        check_name(name)
        operation = Operation(loop, bridge, "get", name)
        waiter = self._core.get(name, asked, bridge.queue, operation._token, bridge.joins(self._core))
        operation._started(waiter, self._seconds(timeout))
        return operation
