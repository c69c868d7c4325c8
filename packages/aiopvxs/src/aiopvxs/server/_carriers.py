"""Tasks that run handlers: one runs all that a turn of the loop brings, while none keeps it waiting.

A task for each would cost more than a short handler does. Those that come after one that waits have tasks of
their own, as do those after one that keeps its task, to cancel it perhaps; and what a handler leaves in its
task (context variables, a cancellation) is not left to the next. A task that has run out of work waits for
what the next turn brings, and begins it at once: a new one would take its first step a turn later.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from .._holding import holding
from ._bell import Bell

if TYPE_CHECKING:
    from ._operation import Operation

__all__ = ["Carriers", "Ends", "Queue"]

# The loop has other things to do after so long.
_SECONDS = 0.01

# Operations, each with what its handler gave to wait for.
_Work = deque[tuple["Operation", Awaitable[object]]]


class Queue(Protocol):
    """What work comes from."""

    @property
    def left(self) -> int:
        """How much more it brings in this turn."""


class Ends(Protocol):
    """Is told what becomes of handlers: once of each."""

    def succeeded(self, op: Operation, result: object) -> None:
        """It returned."""

    def failed(self, op: Operation, error: BaseException) -> None:
        """It raised."""

    def was_cancelled(self, op: Operation) -> None:
        """It was cancelled, perhaps before it began."""


class Carriers:
    """Runs handlers on one event loop.

    Args:
        loop: which it is.
        queue: what brings them.
        ends: is told how each ended.
        tasks: keeps each task until it is done, or has nothing to do.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, queue: Queue, ends: Ends, tasks: set[asyncio.Task[object]]
    ) -> None:
        self.loop = loop  # to ask asyncio for it costs a call of the system, on some Pythons
        self._queue = queue
        self._ends = ends
        self._tasks = tasks
        self._work: _Work = deque()
        self._turn = 0  # which counts those that brought work
        self._comes = False  # a task takes up this turn's work, or will
        self._begun = False  # and has taken its first step
        self._carrier: asyncio.Task[object] | None = None  # which it is
        self._bell = Bell(loop)  # where one waits that has run out of work
        self._closed = False

    def add(self, op: Operation, handler: Awaitable[object]) -> None:
        """Run a handler, in this turn of the loop or the next."""
        self._work.append((op, handler))
        if not self._comes:
            self._comes = True
            self._begin()

    def close(self) -> None:
        """Keep no task that has nothing to do. What is added still runs."""
        self._closed = True
        if self._bell.task is not None:
            self._begin_now()

    def _begin(self) -> None:
        if self._bell.task is not None and (self._queue.left or not self._bell.can_ring):
            self.loop.call_soon(self._begin_now)
        else:
            self._begin_now()

    def _begin_now(self) -> None:
        self._comes = True
        carrier = self._bell.task
        if carrier is not None and self._bell.can_ring:
            self._ring(carrier)
            return
        self._begun, self._carrier = False, None
        try:
            self._carrier = self._make(self._work)
        finally:
            self.loop.call_soon(self._turn_is_over)  # when the task has taken its first step

    def _ring(self, carrier: asyncio.Task[object]) -> None:
        self._begun, self._carrier = True, carrier
        self._tasks.add(carrier)
        try:
            self._bell.ring()
        finally:
            self._turn_is_over()

    def _make(self, work: _Work) -> asyncio.Task[object]:
        task = self.loop.create_task(self._carry(work))
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # the loop has raised it already

    def _turn_is_over(self) -> None:
        carrier, self._carrier, self._comes = self._carrier, None, False
        self._turn += 1
        if carrier is not None and carrier is self._bell.task:
            if self._work:  # it took too long
                self._comes = True
                self.loop.call_soon(self._begin_now)
        elif carrier is not None and not carrier.done():  # a handler keeps it
            while self._work:
                alone = deque((self._work.popleft(),))
                self._make(alone).add_done_callback(partial(self._if_never_begun, alone))
        elif carrier is None or not self._begun or _has_failed(carrier):
            self._give_up_all(self._work)  # all tasks are cancelled, or the program ends
        elif self._work:
            self._begin_now()

    def _if_never_begun(self, work: _Work, _: asyncio.Task[object]) -> None:
        self._give_up_all(work)

    def _give_up_all(self, work: _Work) -> None:
        while work:
            self._give_up(*work.popleft())

    def _give_up(self, op: Operation, handler: Awaitable[object]) -> None:
        if inspect.iscoroutine(handler):
            handler.close()
        self._ends.was_cancelled(op)

    async def _carry(self, work: _Work) -> None:
        task = asyncio.current_task(self.loop)
        assert task is not None
        while await self._run(task, work):
            # one whose loop begins tasks at once comes here before it is known; it need not wait
            if (
                work is not self._work
                or task is not self._carrier
                or self._bell.task is not None
                or self._closed
            ):
                return
            self._tasks.discard(task)
            await self._bell.wait(task)

    async def _run(self, task: asyncio.Task[object], work: _Work) -> bool:
        """Run handlers until none is left, or one has waited, or it takes too long.

        Returns:
            True if the task is as it was.
        """
        turn = self._turn
        if work is self._work:
            self._begun = True
        context = contextvars.copy_context()
        is_cancelled = _asks_whether_cancelled(task)
        references = sys.getrefcount(task)
        until = time.monotonic() + _SECONDS
        while work:
            op, handler = work.popleft()
            if op._stopped:
                self._give_up(op, handler)
                continue
            op._task = task
            held = holding.set((*holding.get(), op)) if op._pv._holds(op.kind) else None
            try:
                result = await handler
            except asyncio.CancelledError:
                self._ends.was_cancelled(op)
                return False
            except BaseException as exc:
                self._ends.failed(op, exc)
                if not isinstance(exc, Exception):
                    raise
            else:
                self._ends.succeeded(op, result)
                del result  # the next handler may wait for long
            if held is not None:
                holding.reset(held)
            if (
                self._turn != turn
                or is_cancelled()
                or sys.getrefcount(task) != references
                or not _is_now(context)
            ):
                return False
            if time.monotonic() > until:
                break
        return True


def _has_failed(task: asyncio.Task[object]) -> bool:
    return not task.cancelled() and task.exception() is not None


def _asks_whether_cancelled(task: asyncio.Task[object]) -> Callable[[], object]:
    """Return what tells whether somebody has cancelled a task, which may still have to learn of it."""
    cancelling = getattr(task, "cancelling", None)  # since Python 3.11
    return cancelling or (lambda: task._must_cancel)  # type: ignore[attr-defined]


def _is_now(context: contextvars.Context) -> bool:
    """Tell whether all variables are as in ``context``."""
    now = contextvars.copy_context()
    if not now and not context:
        return True
    return len(now) == len(context) and all(context.get(each, now) is value for each, value in now.items())
