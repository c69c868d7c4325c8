"""The bridge between one event loop and the pvxs threads.

pvxs threads push completions into the loop's :class:`CompletionQueue` and never touch Python. The queue's
descriptor wakes the loop once for a whole batch; :class:`Bridge` hands each completion to the target that
was registered under its token. Tokens and targets live on the loop's thread only, so a completion may
arrive after its operation was cancelled, after the loop closed or at interpreter shutdown: nobody is
registered then, and it is dropped.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import threading
import weakref
from collections import deque
from collections.abc import Callable
from typing import Protocol

from aiopvxs_core.queue import CompletionQueue

from ._exit import Stage, at_exit

__all__ = ["Bridge", "bridge_of", "running_bridge"]

# One drain gives the loop back after so many seconds.
_SECONDS = 0.01

# Where many updates come it comes back after so many seconds, and is not woken for each; after the longer
# time where thousands come in a second, unless that were more than so many together: then more would be under
# way than are kept to make the next ones of, and many be allocated anew.
_NAP = 0.002
_LONG_NAP = 0.004
_THOUSANDS = 5_000
_TOGETHER = 200

# How often the targets are looked at, in seconds, and after how many looks one has waited long.
_LOOK = 1.0
_LOOKS = 5

Target = Callable[[object], None]


class Flushable(Protocol):
    """A Context of the core: operations wait in it to be sent together."""

    def flush(self) -> None:
        """Send for them."""


class Bridge:
    """What one event loop needs to receive completions."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        # weak: the table of bridges is keyed weakly by the loop, and holds this object
        self._loop = weakref.ref(loop)
        self.queue = CompletionQueue()
        self._targets: dict[int, Target] = {}
        self._tokens = itertools.count(1)
        self._begun = False  # an operation began since the latest completions came
        self._to_flush: dict[Flushable, None] = {}
        self._latest = 0  # token
        self._looking = False  # the timer runs
        self._looked = 0  # up to this token
        self._looks: deque[int] = deque(maxlen=_LOOKS)  # the latest token at each
        try:
            loop.add_reader(self.queue.fileno(), self._drain)
        except NotImplementedError:
            # a loop that watches no descriptors (Windows' proactor): a thread waits in its stead
            threading.Thread(
                target=_notify,
                args=(self.queue, self._loop, self._drain),
                name="aiopvxs-notifier",
                daemon=True,
            ).start()

    def register(self, target: Target) -> int:
        """Return a token under which completions reach ``target``. Call on the loop's thread."""
        self._latest = token = next(self._tokens)
        self._targets[token] = target
        if not self._looking:
            self._look_later()
        return token

    def forget(self, token: int) -> None:
        """Drop whatever still comes for ``token``. Call on the loop's thread."""
        self._targets.pop(token, None)

    def _look_later(self) -> None:
        # weak: the timer keeps no bridge alive, and no loop
        if (loop := self._loop()) is not None:
            self._looking = True
            loop.call_later(_LOOK, _look, weakref.ref(self))

    def _look(self) -> None:
        """Tell targets that they wait for long: each once, if its object has a ``_waits_long`` method.

        Tokens rise, so their ages are known without a clock for each. A loop on which nothing new begins
        is left in peace.
        """
        self._looking = False
        if len(self._looks) == _LOOKS:
            old = self._looks[0]
            for token in self._between(self._looked, old):
                target = self._targets.get(token)
                told = getattr(getattr(target, "__self__", None), "_waits_long", None)
                if told is not None:
                    try:
                        told()
                    except Exception as exc:  # noqa: BLE001 - whatever it raises is the loop's to report
                        self._report(told, exc)
            self._looked = old
        self._looks.append(self._latest)
        if self._looked < self._latest and self._targets:
            self._look_later()
        else:
            self._looks.clear()
            self._looked = self._latest

    def _between(self, after: int, last: int) -> list[int]:
        if last - after < len(self._targets):
            return list(range(after + 1, last + 1))
        return [token for token in self._targets if after < token <= last]

    def joins(self, core: Flushable) -> bool:
        """Tell whether an operation that begins now waits for ``core.flush()``, to be sent with others.

        The first one after completions have come does not: those that follow one another lose no time.
        Those that begin beside it are sent when this turn of the loop is over: gets of one PV share
        requests, and the network threads are woken once for all.
        """
        if not self._begun:
            self._begun = True
            return False
        if not self._to_flush and (loop := self._loop()) is not None:
            loop.call_soon(self._flush)
        self._to_flush[core] = None
        return True

    def _flush(self) -> None:
        cores = list(self._to_flush)
        self._to_flush.clear()
        for core in cores:
            core.flush()

    def __len__(self) -> int:
        """Return the number of registered targets."""
        return len(self._targets)

    def close(self) -> None:
        """Take no more completions and forget all targets, which are told: the loop has closed.

        Each whose object has a ``_loop_closed`` method ends what it waits for in vain.
        """
        self.queue.close()
        targets = list(self._targets.values())
        self._targets.clear()
        self._to_flush.clear()
        for target in targets:
            told = getattr(getattr(target, "__self__", None), "_loop_closed", None)
            if told is not None:
                told()

    def _drain(self) -> None:
        self._begun = False
        # what is left keeps the descriptor readable, and the notifier awake
        rate = self.queue.drain(self._targets, self._report, _SECONDS)
        if rate and (loop := self._loop()) is not None:
            loop.call_later(_nap(rate), self._drain)

    def _report(self, target: object, exc: Exception) -> None:
        if (loop := self._loop()) is not None:
            loop.call_exception_handler({"message": f"aiopvxs: error in {target!r}", "exception": exc})


def _nap(rate: int) -> float:
    if rate < _THOUSANDS:
        return _NAP
    return max(_NAP, min(_LONG_NAP, _TOGETHER / rate))


def _look(bridge: weakref.ref[Bridge]) -> None:
    if (alive := bridge()) is not None:
        alive._look()


def _notify(
    queue: CompletionQueue, loop_ref: weakref.ref[asyncio.AbstractEventLoop], drain: Callable[[], None]
) -> None:
    while queue.wait():
        loop = loop_ref()
        try:
            if loop is None:
                return
            loop.call_soon_threadsafe(drain)
        except RuntimeError:  # the loop is closed
            return
        del loop


_bridges: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Bridge] = weakref.WeakKeyDictionary()
_lock = threading.Lock()  # loops of several threads share the table


def bridge_of(loop: asyncio.AbstractEventLoop) -> Bridge:
    """Return the bridge of ``loop``, made at the first call. Call on the loop's thread."""
    bridge = _bridges.get(loop)
    if bridge is not None:
        return bridge
    with _lock:
        stale = [_bridges.pop(other) for other in list(_bridges) if other.is_closed()]
        bridge = _bridges[loop] = Bridge(loop)
    for each in stale:
        each.close()
    return bridge


def running_bridge() -> tuple[asyncio.AbstractEventLoop, Bridge]:
    """Return the running event loop and its bridge; RuntimeError where no loop runs."""
    loop = asyncio.get_running_loop()
    return loop, bridge_of(loop)


_inherited: list[Bridge] = []


def _after_fork() -> None:
    # bridges of the parent's loops are left alone: their locks are as its threads held them
    _inherited.extend(_bridges.values())
    _bridges.clear()
    _lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_after_fork)


@at_exit(Stage.bridges)
def _close_all() -> None:
    for bridge in list(_bridges.values()):
        bridge.queue.close()  # ends its notifier
