"""The crossing point between pvxs threads and an event loop."""

from . import _core

__all__ = ["CompletionQueue", "Pause", "wait_for_closed"]

CompletionQueue = _core.queue.CompletionQueue
Pause = _core.queue.Pause
wait_for_closed = _core.queue.wait_for_closed
