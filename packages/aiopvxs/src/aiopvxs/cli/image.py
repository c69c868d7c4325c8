"""``aiopvxs image``: an image in the terminal, or to a file."""

from __future__ import annotations

import argparse
import asyncio
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..client import Context
from ._extra import needs
from ._file import write_whole
from ._parser import Parser
from ._pixels import Pixels, pixels_of
from ._run import say, write
from ._screen import Screen

if TYPE_CHECKING:
    from PIL.Image import Image
    from rich.console import Console, RenderableType

__all__ = ["main", "make_parser"]


def make_parser() -> Parser:
    """Return what reads the words after the command."""
    parser = Parser(
        "image",
        "Show an image (NTNDArray) in the terminal, with two rows of colours in each line; or write it to a "
        "file.",
    )
    parser.wait(what="timeout, of the first image")
    parser.request()
    parser.add_argument("-f", "--follow", action="store_true", help="show each new one too, until Ctrl-C")
    parser.add_argument("-n", dest="count", type=int, metavar="N", help="with -f: end after N images")
    parser.add_argument(
        "--range", type=_range, metavar="LOW,HIGH", help="what is black and white; of 8 bits 0,255, else all"
    )
    parser.add_argument(
        "--save", type=Path, metavar="FILE.png", help="write it, as exactly as the file can hold it"
    )
    parser.add_argument("name", metavar="PV")
    return parser


def main(words: Sequence[str]) -> int:
    """Run the command."""
    parser = make_parser()
    options = parser.read(list(words))
    if options.count is not None and (options.count < 1 or not options.follow):
        parser.error("-n has to be at least 1, and is of -f")
    if options.save is not None:
        if options.save.suffix.lower() != ".png":
            parser.error(f"{options.save} has to end with .png")
        if options.follow:
            parser.error("--save writes one image, and -f follows all")
    elif not sys.stdout.isatty():
        parser.error("the output is no terminal: --save writes to a file")
    with needs("An image", "pillow"):
        import PIL.Image  # noqa: F401
    return asyncio.run(_follow(options) if options.follow else _once(options))


def _range(text: str) -> tuple[float, float]:
    low, high = map(float, text.split(","))
    if not low < high:
        raise argparse.ArgumentTypeError(f"{text!r}: the first number has to be less than the second")
    return low, high


_range.__name__ = "pair of numbers"  # argparse shows it


async def _once(options: argparse.Namespace) -> int:
    async with Context(timeout=options.wait) as context:
        value = await context.get(options.name, request=options.request)
        pixels = await asyncio.to_thread(pixels_of, options.name, value, options.range)
    if options.save is not None:
        _save(options, pixels)
        return 0
    with needs("An image in the terminal", "rich"):
        from rich.console import Console
    console = Console()
    console.print(_drawn(options.name, pixels, console))
    return 0


def _save(options: argparse.Namespace, pixels: Pixels) -> None:
    picture = pixels.exact()
    if picture is None:
        low, high = pixels.scale()
        say(f"{options.name} is {pixels.title}: written with 8 bits, {low:g} as black and {high:g} as white")
        picture = pixels.shown()
    file = io.BytesIO()
    picture.save(file, format="PNG")
    write_whole(options.save, file.getvalue())
    write(f"{pixels.title}, to {options.save}\n")


async def _follow(options: argparse.Namespace) -> int:
    latest: list[Pixels] = []
    count = 0

    def draw(console: Console) -> RenderableType:
        return _drawn(options.name, latest[-1], console)

    async with (
        Context(timeout=options.wait) as context,
        Screen(draw, what="An image in the terminal") as screen,
        context.monitor(options.name, request=options.request, max_queue=1) as updates,
    ):
        value = await updates.first()
        while True:
            latest[:] = [await asyncio.to_thread(pixels_of, options.name, value, options.range)]
            screen.changed()
            count += 1
            if count == options.count:
                return 0
            value = await updates.first(None)


def _drawn(name: str, pixels: Pixels, console: Console) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    low, high = pixels.scale()
    title = Text(f"{name}  {pixels.title}  {low:g} to {high:g}", no_wrap=True, overflow="ellipsis")
    return Group(title, _blocks(_fitted(pixels.shown(), console.width, 2 * (console.height - 3))))


def _fitted(picture: Image, width: int, height: int) -> Image:
    from PIL import Image

    share = min(width / picture.width, height / picture.height)
    size = (max(round(picture.width * share), 1), max(round(picture.height * share), 1))
    return picture.convert("RGB").resize(
        size, Image.Resampling.BOX if share < 1 else Image.Resampling.NEAREST
    )


def _blocks(picture: Image) -> RenderableType:
    """Draw two rows in each line: the upper half of a cell in the one colour, the rest in the other."""
    import numpy as np
    from rich.color import Color
    from rich.segment import Segment, Segments
    from rich.style import Style

    rows = np.asarray(picture).tolist()
    segments: list[Segment] = []
    for upper, lower in zip(rows[::2], [*rows[1::2], None], strict=False):
        for index, colour in enumerate(upper):
            below = None if lower is None else Color.from_rgb(*lower[index])
            segments.append(Segment("▀", Style(color=Color.from_rgb(*colour), bgcolor=below)))
        segments.append(Segment.line())
    return Segments(segments)
