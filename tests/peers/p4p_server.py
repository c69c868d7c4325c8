"""A p4p server process: prints its client configuration, serves until its standard input ends.

PVs: ``double``, ``int``, ``string``, ``array``, ``enum`` (writable), ``readonly``, and ``clipped``, whose
handler refuses what is above 10 and halves the rest.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy
from p4p.nt import NTEnum, NTScalar
from p4p.server import Server
from p4p.server.thread import SharedPV


def accept(pv: Any, op: Any) -> None:
    """Store what was put."""
    pv.post(op.value())
    op.done()


def clip(pv: Any, op: Any) -> None:
    """Refuse above 10, store the half."""
    if op.value() > 10:
        op.done(error="above 10")
        return
    pv.post(op.value() / 2)
    op.done()


def writable(nt: Any, initial: Any) -> Any:
    """A PV that stores what is put."""
    return SharedPV(nt=nt, initial=initial, handler=type("Accept", (), {"put": staticmethod(accept)})())


def main() -> None:
    """Serve until end of input."""
    pvs = {
        "double": writable(NTScalar("d"), 1.5),
        "int": writable(NTScalar("i"), 7),
        "string": writable(NTScalar("s"), "grün"),
        "array": writable(NTScalar("ad"), numpy.arange(5.0)),
        "enum": writable(NTEnum(), {"index": 1, "choices": ["off", "on", "fault"]}),
        "readonly": SharedPV(nt=NTScalar("d"), initial=2.5),
        "clipped": SharedPV(
            nt=NTScalar("d"), initial=1.0, handler=type("Clip", (), {"put": staticmethod(clip)})()
        ),
    }
    with Server(providers=[pvs], isolate=True) as server:
        print(json.dumps({"event": "ready", "config": server.conf()}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
