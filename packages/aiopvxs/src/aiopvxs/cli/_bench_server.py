"""The server that ``aiopvxs bench`` measures, a process of its own, ended with its standard input."""

from __future__ import annotations

import asyncio
import json
import signal
import sys

import numpy as np

from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_nt import NTScalar

from .._logging import set_log_level
from ..server import Config, Server, SharedPV

__all__ = ["FLOOD", "VALUE"]

VALUE, FLOOD = "bench:value", "bench:flood"
_AT_ONCE = 20  # posts between two looks at what else there is to do


def _content(size: int, number: int) -> object:
    return float(number) if size == 1 else np.full(size, float(number))


async def _serve(size: int) -> None:
    # the one client leaves amid updates, which PVXS logs as an error: "Connection reset by peer"
    set_log_level("pvxs.tcp.io", "CRIT")
    kind = NTScalar(T.Float64 if size == 1 else T.Float64A)
    value, flood = (SharedPV(kind, _content(size, 0)) for _ in range(2))
    wanted = asyncio.Event()
    flood.on_first_connect(lambda _pv: wanted.set())
    flood.on_last_disconnect(lambda _pv: wanted.clear())
    async with Server({VALUE: value, FLOOD: flood}, Config.isolated()) as server:
        print(json.dumps(dict(server.client_config())), flush=True)
        posting = asyncio.ensure_future(_flood(flood, wanted, size))
        await asyncio.to_thread(sys.stdin.read)
        posting.cancel()


async def _flood(pv: SharedPV, wanted: asyncio.Event, size: int) -> None:
    number = 0
    while True:
        await wanted.wait()
        for _ in range(_AT_ONCE):
            number += 1
            pv.post(_content(size, number))
        await asyncio.sleep(0)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal it comes to both; the client ends this
    asyncio.run(_serve(int(sys.argv[1])))
