"""The signals that end a server."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["on_stop_signal", "require_main_thread"]


def require_main_thread() -> None:
    """Refuse where Python cannot handle signals.

    Raises:
        RuntimeError: this is not the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError(
            "SIGINT and SIGTERM can only be handled in the main thread; in another one use "
            "`with Server(…)`, or serve_forever(signals=False) and stop()"
        )


@contextmanager
def on_stop_signal(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> Iterator[None]:
    """Call ``callback`` on the loop at SIGINT or SIGTERM; afterwards the signals do what they did."""
    require_main_thread()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    native = _set_handlers(loop, before, callback)
    try:
        yield
    finally:
        for number, handler in before.items():
            if native:
                loop.remove_signal_handler(number)
            if handler is not None:  # None: installed by something that is not Python
                signal.signal(number, handler)


def _set_handlers(
    loop: asyncio.AbstractEventLoop, numbers: Iterable[signal.Signals], callback: Callable[[], None]
) -> bool:
    """Set the handlers; tell whether the loop did it itself."""
    try:
        for number in numbers:
            loop.add_signal_handler(number, callback)
    except NotImplementedError:  # loops on Windows
        for number in numbers:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(callback))
        return False
    return True
