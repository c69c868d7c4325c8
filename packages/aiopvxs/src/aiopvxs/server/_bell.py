"""Where a task waits that has nothing to do: rung, it goes on at once and not in a later turn of the loop."""

from __future__ import annotations

import asyncio
import types
from asyncio.tasks import _register_task, _unregister_task
from collections.abc import Generator

from aiopvxs_core.queue import Pause

__all__ = ["Bell"]


class Bell:
    """Lets one task of a loop wait, unseen.

    A task that waits is none of :func:`asyncio.all_tasks`, for nothing of a program is under way in it; one
    that is never rung again ends in silence.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._pause: Pause | None = None
        self.task: asyncio.Task[object] | None = None
        """Which waits."""

    async def wait(self, task: asyncio.Task[object]) -> None:
        """Wait for :meth:`ring`: in the current task, which nobody else may know."""
        self.task, self._pause = task, Pause(self._loop)
        _set_seen(task, False)
        try:
            await _end_of(self._pause)
        finally:
            if self.task is task:  # it was not rung: somebody has found and cancelled it
                self.task = None

    @property
    def can_ring(self) -> bool:
        """True where the task can go on at once: no other is running."""
        return asyncio.current_task(self._loop) is None

    def ring(self) -> None:
        """Let the task take its next step, in a callback of the loop."""
        task, self.task = self.task, None
        assert task is not None
        assert self._pause is not None
        _set_seen(task, True)
        self._pause.end_now()


@types.coroutine
def _end_of(pause: Pause) -> Generator[Pause, None, None]:
    yield pause


def _set_seen(task: asyncio.Task[object], seen: bool) -> None:
    (_register_task if seen else _unregister_task)(task)
    task._log_destroy_pending = seen  # type: ignore[attr-defined]
