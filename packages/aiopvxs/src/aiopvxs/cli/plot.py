"""``aiopvxs plot``: PVs as lines."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..client import Context
from ._drawing import as_picture, as_text, check_picture, check_suffix, check_text
from ._each import on_each
from ._file import write_whole
from ._parser import Parser, seconds
from ._run import say, write
from ._screen import Screen
from ._series import Series

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = ["main", "make_parser"]

_SIZE = (100, 30)  # columns and rows where there is no terminal


def make_parser() -> Parser:
    """Return what reads the words after the command."""
    parser = Parser(
        "plot",
        "Draw scalars over time, or waveforms over their elements, until Ctrl-C. Into a pipe, one picture is "
        "drawn at the end.",
    )
    parser.request()
    parser.add_argument("-n", dest="count", type=int, metavar="N", help="end after N updates of each PV")
    parser.add_argument("-w", dest="wait", type=seconds, metavar="SEC", help="end after so long")
    parser.add_argument("--points", type=int, default=1000, metavar="N", help="of a scalar; 1000")
    parser.add_argument(
        "--save", type=Path, metavar="FILE", help="write the picture at the end: .png, .svg or .pdf"
    )
    parser.add_argument("names", nargs="+", metavar="PV")
    return parser


def main(words: Sequence[str]) -> int:
    """Run the command."""
    parser = make_parser()
    options = parser.read(list(words))
    if options.points < 2 or (options.count is not None and options.count < 1):
        parser.error("--points has to be at least 2, and -n at least 1")
    live = sys.stdout.isatty()
    if not live and options.count is None and options.wait is None:
        parser.error("the output is no terminal: -n or -w has to say when the picture is drawn")
    if options.save is not None:
        check_suffix(options.save)
        check_picture()  # what is missing is told now, not at the end
    series = {name: Series(name, options.points) for name in options.names}
    if live or options.save is None:
        check_text()
    try:
        code = asyncio.run(_plot(options, series, live=live))
    except KeyboardInterrupt:
        _save(options, series)
        raise
    drawn = [each for each in series.values() if each.count]
    if not live and options.save is None and drawn:
        write(as_text(drawn, *_SIZE, colors=False) + "\n")
    _save(options, series)
    return code


def _save(options: argparse.Namespace, series: dict[str, Series]) -> None:
    drawn = [each for each in series.values() if each.count]
    if options.save is not None and drawn:
        write_whole(options.save, as_picture(drawn, options.save.suffix))


async def _plot(options: argparse.Namespace, series: dict[str, Series], *, live: bool) -> int:
    if not live:
        return await _follow(options, series, None)

    def draw(console: Console) -> RenderableType:
        from rich.text import Text

        drawn = [each for each in series.values() if each.count]
        text = as_text(drawn, console.width, console.height - 1, colors=console.color_system is not None)
        return Text.from_ansi(text, no_wrap=True, overflow="crop")

    async with Screen(draw, what="A live plot") as screen:
        return await _follow(options, series, screen)


async def _follow(options: argparse.Namespace, series: dict[str, Series], screen: Screen | None) -> int:
    ended: set[str] = set()
    async with Context() as context:

        async def follow(name: str) -> None:
            try:
                await _add(context, options, series, name, screen)
            finally:
                ended.add(name)

        following = asyncio.ensure_future(on_each(list(series), follow))
        try:
            await asyncio.wait({following}, timeout=options.wait)
            if following.done():
                return following.result()
            late = [name for name, each in series.items() if not each.count and name not in ended]
        finally:
            following.cancel()
    if late:
        say(f"Timeout with {len(late)} outstanding: {' '.join(late)}")
    return 0 if all(each.count for each in series.values()) else 1


async def _add(
    context: Context, options: argparse.Namespace, series: dict[str, Series], name: str, screen: Screen | None
) -> None:
    mine = series[name]
    async with context.monitor(name, request=options.request) as updates:
        async for value in updates:
            mine.add(value)
            if len({each.wave is None for each in series.values() if each.count}) > 1:
                mine.count = 0
                raise ValueError(f"{name}: numbers and arrays of them are not drawn into one picture")
            if screen is not None:
                screen.changed()
            if mine.count == options.count:
                return
