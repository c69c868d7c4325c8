"""Something on a terminal that is drawn again and again in its place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from ._extra import needs
from ._run import uninterrupted

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from typing_extensions import Self

__all__ = ["Screen", "printable"]


class Screen:
    """Draws while it is entered, whenever something has changed, but not more often than people see.

    What was drawn last stays on the terminal.

    Raises:
        ValueError: what draws is not installed.
    """

    def __init__(self, draw: Callable[[Console], RenderableType], *, what: str, period: float = 0.2) -> None:
        with needs(what, "rich"):
            from rich.console import Console
            from rich.live import Live
        self.console = Console()
        self._draw = draw
        self._period = period
        self._changed = False
        self._live = Live(
            console=self.console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
        )
        self._drawing: asyncio.Future[None] | None = None

    def changed(self) -> None:
        """Have it drawn, soon."""
        self._changed = True

    async def __aenter__(self) -> Self:
        self._live.start()
        self._drawing = asyncio.ensure_future(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        drawing = self._drawing
        try:
            if drawing is not None and not drawing.cancel():
                # it has ended before: by Ctrl-C, or by what it could not draw
                failure = drawing.exception()
                if isinstance(failure, Exception):
                    raise failure
            self._show()
        finally:
            with uninterrupted():
                self._live.stop()

    def _show(self) -> None:
        if self._changed:
            self._changed = False
            with uninterrupted():
                self._live.update(self._draw(self.console), refresh=True)

    async def _run(self) -> None:
        while True:
            self._show()
            await asyncio.sleep(self._period)


def printable(text: str) -> str:
    """Return a text of the network on one line, without what would steer the terminal."""
    return "".join(
        each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in " ".join(text.split())
    )
