"""``aiopvxs bench``: how fast."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiopvxs_core.data import Value

from ..client import Context
from ._measure import Measured, follow, repeat
from ._parser import Parser, seconds
from ._run import write

__all__ = ["main", "make_parser"]

_OWN = ("bench:value",)
_OWN_FLOOD = ("bench:flood",)


def make_parser() -> Parser:
    """Return what reads the words after the command."""
    parser = Parser(
        "bench",
        "Measure gets, puts and updates of the PVs, or of a server of its own, a process on this host that "
        "nobody else finds. Given PVs are written to with --put only.",
    )
    parser.wait(what="timeout of each operation")
    parser.add_argument("-t", dest="time", type=seconds, default=2.0, metavar="SEC", help="for each, 2 s")
    parser.add_argument(
        "-j",
        dest="at_once",
        type=int,
        default=1,
        metavar="N",
        help="so many at once; 1. Gets of one PV share replies",
    )
    parser.add_argument("-F", dest="format", choices=("text", "json"), default="text", help="default text")
    parser.add_argument("--size", type=int, metavar="N", help="elements of its own PV, of doubles; 1")
    parser.add_argument(
        "--put", action="store_true", help="put what the PVs hold again and again; records process it"
    )
    parser.add_argument("names", nargs="*", metavar="PV")
    return parser


def main(words: Sequence[str]) -> int:
    """Run the command."""
    parser = make_parser()
    options = parser.read(list(words))
    if options.names and options.size is not None:
        parser.error("--size is of its own server, and PVs are given")
    if options.at_once < 1 or (options.size is not None and options.size < 1):
        parser.error("-j and --size have to be at least 1")
    if not options.time:
        parser.error("-t has to be more than 0")
    return asyncio.run(_given(options) if options.names else _own(options))


async def _given(options: argparse.Namespace) -> int:
    async with Context(timeout=options.wait) as context:
        await _measure(options, context, options.names, options.names, put=options.put)
    return 0


async def _own(options: argparse.Namespace) -> int:
    async with (
        _server(options.size or 1) as config,
        Context(config, use_env=False, timeout=options.wait) as context,
    ):
        await _measure(options, context, _OWN, _OWN_FLOOD, put=True)
    return 0


async def _measure(
    options: argparse.Namespace, context: Context, names: Sequence[str], changing: Sequence[str], *, put: bool
) -> None:
    tell = _Teller(options.format)
    tell(await repeat("get", names, context.get, options.time, options.at_once))
    if put:
        held = {name: _only_value(await context.get(name)) for name in names}

        async def send(name: str) -> None:
            await context.put(name, held[name])

        tell(await repeat("put", names, send, options.time, options.at_once))
    tell(await follow("monitor", context, changing, options.time, options.wait))
    tell.end()


def _only_value(present: Value) -> Value:
    """Mark what a put is to send."""
    present.unmark()
    present.mark("value.index" if "value.index" in present else "value")
    return present


class _Teller:
    """Shows each measurement when it is there, to people; all together, to programs."""

    def __init__(self, form: str) -> None:
        self._text = form == "text"
        self._all: list[Measured] = []

    def __call__(self, measured: Measured) -> None:
        if not self._text:
            self._all.append(measured)
            return
        rate = f"{measured.what:<8} {measured.count / measured.seconds:12,.0f} /s"
        if measured.latencies:
            shares = (("median", 0.5), ("90 %", 0.9), ("99 %", 0.99), ("max", 1.0))
            rate += "".join(f"   {name} {_time(measured.latency(share))}" for name, share in shares)
        elif measured.lost:
            rate += f"   and {measured.lost / measured.seconds:,.0f} /s became one with the next"
        write(f"{rate}\n")
        sys.stdout.flush()

    def end(self) -> None:
        if not self._text:
            write(json.dumps([each.as_json() for each in self._all], indent=1) + "\n")


def _time(duration: float) -> str:
    return f"{duration * 1e6:.0f} µs" if duration < 1e-3 else f"{duration * 1e3:.2f} ms"


@asynccontextmanager
async def _server(size: int) -> AsyncIterator[dict[str, str]]:
    words = (sys.executable, "-m", f"{__package__}._bench_server", str(size))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = await process.stdout.readline()
        if not line:
            raise OSError(f"The server did not start: {' '.join(words)}")
        config: dict[str, str] = json.loads(line)
        yield config
    finally:
        process.stdin.close()
        await process.wait()
