"""``aiopvxs put``: write a PV."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..client import Channel, Context
from ._each import on_each
from ._parser import Parser
from ._run import write
from ._words import fields_of, given

__all__ = ["main", "make_parser"]

_PROCESS: dict[str, bool | str] = {"true": True, "false": False, "passive": "passive"}


def make_parser() -> Parser:
    """Return what reads the words after the command."""
    parser = Parser(
        "put",
        "Write a PV: its field value, or the fields that are named. What begins with {, [ or a quotation "
        "mark is JSON; @FILE is what a file holds, of .npy an array, and - the standard input. After -- a "
        "value may begin with a minus sign.",
    )
    parser.wait()
    parser.request()
    parser.add_argument("-c", dest="complete", action="store_true", help="wait for processing to complete")
    parser.add_argument("--process", choices=tuple(_PROCESS), help="whether the put processes the record")
    parser.add_argument(
        "--no-fetch",
        dest="fetch",
        action="store_const",
        const=False,
        help="do not read choices: an enum takes an index",
    )
    parser.add_argument("name", metavar="PV")
    parser.add_argument("words", nargs="+", metavar="VALUE|@FILE|-|FIELD=VALUE")
    return parser


def main(words: Sequence[str]) -> int:
    """Run the command."""
    parser = make_parser()
    options = parser.read(list(words))
    try:
        value = _value(options.words)
    except ValueError as exc:
        parser.error(str(exc))
    return asyncio.run(_put(options, value))


def _value(words: Sequence[str]) -> Any:
    if len(words) == 1 and (words[0].lstrip().startswith(("{", "[", '"', "@")) or "=" not in words[0]):
        return given(words[0])
    return fields_of(words, given)


async def _put(options: argparse.Namespace, value: Any) -> int:
    async with Context(timeout=options.wait) as context:

        async def send(name: str) -> None:
            with context.channel(name) as channel:
                sent = await _with_index(channel, value, options.fetch)
                wait = True if options.complete else None
                process = _PROCESS[options.process] if options.process else None
                if hasattr(sent, "dtype") and options.request is None:  # an image has its shape by this
                    await channel.write(sent, wait=wait, process=process)
                else:
                    await channel.put(
                        sent, request=options.request, wait=wait, process=process, fetch=options.fetch
                    )
            if options.verbose:
                write(_shown(name, sent))

        return await on_each([options.name], send)


async def _with_index(channel: Channel, value: Any, fetch: bool | None) -> Any:
    """Take digits for an index where the PV is an enum without such a choice, as PVXS's tool does."""
    word = value.get("value") if isinstance(value, dict) else value
    if not (isinstance(word, str) and word.isascii() and word.isdecimal()):
        return value
    if "value.choices" not in await channel.info():
        return value
    if fetch is False:
        return _index(value, word)
    choices = (await channel.get(fields="value")).as_string_list("value.choices")
    return value if word in choices else _index(value, word)


def _index(value: Any, word: str) -> Any:
    return {**value, "value": int(word)} if isinstance(value, dict) else int(word)


def _shown(name: str, sent: Any) -> str:
    fields: Mapping[str, Any] = sent if isinstance(sent, dict) else {"value": sent}
    return f"{name}\n" + "".join(
        f"    {field} = {json.dumps(value, default=_listed)}\n" for field, value in fields.items()
    )


def _listed(array: Any) -> Any:
    return array.tolist()
