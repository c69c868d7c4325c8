"""How a command ends: one line for people, an exit code for scripts, never a traceback of what can happen."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator

from aiopvxs_core.errors import Error

__all__ = ["guarded", "say", "uninterrupted", "write"]


def say(text: str) -> None:
    """Tell people, on one line of the standard error."""
    print(" ".join(text.split()), file=sys.stderr, flush=True)


def write(text: str) -> None:
    """Write to the standard output."""
    sys.stdout.write(text)


def guarded(command: Callable[[], int]) -> int:
    """Run a command and return the exit code, whatever comes of it."""
    _set_up()
    try:
        return _finished(command)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is ending already
        _drop_output()  # nobody may be reading, and then a flush would wait for ever
        with contextlib.suppress(BrokenPipeError):
            say("Interrupted")
        return 2
    except BrokenPipeError:
        _drop_output()
        return 0


def _finished(command: Callable[[], int]) -> int:
    try:
        code = command()
    except SystemExit as exc:  # argparse
        code = exc.code if isinstance(exc.code, int) else 0
    except BrokenPipeError:
        raise
    except (Error, ValueError, OSError) as exc:
        code = 1
        say(f"Error: {exc}")
    sys.stdout.flush()
    return code


def _set_up() -> None:
    _Interrupt.asked = _Interrupt.came = _Interrupt.ending = False
    if isinstance(sys.stdout, io.TextIOWrapper):
        # texts of the network may hold what the terminal's encoding has not
        sys.stdout.reconfigure(errors="backslashreplace")
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # asyncio replaces the default by one that waits for the loop, which a full pipe may hold up
        signal.signal(signal.SIGINT, _interrupt)


class _Interrupt:
    """Where Ctrl-C is kept while it has to wait."""

    held = False
    came = False
    asked = False  # the loop, to end
    ending = False


# How long the event loop is waited for, in seconds.
_PATIENCE = 0.5


def _interrupt(_number: int, _frame: object) -> None:
    """End at a point between two callbacks of the loop; where it does not come to one, at once."""
    if _Interrupt.held:
        _Interrupt.came = True
        return
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        raise KeyboardInterrupt from None
    if _Interrupt.asked:
        _end()
    _Interrupt.asked = True
    loop.call_soon_threadsafe(_end_between)
    if sys.platform != "win32":  # there Ctrl-C again does it
        signal.signal(signal.SIGALRM, _interrupt)
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE)


def _end_between() -> None:
    if not _Interrupt.ending:
        _end()


def _end() -> None:
    _Interrupt.ending = True
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, 0)
    raise KeyboardInterrupt


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Have Ctrl-C wait for the end of what is drawn: half of it would leave the terminal in disorder."""
    _Interrupt.held = True
    try:
        yield
    finally:
        _Interrupt.held = False
    if _Interrupt.came:
        _Interrupt.came = False
        _interrupt(signal.SIGINT, None)


def _drop_output() -> None:
    """Leave nothing that the interpreter would write at its exit, which could fail or wait for ever."""
    with open(os.devnull, "wb") as nothing:
        os.dup2(nothing.fileno(), sys.stdout.fileno())
