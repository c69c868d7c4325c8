"""From how a handler ended to the client's answer, at once or with others."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from aiopvxs_core.errors import RemoteError

if TYPE_CHECKING:
    from aiopvxs_core import server as core

    from ._operation import Operation

__all__ = ["SPOKEN", "Answers", "log"]

log = logging.getLogger("aiopvxs.server")

#: kinds of operations in messages
SPOKEN = {"get": "a get", "put": "a put", "rpc": "an RPC"}

# So many answers that are ready need not wait for those that will be.
_MANY = 32

_MASKED = "The server failed; its log says why"


class Answers:
    """Answers the operations of one server.

    Args:
        executor: which sends those that were kept.
        mask_errors: clients are not told the text of exceptions.
    """

    def __init__(self, executor: core.Executor, mask_errors: bool) -> None:
        self._executor = executor
        self._mask = mask_errors
        self._kept = 0
        self._flushes = False  # at the end of this turn

    def attached(self) -> None:
        """Another loop runs the handlers, and ends its own turns."""
        self._flushes = False

    @property
    def keeps(self) -> bool:
        """True if answers wait for the end of this turn."""
        return self._flushes

    def succeed(self, op: Operation, result: object, at_once: bool) -> None:
        """Answer with what a handler returned: at once, or with others when this turn is over."""
        arrived = op._core
        if arrived.answered:
            return  # and what it returned does not count
        try:
            answer = op._result(result)
            if at_once:
                arrived.reply(answer)
            elif arrived.reply(answer, True):
                self._keep(op)
        except Exception as exc:  # noqa: BLE001 - of whatever kind, the client is told
            self.refuse(op, exc)

    def _keep(self, op: Operation) -> None:
        self._kept += 1
        if self._kept == _MANY:
            self._flush()
        elif not self._flushes:
            self._flushes = True
            op._carriers.loop.call_soon(self._turn_is_over)

    def _turn_is_over(self) -> None:
        self._flushes = False
        if self._kept:
            self._flush()

    def _flush(self) -> None:
        self._kept = 0
        self._executor.flush()

    def refuse(self, op: Operation, error: BaseException) -> None:
        """Answer with what a handler raised; unless that was meant for the client it is logged."""
        if isinstance(error, RemoteError):
            op.error(str(error))
            return
        log.error(
            "The handler of %s of PV %r, for %s at %s, failed: %s",
            SPOKEN[op.kind], op.name, op.account, op.peer, error, exc_info=error,
        )  # fmt: skip
        op.error(self.text(error))

    def text(self, error: BaseException) -> str:
        """Return what clients are told of an exception."""
        if isinstance(error, RemoteError):
            return str(error)
        return _MASKED if self._mask else str(error) or type(error).__name__
