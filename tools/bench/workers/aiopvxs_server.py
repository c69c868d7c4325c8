"""The server that is measured: ``SCALARS LENGTH…`` as arguments, the same PVs as ``bench_server.cpp``."""

from __future__ import annotations

import json
import sys

import numpy

from aiopvxs.data import TypeCodeEnum
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Server, SharedPV


def main() -> None:
    """Serve until end of input."""
    count, *lengths = (int(word) for word in sys.argv[1:])
    pvs = {}
    for number in range(count):
        pvs[f"bench:scalar:{number}"] = SharedPV(nt=NTScalar(TypeCodeEnum.Float64), initial=float(number))
    for length in lengths:
        pvs[f"bench:array:{length}"] = SharedPV(
            nt=NTScalar(TypeCodeEnum.Float64A), initial=numpy.full(length, 1.5)
        )
    with Server(pvs, Config.isolated()) as server:
        print(json.dumps({"event": "ready", "config": dict(server.client_config())}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
