"""Subscriptions with a callback."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import ClassVar, NoReturn, TypeVar, cast

from aiopvxs_core.client import SubscriptionEvent
from aiopvxs_core.client import SubscriptionEventKind as Kind
from aiopvxs_core.data import Value
from aiopvxs_core.errors import Closed, Error

from .._loop import Bridge
from ._base import Verbs
from ._pending import log
from ._subscription import Subscription, Target, wake
from ._subscription_types import Item, Options

__all__ = ["CallbackSubscription"]

_T = TypeVar("_T")

# Plain callbacks give the loop back after so many seconds.
_SECONDS = 0.01


class _Later:
    """More is to be done, in another turn of the loop."""


_LATER = _Later()


class _CallingTarget(Target):
    """The same for one with a callback."""

    def receive(self, _: object, /) -> None:
        """There is something to take. Runs on the loop."""
        subscription = cast("CallbackSubscription[object] | None", self.ref())
        if subscription is not None and not subscription._busy:
            subscription._run()


class CallbackSubscription(Subscription[_T]):
    """A Subscription that calls a function; it belongs to its Context."""

    _target_type = _CallingTarget
    _direct: ClassVar[bool] = True  # the callback gets updates as they are

    def __init__(
        self,
        context: Verbs,
        loop: asyncio.AbstractEventLoop,
        bridge: Bridge,
        name: str,
        options: Options,
        callback: Callable[[_T], object],
        on_error: Callable[[Exception], object] | None,
    ) -> None:
        super().__init__(context, loop, bridge, name, options)
        self._callback = callback
        self._on_error = on_error
        self._busy = False  # a task or a later turn of the loop goes on
        self._task: asyncio.Task[None] | None = None
        context._subscriptions.add(self)

    def __aiter__(self) -> AsyncIterator[_T]:
        self._refuse()

    async def __anext__(self) -> _T:
        self._refuse()

    def batches(self) -> AsyncIterator[list[_T]]:
        """Not of a subscription with a callback."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise RuntimeError(f"monitor {self._name!r} has a callback, which gets its updates")

    async def _first(
        self, verb: str, match: Callable[[Value], object] | None, timeout: float | None
    ) -> Value:
        """Wait for the first update; the callback gets it too."""
        deadline = None if timeout is None else self._loop.time() + timeout
        while self._latest is None:
            if deadline is not None and self._loop.time() >= deadline:
                raise self._expired(verb, match is not None, timeout)
            try:
                await self._more(deadline)
            except StopAsyncIteration:
                text = f"{verb} {self._name!r}: the subscription has ended"
                raise Closed(text, pv=self._name, peer=self.peer) from None
        return self._latest

    def _run(self) -> None:
        """Call for what is there. Runs on the loop."""
        self._busy = False
        result = self._step()
        if result is None:
            return
        self._busy = True
        if isinstance(result, _Later):
            self._loop.call_soon(self._run)
        else:
            self._task = self._loop.create_task(self._go_on(result))

    async def _go_on(self, result: Awaitable[object] | _Later | None) -> None:
        """Await callbacks one after another until nothing is left."""
        try:
            while result is not None:
                if isinstance(result, _Later):
                    await asyncio.sleep(0)
                    result = self._step()
                else:
                    result = await self._awaited(result)
        except asyncio.CancelledError:
            self.close()  # nobody would call for what comes, and it would not be told
            raise
        finally:
            self._busy = False
            self._task = None

    async def _awaited(self, result: Awaitable[object]) -> Awaitable[object] | _Later | None:
        try:
            await result
        except asyncio.CancelledError as exc:
            if _is_being_cancelled():
                raise
            return self._report(self._cancelled(exc), "the callback raised") or self._step()
        except Exception as exc:  # noqa: BLE001 - goes to on_error, whatever it is
            return self._report(exc, "the callback raised") or self._step()
        return self._step()

    def _step(self) -> Awaitable[object] | _Later | None:
        """Call for what is there: all of it (None), or up to something to be awaited, or for long enough."""
        end = time.monotonic() + _SECONDS
        seconds = _SECONDS
        callback = self._callback if self._direct else self._give
        # looked at each time: a callback may close either
        while not self._over and not self._context._core.closed:
            if seconds <= 0.0:
                return _LATER
            try:
                item = self._hand_out(callback, seconds)
            except (Exception, asyncio.CancelledError) as exc:  # noqa: BLE001 - goes to on_error
                result = self._failed(exc)
            else:
                if item is None:
                    return None
                result = None if item is False else self._attend(item)
            if result is not None:
                return result
            seconds = end - time.monotonic()
        self._finish_with_context()
        return None

    def _attend(self, item: object) -> Awaitable[object] | None:
        """Do what takes more than a call: of an event, an update that is waited for, a result to await."""
        if isinstance(item, (Value, SubscriptionEvent)):
            return self._call(item)
        return item if inspect.isawaitable(item) else None

    def _failed(self, exc: BaseException) -> Awaitable[object] | None:
        if isinstance(exc, asyncio.CancelledError):
            exc = self._cancelled(exc)
        assert isinstance(exc, Exception)
        return self._report(exc, "the callback raised")

    def _call(self, item: Item) -> Awaitable[object] | None:
        """Call once; return what is to be awaited, if anything is."""
        shown: object = item
        if isinstance(item, SubscriptionEvent):
            try:
                shown = self._shown(item)
            except StopAsyncIteration:
                return None
            except Exception as exc:  # noqa: BLE001 - goes to on_error, whatever it is
                return None if item.kind is Kind.closed else self._report(exc, None)
            if shown is None:
                return None
        else:
            self._latest = item
            for waiter in self._target.waiters:
                wake(waiter)
        try:
            result = self._give(shown)
        except (Exception, asyncio.CancelledError) as exc:  # noqa: BLE001 - goes to on_error
            return self._failed(exc)
        return result if inspect.isawaitable(result) else None

    def _give(self, shown: object) -> object:
        """Call the callback."""
        return self._callback(shown)  # type: ignore[arg-type]

    def _report(self, exc: Exception, what: str | None) -> Awaitable[object] | None:
        """Give an error to on_error, or log it: with its traceback if it is the callback's (``what``)."""
        if self._on_error is not None:
            try:
                result = self._on_error(exc)
            except asyncio.CancelledError as worse:
                exc, what = self._cancelled(worse), "on_error raised"
            except Exception as worse:  # noqa: BLE001 - goes to the log, whatever it is
                exc, what = worse, "on_error raised"
            else:
                return self._logged(result) if inspect.isawaitable(result) else None
        if what is None:
            log.error("monitor %r ended: %s", self._name, exc) if self._over else log.error("%s", exc)
        else:
            log.error("monitor %r: %s", self._name, what, exc_info=exc)
        return None

    async def _logged(self, result: Awaitable[object]) -> None:
        try:
            await result
        except asyncio.CancelledError as exc:
            if _is_being_cancelled():
                raise
            log.error("monitor %r: on_error raised", self._name, exc_info=exc)
        except Exception as exc:  # noqa: BLE001 - goes to the log, whatever it is
            log.error("monitor %r: on_error raised", self._name, exc_info=exc)

    def _cancelled(self, cause: asyncio.CancelledError) -> Error:
        """Return the error of a callback that waited for something that was cancelled."""
        error = Error(f"monitor {self._name!r}: what the callback waited for was cancelled")
        error.__cause__ = cause
        return error

    def _fail(self, error: Callable[[], Exception]) -> None:
        super()._fail(error)
        exc = error()
        result = None if isinstance(exc, Closed) else self._report(exc, None)
        if result is not None:
            self._busy = True
            self._task = self._loop.create_task(self._go_on(result))

    def _finish_with_context(self) -> None:
        if not self._over:
            self.close()

    def _finish(self, error: Callable[[], Exception] | None) -> None:
        super()._finish(error)
        self._context._subscriptions.discard(self)


def _is_being_cancelled() -> bool:
    """Tell whether the running task is cancelled itself, and not what it awaits."""
    task = asyncio.current_task()
    # CPython 3.10 does not tell: there a task ends, as it has to when its loop does
    return task is None or not hasattr(task, "cancelling") or task.cancelling() > 0
