"""A PV without a stored value: code answers."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from aiopvxs_core import server as core
from aiopvxs_core.data import TypeCodeEnum, TypeDef, Value
from aiopvxs_core.server import Notice

from .._loop import bridge_of
from ._answers import log
from ._assigned import assigned, assigner_of, changes, maker_of, structure_of
from ._carriers import Carriers
from ._lane import Serial
from ._operation import Operation
from ._runner import Runner
from ._served import OnLeave, Served, TypeBuilder, taking_op, type_of

if TYPE_CHECKING:
    from typing_extensions import Never

__all__ = ["Handler"]

_F = TypeVar("_F", bound=Callable[..., Any])

# After a failure updates are tried again so many seconds later.
_AGAIN = 1.0


class Handler(Served):
    """A PV whose value is not stored: code answers each get, and puts, RPCs and monitors as it can.

    The functions are given to the decorators, or are the methods ``get``, ``put``, ``rpc`` (of ``(op)``) and
    ``monitor`` of a subclass. What there is no function for is refused.

    A get returns what a post takes, a plain value, a dict of fields, or a Value; its time stamp is now unless
    given. Monitors are served by ``poll``, or by ``on_monitor``.

    Args:
        nt: the PV's type, a builder such as ``NTScalar(float)`` or a TypeDef.
        poll: serve monitors: seconds after which the function for gets is called, while anybody has
            subscribed, and its value sent to all who have.
        serial: as of :class:`SharedPV`.
        max_waiting: as of :class:`SharedPV`.
        handler_timeout: as of :class:`SharedPV`; of a monitor, the time until the first update.
        on_leave: as of :class:`SharedPV`.
        asg: as of :class:`SharedPV`.
        asl: as of :class:`SharedPV`.

    Raises:
        TypeError: ``nt`` is not the type of a structure.
        ValueError: an option is no such thing.

    Example::

        clock = Handler(NTScalar(float), poll=1.0)

        @clock.on_get
        def now(op):
            return time.time()
    """

    def __init__(
        self,
        nt: TypeBuilder | TypeDef,
        *,
        poll: float | None = None,
        serial: Serial = True,
        max_waiting: int = 64,
        handler_timeout: float | None = None,
        on_leave: OnLeave | None = None,
        asg: str | None = None,
        asl: int = 1,
    ) -> None:
        self._set_group(asg, asl)
        if poll is not None and not poll > 0:
            raise ValueError(f"poll is a time in seconds, which {poll!r} is not")
        self._initial = maker_of(nt, type_of(nt))()
        self._assign = assigner_of(nt)
        self._poll = poll
        self._watch: Callable[[Operation], object] | None = None
        self._updated = False  # since it was begun to make updates
        self._watching: tuple[asyncio.AbstractEventLoop, asyncio.Task[object]] | None = None
        self._set_up_handlers(
            writable=True,
            serial=serial,
            max_waiting=max_waiting,
            handler_timeout=handler_timeout,
            on_leave=on_leave,
        )
        method = getattr(type(self), "monitor", None)
        if callable(method):
            self.on_monitor(method.__get__(self))
        self._announce()
        self._core.open(self._initial)

    def on_monitor(self, function: _F) -> _F:
        """Decorate the function that makes the updates of monitors: an asynchronous generator.

        It takes ``(pv, op)``, ``(op)`` or nothing; ``op`` stands for all who subscribe. It is started when
        somebody subscribes, and what it yields, as a get returns it, goes to all who have; it is ended when
        nobody is left. An exception in it is logged, and refuses those who wait for their first update; it is
        started anew a second later for the others.
        """
        takes = inspect.signature(function).parameters
        self._watch = taking_op(function, self) if takes else _alone(function)
        self._announce()
        return function

    def _announce(self) -> None:
        have = self._functions
        self._core.call(get=True, put=True, rpc="rpc" in have, connects=bool(self._connects))
        self._core.serve_monitors(False, self._poll is not None or self._watch is not None)

    def _result_of_get(self, given: object) -> Value:
        if (structure := structure_of(given)) is not None:
            value = structure.clone()
        else:
            self._check_given(given)
            value = assigned(self._core.label, self._initial.clone(), given, self._assign)
        self._core.set_time(value)
        return value

    def _post(self, given: object) -> None:
        """Send what is new to all who have subscribed."""
        if (update := structure_of(given)) is None:
            self._check_given(given)
            update = changes(self._core, given, self._assign)
        self._core.post(update)
        self._updated = True

    def _check_given(self, given: object) -> None:
        if given is None:
            raise TypeError(f"A get of {self._core.label} has a value, and its handler returned None")

    def _told(self, runner: Runner, notice: Notice) -> None:
        if notice is Notice.subscribed:
            self._end_watch()
            self._begin_watch(runner)
        elif notice is Notice.unsubscribed:
            self._end_watch()
        else:
            super()._told(runner, notice)

    def _begin_watch(self, runner: Runner) -> None:
        loop = asyncio.get_running_loop()
        task = runner.spawn(self._send_updates(runner))
        self._watching = (loop, task)
        self._updated = False
        task.add_done_callback(partial(self._watch_ended, runner))
        if self._seconds is not None:
            loop.call_later(self._seconds, self._expire, loop, self._seconds, task)

    def _is_watched_by(self, task: asyncio.Task[object]) -> bool:
        watching = self._watching
        return watching is not None and watching[1] is task

    def _expire(self, loop: asyncio.AbstractEventLoop, seconds: float, task: asyncio.Task[object]) -> None:
        if self._updated or not self._is_watched_by(task):
            return  # a later one has time of its own
        self._core.refuse_subscribers(f"{self._core.label} has sent no update within {seconds:g} s")
        loop.call_later(seconds, self._expire, loop, seconds, task)  # for who subscribes meanwhile

    def _watch_ended(self, runner: Runner, task: asyncio.Task[object]) -> None:
        """Answer those who wait, and begin anew for the others: somebody has cancelled the updates."""
        if not self._is_watched_by(task):
            return  # nobody is subscribed any more
        if not task.cancelled() and (error := task.exception()) is not None:
            text = runner.text(error)
        else:
            text = f"The monitor of {self._core.label} was cancelled by the server"
        self._core.refuse_subscribers(text)
        asyncio.get_running_loop().call_later(_AGAIN, self._watch_again, runner, task)

    def _watch_again(self, runner: Runner, ended: asyncio.Task[object]) -> None:
        if self._is_watched_by(ended):
            self._begin_watch(runner)

    def _end_watch(self) -> None:
        watching, self._watching = self._watching, None
        if watching is not None and not watching[0].is_closed():
            watching[0].call_soon_threadsafe(watching[1].cancel)

    async def _send_updates(self, runner: Runner) -> None:
        failed = ""
        while True:
            try:
                if self._watch is not None:
                    await self._follow(self._watch(self._for_all(runner)))
                    await self._rest()
                while True:
                    self._post(await self._ask(runner))
                    failed = ""
                    await asyncio.sleep(self._poll or _AGAIN)
            except Exception as exc:  # noqa: BLE001 - of whatever kind, clients are told
                if failed != str(exc):  # not once a second
                    log.error("The updates of %s failed: %s", self._core.label, exc, exc_info=exc)
                failed = str(exc)
                self._core.refuse_subscribers(runner.text(exc))
            await asyncio.sleep(self._poll or _AGAIN)

    async def _follow(self, updates: object) -> None:
        if not isinstance(updates, AsyncIterable):
            raise TypeError(f"on_monitor of {self._core.label} is no asynchronous generator")
        try:
            async for value in updates:
                self._post(value)
        finally:
            close = getattr(updates, "aclose", None)
            if close is not None:
                await close()

    async def _rest(self) -> Never:
        """Wait: the generator has said all that it had to say."""
        self._core.refuse_subscribers(f"The updates of {self._core.label} have ended")
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    def _for_all(self, runner: Runner) -> Operation:
        nobody = cast("core.Operation", _Subscribers(self._core.label))
        loop = asyncio.get_running_loop()
        return Operation(nobody, self, runner, Carriers(loop, bridge_of(loop).queue, runner, set()))

    async def _ask(self, runner: Runner) -> object:
        function = self._function("get")
        if function is None:
            raise TypeError(f"{self._core.label} has no handler of gets to poll")
        result = function(self._for_all(runner))
        return await result if inspect.isawaitable(result) else result

    def __repr__(self) -> str:
        return f"<aiopvxs.server.Handler {self._core.label}>"


def _alone(function: Callable[[], object]) -> Callable[[Operation], object]:
    return lambda _: function()


class _Subscribers:
    """In place of a client's get: a value is wanted for all who have subscribed."""

    kind = "get"
    number = 0
    peer = account = ""
    method = "monitor"
    answered = cancelled = False
    request = TypeDef(TypeCodeEnum.Struct, []).create()
    argument = Value()

    def __init__(self, name: str) -> None:
        self.name = name

    def roles(self) -> list[str]:
        return []

    def log(self, warning: bool, text: str) -> None:
        (log.warning if warning else log.info)("%s: %s", self.name, text)

    def reply(self, value: Value | None) -> bool:
        raise RuntimeError(f"A value for monitors is returned: there is no client to give {value} to")

    def error(self, text: str) -> bool:
        raise RuntimeError(f"A failure is raised: there is no client to tell: {text}")
