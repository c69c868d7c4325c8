"""A new Context connects to many PVs and reads each once."""

from __future__ import annotations

from collections.abc import Mapping

from harness import SCALARS, Bench, Row, medians
from peers.line_process import LineProcess
from table import milliseconds


def rows(bench: Bench, clients: Mapping[str, LineProcess]) -> list[Row]:
    """Time from an absent Context to 10,000 values."""
    replies = bench.measure(clients, f"get_cold {SCALARS} -", bench.rounds(7), warm_up=False)
    return [Row("connect to and get 10,000 PVs", medians(replies), milliseconds, "≤ 0.80")]
