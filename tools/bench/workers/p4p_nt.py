"""Normative types of p4p."""

from __future__ import annotations

import asyncio

from p4p import Value
from p4p.nt import NTNDArray, NTScalar

from . import data_types, nt_types
from .protocol import obey
from .statements import Statements

# NAME: (what is timed, what it comes to)
STATEMENTS = {
    "unwrap": ("x = scalar(full)", "float(x)"),
    "unwrap_parts": (
        "x = scalar(full); y = float(x), x.severity, x.raw_stamp[0] * 1_000_000_000 + x.raw_stamp[1]",
        "y",
    ),
    "image": ("x = ndarray(image)", "x.shape, int(x.sum())"),
}


def names() -> dict[str, object]:
    """What the statements refer to."""
    full = NTScalar.buildType("d", display=True, control=True, valueAlarm=True)
    return {
        "scalar": NTScalar("d").unwrap,
        "ndarray": NTNDArray().unwrap,
        "full": Value(full, data_types.content(data_types.NT_SCALAR)),
        "image": NTNDArray().wrap(nt_types.pixels()),
    }


if __name__ == "__main__":
    obey(asyncio.new_event_loop(), lambda: Statements(names(), STATEMENTS))
