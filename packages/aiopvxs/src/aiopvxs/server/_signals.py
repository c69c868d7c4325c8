"""The signals that end a server."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
    native = True
    for number in before:
        try:
            loop.add_signal_handler(number, callback)
        except NotImplementedError:  # loops on Windows
            native = False
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(callback))
    try:
        yield
    finally:
        for number, handler in before.items():
            if native:
                loop.remove_signal_handler(number)
            if handler is not None:  # None: installed by something that is not Python
                signal.signal(number, handler)
