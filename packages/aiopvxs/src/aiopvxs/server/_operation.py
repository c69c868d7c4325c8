"""An operation in progress, as a handler sees it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from aiopvxs_core import server as core
from aiopvxs_core.data import TypeCodeEnum, TypeDef, Value

from ._answer import is_empty, rpc_value
from ._query import query_of
from ._roles import roles_of

if TYPE_CHECKING:
    from ._carriers import Carriers
    from ._lane import Lane
    from ._runner import Runner
    from ._served import Served

__all__ = ["Operation"]


class Operation:
    """A client's get, put or RPC, which a handler answers by returning.

    The first answer counts: that of :meth:`reply` or :meth:`error`, of the handler's end, of
    ``handler_timeout``, or of a server that stops.
    """

    __slots__ = (
        "__weakref__",
        "_carriers",
        "_core",
        "_ended",
        "_lane",
        "_pv",
        "_runner",
        "_stopped",
        "_task",
        "_value",
        "kind",
        "number",
    )

    def __init__(self, of: core.Operation, pv: Served, runner: Runner, carriers: Carriers) -> None:
        self._core = of
        self.number = of.number
        """Of all that this process ever had."""
        self._pv = pv
        self._runner = runner
        self._carriers = carriers
        self._lane: Lane | None = None
        self.kind: Literal["get", "put", "rpc"] = of.kind
        """What the client asks for."""
        self._task: asyncio.Task[object] | None = None
        self._stopped = False
        self._value: Value | None = None
        self._ended = False

    @property
    def finished(self) -> bool:
        """True once the handler has ended."""
        return self._ended

    def _stop(self) -> None:
        """Cancel the handler: once, so that what it does in answer to that is not cancelled too."""
        if not self._stopped:
            self._stopped = True  # one that has not begun will not
            if self._task is not None:
                self._task.cancel()

    def holds(self, name: str) -> bool:
        """Tell whether its PV has that name."""
        return name == self.name or name in self._pv._names

    @property
    def name(self) -> str:
        """The name under which the client knows the PV."""
        return self._core.name

    @property
    def pv(self) -> Served:
        """The SharedPV or Handler."""
        return self._pv

    @property
    def peer(self) -> str:
        """Address of the client, ``"host:port"``."""
        return self._core.peer

    @property
    def account(self) -> str:
        """The user that the client says it is. Nothing proves it."""
        return self._core.account

    @property
    def method(self) -> str:
        """How it says so: ``"ca"`` or ``"anonymous"``."""
        return self._core.method

    async def roles(self) -> frozenset[str]:
        """Return the groups that the account has on this machine.

        The system is asked in a thread, for that may take long, and its answer is kept for a minute.
        """
        return await roles_of(self.account, self._core.roles)

    @property
    def value(self) -> Value:
        """What it is about.

        Of a put: what the PV would become, its present value with the client's leaves laid over it;
        ``op.value.changed()`` names those that the client sent. Of a get: the present value. Of an RPC: the
        argument as sent. Made at the first access, and the handler's own.

        Raises:
            Closed: the PV was closed meanwhile.
        """
        if self._value is None:
            if self.kind == "put":
                self._value = self._pv._core.overlay(self._core.argument)
            elif self.kind == "get":
                self._value = self._pv._core.fetch()
            else:
                self._value = self._core.argument
        return self._value

    @property
    def query(self) -> dict[str, object]:
        """The query of an RPC's NTURI argument, as plain Python values; without NTURI, its fields."""
        return query_of(self._core.argument) if self.kind == "rpc" else {}

    @property
    def request(self) -> Value:
        """A copy of the pvRequest; an empty structure where the client sent something else."""
        request = self._core.request
        return request if request.type() == TypeCodeEnum.Struct else _NO_REQUEST.create()

    @property
    def block(self) -> bool:
        """The client asks for an answer only when all is done (``record[block=true]``)."""
        return self._option("block") == "true"

    @property
    def process(self) -> bool | Literal["passive"] | None:
        """Whether the client asks for processing (``record[process=…]``); None if it does not say."""
        text = self._option("process")
        if text == "passive":
            return "passive"
        return {"true": True, "false": False}.get(text)

    def _option(self, name: str) -> str:
        field = self._core.request.get(f"record._options.{name}")
        return "" if field is None else _YES_NO.get(text := str(field.as_py()).lower(), text)

    @property
    def cancelled(self) -> bool:
        """The client has cancelled the operation, or is gone: nobody waits for an answer."""
        return self._core.cancelled

    @property
    def answered(self) -> bool:
        """It was answered, or the client no longer wants an answer."""
        return self._core.answered

    def info(self, text: str) -> None:
        """Send the client a text beside the answer; PVXS clients log it."""
        self._core.log(False, text)

    def warn(self, text: str) -> None:
        """Send the client a warning beside the answer; PVXS clients log it."""
        self._core.log(True, text)

    def reply(self, value: object = None) -> bool:
        """Answer now; the handler may go on working.

        Args:
            value: the result of a get or RPC, as a handler returns it.

        Returns:
            False if it was answered before, or the client no longer wants an answer.

        Raises:
            TypeError, NoConvert, FieldLookupError: the value is no result of this operation, which is as yet
                not answered.
        """
        return self._core.reply(self._result(value))

    def _result(self, value: object) -> Value | None:
        """Return the answer that a handler's result stands for."""
        if self.kind == "rpc":
            return None if is_empty(value) else rpc_value(value)
        if self.kind == "get":
            return self._pv._result_of_get(value)
        if value is not None:
            raise TypeError(f"A put of {self._pv._core.label} has no result, and was given {value!r}")
        return None

    def error(self, text: str) -> bool:
        """Refuse now; the client gets the text verbatim.

        Returns:
            False if it was answered before, or the client no longer wants an answer.
        """
        return self._core.error(text)

    def __repr__(self) -> str:
        return f"<aiopvxs.server.Operation {self.kind} {self.name!r} by {self.account} at {self.peer}>"


_NO_REQUEST = TypeDef(TypeCodeEnum.Struct, [])
_YES_NO = {"1": "true", "yes": "true", "0": "false", "no": "false"}
