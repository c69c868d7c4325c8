"""A new Context connects to many PVs and reads each once."""

from __future__ import annotations

from bench.harness import SCALARS, Bench, Clients, Row, medians
from bench.table import milliseconds


def rows(bench: Bench, clients: Clients) -> list[Row]:
    """Time from an absent Context to 10,000 values, and to its end."""
    replies = bench.measure(clients, f"get_cold {SCALARS} -", bench.scaled(9, 1), warm_up=False)
    return [Row("connect to and get 10,000 PVs", medians(replies), milliseconds, "≤ 0.70")]
