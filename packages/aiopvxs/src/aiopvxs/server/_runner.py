"""Runs the handlers of one server's PVs on an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import os
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import partial
from types import CoroutineType
from typing import TYPE_CHECKING

from aiopvxs_core import server as core
from aiopvxs_core.server import Notice

from .._holding import holding
from .._loop import Bridge, bridge_of
from .._loop_thread import LoopThread
from ._answers import SPOKEN, Answers, log
from ._calls import Calls
from ._carriers import Carriers
from ._operation import Operation
from ._tasks import as_task, drive, end_of_loop

if TYPE_CHECKING:
    from ._dynamic import Source
    from ._served import Served

__all__ = ["Runner", "asks", "pv_of", "serves"]

# How long the thread of a loop of its own is waited for.
_SECONDS = 5.0

_served: weakref.WeakValueDictionary[int, Served] = weakref.WeakValueDictionary()


def serves(key: int, pv: Served) -> None:
    """Let operations that the core knows by ``key`` find ``pv``."""
    _served[key] = pv


def pv_of(key: int) -> Served | None:
    """Return the PV that the core knows by ``key``."""
    return _served.get(key)


_sources: weakref.WeakValueDictionary[int, Source] = weakref.WeakValueDictionary()


def asks(key: int, source: Source) -> None:
    """Let questions that the core asks of ``key`` find ``source``."""
    _sources[key] = source


class Runner:
    """Takes operations from the core, starts their handlers, and sees to it that each is answered.

    Args:
        mask_errors: clients are not told the text of exceptions.
    """

    def __init__(self, mask_errors: bool) -> None:
        self.core = core.Executor()
        self._answers = Answers(self.core, mask_errors)
        self._pid = os.getpid()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bridge: Bridge | None = None
        self._token = 0
        self._carriers: Carriers | None = None
        self._thread: LoopThread | None = None
        self._end: AsyncGenerator[None, None] | None = None
        self._operations: dict[int, Operation] = {}  # that have not ended
        self._tasks: set[asyncio.Task[object]] = set()
        self._opened: dict[int, Source] = {}
        self.decides: Callable[[core.Question], None] | None = None
        self._calls = Calls(self.spawn)

    def attach(self) -> None:
        """Run handlers on the running loop from now on; where none runs, on one of its own in a thread."""
        self.core.detach()  # raises in a forked child
        self.detach()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._thread = LoopThread("aiopvxs-server")
            self._thread.call(self._attach_there)
        else:
            self._attach_to(loop)

    async def _attach_there(self) -> None:
        self._attach_to(asyncio.get_running_loop())

    def _attach_to(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._bridge = bridge_of(loop)
        self._carriers = Carriers(loop, self._bridge.queue, self, self._tasks)
        self._token = self._bridge.register(partial(self._take, self._carriers))
        self.core.attach(self._bridge.queue, self._token)
        self._answers.attached()
        self._end = end_of_loop(self.core)
        drive(self._end.asend(None))

    def detach(self) -> None:
        """Run no handlers any more; those that run are left to their loop, unless it is one of our own."""
        if os.getpid() != self._pid:
            return  # loop and thread are the parent's
        self.core.detach()
        loop, self._loop = self._loop, None
        bridge, self._bridge = self._bridge, None
        carriers, self._carriers = self._carriers, None
        thread, self._thread = self._thread, None
        end, self._end = self._end, None
        if end is not None:
            drive(end.aclose())
        if loop is not None and bridge is not None and carriers is not None:
            with contextlib.suppress(RuntimeError):  # that loop is closed
                loop.call_soon_threadsafe(bridge.forget, self._token)
                loop.call_soon_threadsafe(carriers.close)
        if thread is not None:
            thread.close(_SECONDS)  # a handler that never gives the loop back is left to itself

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The loop that runs handlers; None while there is none."""
        return self._loop

    @property
    def attached(self) -> bool:
        """True if there is a loop that can run handlers."""
        return self._loop is not None and not self._loop.is_closed()

    @property
    def here(self) -> bool:
        """True on the loop of its own."""
        try:
            return self._thread is not None and asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False

    def _take(self, carriers: Carriers, item: object) -> None:
        if isinstance(item, core.Operation):
            self._begin(carriers, item)
        elif isinstance(item, core.Question):
            if self.decides is not None:
                self.decides(item)
        elif isinstance(item, core.Told):
            self._told(item.notice, item.about)
        elif isinstance(item, core.Sought):
            if (source := _sources.get(item.key)) is not None:
                self.spawn(source._find(item.name))
        elif isinstance(item, core.Opening):
            if (source := _sources.get(item.key)) is not None:
                self.spawn(source._decide(self, item))
            else:
                item.refuse("The source of this PV is served no more")

    def _begin(self, carriers: Carriers, arrived: core.Operation) -> None:
        pv = _served.get(arrived.key)
        if pv is None:
            arrived.error(f'PV "{arrived.name}" is served no more')
            return
        op = Operation(arrived, pv, self, carriers)
        self._operations[op.number] = op
        if op.kind == "put":
            pv._lane(carriers.loop).add(op)
        else:
            self.start(op)

    def start(self, op: Operation) -> bool:
        """Call the handler; False if it has ended already."""
        pv, kind = op._pv, op.kind
        function = pv._function(kind)
        if function is None:
            self.forget_operation(op)
            op.error(f'PV "{op.name}" has no handler for {SPOKEN[kind]}')
            return False
        held = None
        if kind not in pv._coroutines and pv._holds(kind):
            held = holding.set((*holding.get(), op))
        try:
            result = function(op)
        except BaseException as exc:
            self._ended(op)
            self._answers.refuse(op, exc)
            if not isinstance(exc, Exception):
                raise
            return False
        finally:
            if held is not None:
                holding.reset(held)
        if type(result) is CoroutineType or inspect.isawaitable(result):
            op._carriers.add(op, result)
            return True
        self._ended(op)
        self._answers.succeed(op, result, self._is_alone())
        return False

    def forget_operation(self, op: Operation) -> None:
        """It has ended, or will not begin."""
        self._operations.pop(op.number, None)

    def succeeded(self, op: Operation, result: object) -> None:
        """Answer with what a handler returned."""
        self._ended(op)
        self._answers.succeed(op, result, self._is_alone())
        self._next(op)

    def failed(self, op: Operation, error: BaseException) -> None:
        """Refuse for what a handler raised."""
        self._ended(op)
        self._answers.refuse(op, error)
        self._next(op)

    def was_cancelled(self, op: Operation) -> None:
        """Refuse what nobody goes on with."""
        self._ended(op)
        op.error(f'The {op.kind} of PV "{op.name}" was cancelled by the server')
        self._next(op)

    def _ended(self, op: Operation) -> None:
        op._ended = True
        op._task = None
        self.forget_operation(op)

    def _next(self, op: Operation) -> None:
        if op._lane is not None:
            op._lane.ended(op)

    def _is_alone(self) -> bool:
        """Tell whether an answer is the only one of now."""
        bridge = self._bridge
        return not (self._operations or self._answers.keeps or (bridge is not None and bridge.queue.left))

    def text(self, error: BaseException) -> str:
        """Return what clients are told of an exception."""
        return self._answers.text(error)

    def opened(self, number: int, source: Source) -> None:
        """Tell ``source`` when a channel has ended."""
        self._opened[number] = source

    def forget(self, number: int) -> None:
        """That channel has ended."""
        if (source := self._opened.pop(number, None)) is not None:
            source._closed(number)

    def _told(self, notice: Notice, about: int) -> None:
        if notice in (Notice.left, Notice.expired, Notice.stopped):
            op = self._operations.get(about)
            if op is not None:
                self._without_client(op, notice)
            return
        if notice is Notice.channel_closed:
            self.forget(about)
            return
        pv = _served.get(about)
        if pv is not None:
            pv._told(self, notice)

    def _without_client(self, op: Operation, notice: Notice) -> None:
        if notice is Notice.expired:
            log.warning(
                "The handler of %s of PV %r, for %s at %s, did not answer in time, and is cancelled",
                SPOKEN[op.kind], op.name, op.account, op.peer,
            )  # fmt: skip
        if notice is not Notice.left or not op._pv._finishes(op.kind):
            op._stop()

    def call(self, key: int, function: Callable[[], object]) -> None:
        """Call something of a PV that answers nobody, after those called before have ended."""
        self._calls.call(key, function)

    def spawn(self, coroutine: Awaitable[object]) -> asyncio.Task[object]:
        """Run a coroutine beside the loop's other work."""
        task = as_task(asyncio.get_running_loop(), coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
