"""The rules of limits, applied to a PV by whoever writes it, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from aiopvxs_core import server as core
from aiopvxs_core.data import Value
from aiopvxs_core.errors import RemoteError
from aiopvxs_nt import Rules, RulesError, apply_rules

if TYPE_CHECKING:
    from ._operation import Operation

__all__ = ["Ruled", "ruled"]


class Ruled:
    """Writes to one PV as its rules say: what is decided by the present value is stored before it changes.

    Args:
        rules: those that hold.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        # of what a handler stores, alarm and time are found out when it does
        self._before_handlers = replace(rules, alarm=False, timestamp=False)
        self._writing = threading.Lock()

    def open(self, pv: core.SharedPV, value: Value) -> None:
        """Open the PV."""
        value = value.clone()
        apply_rules(value, None, self._rules, put=False)
        with self._writing:
            pv.open(value)

    def post(self, pv: core.SharedPV, delta: Value) -> None:
        """Post what is marked, which is never refused."""
        if not delta.changed() or not pv.cloneEmpty().equalType(delta):
            pv.post(delta)  # says what is wrong with it
            return
        with self._writing:
            pv.post(_judged(pv, delta, self._rules, put=False))

    def put(self, pv: core.SharedPV, op: Operation, handler: Callable[[Operation], object] | None) -> object:
        """Store what a client has sent, or let a handler do so.

        Raises:
            RemoteError: the rules refuse it.
        """
        sent = op._core.argument
        try:
            if handler is None:
                with self._writing:
                    pv.post(_judged(pv, sent, self._rules, put=True))
                return None
            op._value = _judged(pv, sent, self._before_handlers, put=True)
        except RulesError as error:
            raise RemoteError(f"{pv.label} refuses the put: {error}") from None
        return handler(op)


def ruled(rules: bool | Rules) -> Ruled | None:
    """Return what applies the rules; None where none hold.

    Raises:
        TypeError: they are none.
    """
    given: object = rules
    if isinstance(given, Rules):
        return Ruled(given)
    if not isinstance(given, bool):
        raise TypeError(f"rules is True, False or Rules(…), not {given!r}")
    return Ruled(Rules()) if given else None


def _judged(pv: core.SharedPV, delta: Value, rules: Rules, *, put: bool) -> Value:
    present = pv.fetch()
    value = present.clone()
    value.unmark()
    value.assign(delta)
    apply_rules(value, present, rules, put=put)
    return value
