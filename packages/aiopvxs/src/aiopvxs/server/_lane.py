"""The order in which the puts to one PV run."""

from __future__ import annotations

from collections import deque
from typing import Literal

from ._operation import Operation

__all__ = ["Lane", "Serial", "check_serial"]

Serial = Literal["reject", "replace"] | bool


def check_serial(serial: object, max_waiting: object) -> None:
    """Refuse what is no order.

    Raises:
        ValueError: it is none, or the limit is no count.
    """
    if not isinstance(serial, bool) and serial not in ("reject", "replace"):
        raise ValueError(f'serial is True, False, "reject" or "replace", not {serial!r}')
    if isinstance(max_waiting, bool) or not isinstance(max_waiting, int) or max_waiting < 0:
        raise ValueError(f"max_waiting is a count of puts, not {max_waiting!r}")


class Lane:
    """Starts the puts of one PV on one event loop, one after another or as ``serial`` says.

    Args:
        serial: see SharedPV.
        max_waiting: how many may wait.
    """

    def __init__(self, serial: Serial, max_waiting: int) -> None:
        self._serial = serial
        self._most = max_waiting
        self._running: Operation | None = None
        self._waiting: deque[Operation] = deque()

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def add(self, op: Operation) -> None:
        """Start it, now or later, or refuse it."""
        op._lane = self
        if self._serial is False:
            op._runner.start(op)
        elif self._running is None and not self._waiting:
            self._begin(op)
        elif self._serial == "reject":
            op._runner.forget_operation(op)
            op.error(f'PV "{op.name}" is busy with another put')
        elif self._serial == "replace":
            self._replace(op)
        elif len(self._waiting) >= self._most:
            op._runner.forget_operation(op)
            op.error(f'PV "{op.name}" is busy: {len(self._waiting)} puts wait already')
        else:
            self._waiting.append(op)

    def _replace(self, op: Operation) -> None:
        text = f'A later put to PV "{op.name}" has replaced this one'
        while self._waiting:
            waiting = self._waiting.popleft()
            waiting._runner.forget_operation(waiting)
            waiting.error(text)
        self._waiting.append(op)
        running = self._running
        if running is not None:
            running.error(text)
            running._stop()

    def _begin(self, op: Operation) -> None:
        self._running = op
        if not op._runner.start(op):
            self._running = None

    def ended(self, op: Operation) -> None:
        """Start the next: the handler has ended."""
        if self._running is not op:
            return
        self._running = None
        while self._waiting and self._running is None:
            following = self._waiting.popleft()
            # of those that were answered meanwhile only a client that has left may still want it done
            if not following.answered or (following.cancelled and following._pv._finishes("put")):
                self._begin(following)
            else:
                op._runner.forget_operation(following)
