"""Calling a server, and asking for the type of a PV."""

from __future__ import annotations

from types import EllipsisType

from aiopvxs_core.data import Value

from .._loop import running_bridge
from ._base import Verbs, check_name
from ._operation import EffectOperation, Operation
from ._request import ALL, make_request
from ._rpc_argument import make_argument

__all__ = ["Rpc"]


class Rpc(Verbs):
    """Gives a Context ``rpc`` and ``info``."""

    def rpc(
        self,
        name: str,
        args: object = None,
        /,
        *,
        request: str | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
        retry: bool = False,
        **query: object,
    ) -> Operation:
        """Start a remote procedure call.

        Args:
            name: of the PV.
            args: a dict of arguments of any names: the query of an NTURI, in which each has the type that
                its Python value has by itself (``int`` 64 bits; a numpy scalar, ``(TypeCodeEnum, value)``
                or a Value its own). Or a Value, a structure, which is sent as it is. None sends no argument
                at all, and ``{}`` an NTURI with an empty query.
            request: a pvRequest expression.
            timeout: seconds; None waits for ever; the Context's if not given.
            server: address of the server to ask, ``"host[:port]"``, instead of a search.
            retry: call again if the connection is lost before the answer: it can be executed twice.
            **query: arguments of the query, added to those of the dict.

        Returns:
            A Future of the reply, an empty Value if the server sends none. Cancelling it ends the call, and
            the server is told.

        Raises:
            RuntimeError: no event loop runs.
            ValueError: an empty name, a malformed request or ``server``, a ``timeout`` that is no number, or
                an argument given twice.
            Closed: the Context is closed.

        The Future raises RemoteError, Timeout, Closed, NoConvert or TypeError for arguments that cannot be
        sent, or Disconnected if the connection was lost before the answer: the server may have executed
        the call, and it is not sent twice. A failure that nobody awaits is logged by ``aiopvxs.client``.
        """
        loop, bridge = running_bridge()
        asked = ALL if request is None else make_request(request=request)
        name = check_name(name)
        to = self._server(server)
        seconds = self._seconds(timeout)
        core = self._core
        operation = EffectOperation(loop, bridge, core, "rpc", name)
        argument: Value | None = None
        try:
            argument = make_argument(name, args, query)
        except TypeError as exc:  # NoConvert too
            operation._fail(exc)
            return operation
        except BaseException:
            bridge.forget(operation._token)
            raise
        operation._start(
            to,
            seconds,
            lambda address: core.rpc(
                name, asked, bridge.queue, operation._token, argument, bool(retry), address
            ),
        )
        return operation

    def info(
        self,
        name: str,
        *,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> Operation:
        """Start to ask for the type of a PV.

        Args:
            name: of the PV.
            timeout: seconds; None waits for ever; the Context's if not given.
            server: address of the server to ask, ``"host[:port]"``, instead of a search.

        Returns:
            A Future of an empty Value of this type; ``typedef()`` of it gives the TypeDef. Cancelling it
            ends the network operation.

        Raises:
            RuntimeError: no event loop runs.
            ValueError: an empty name, a malformed ``server``, or a ``timeout`` that is no number.
            Closed: the Context is closed.

        The Future raises RemoteError, Timeout or Closed.
        """
        loop, bridge = running_bridge()
        name = check_name(name)
        to = self._server(server)
        seconds = self._seconds(timeout)
        core = self._core
        operation = Operation(loop, bridge, core, "info", name)
        operation._start(
            to,
            seconds,
            lambda address: core.info(name, bridge.queue, operation._token, address),
        )
        return operation
