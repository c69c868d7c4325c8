"""A bar of the progress, where somebody looks at it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ._extra import have

__all__ = ["progress"]

_FEWEST = 5  # PVs of which a bar is worth it
_PERIOD = 0.1


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """Give what is to be called when one more is done; on a terminal it shows on the standard error."""
    if total < _FEWEST or not sys.stderr.isatty():
        yield lambda: None
        return
    with _rich(what, total) if have("rich") else _plain(what, total) as advance:
        yield advance


@contextmanager
def _rich(what: str, total: int) -> Iterator[Callable[[], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


@contextmanager
def _plain(what: str, total: int) -> Iterator[Callable[[], None]]:
    done = 0
    loop = asyncio.get_running_loop()
    planned: asyncio.TimerHandle | None = None

    def show() -> None:
        nonlocal planned
        planned = None
        sys.stderr.write(f"\r{what} {done}/{total}")
        sys.stderr.flush()

    def advance() -> None:
        nonlocal done, planned
        done += 1
        if planned is None:
            planned = loop.call_later(_PERIOD, show)

    show()
    try:
        yield advance
    finally:
        if planned is not None:
            planned.cancel()
        width = len(f"{what} {total}/{total}")
        sys.stderr.write(f"\r{' ' * width}\r")
        sys.stderr.flush()
