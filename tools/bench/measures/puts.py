"""Puts, one after another and at once."""

from __future__ import annotations

from bench.harness import Bench, Clients, Row, medians, rates
from bench.table import microseconds, per_second

PVS = 100


def rows(bench: Bench, clients: Clients) -> list[Row]:
    """Latency of one put, rate of 1,000 that begin together."""
    count = bench.scaled(1_000, 300)
    sequential = bench.measure(clients, f"put_one_by_one {count} bench:scalar:0", bench.scaled(11, 3))
    at_once = bench.measure(clients, f"put_at_once 1000 {PVS}", bench.scaled(21, 5))
    return [
        Row("put, one after another", medians(sequential, per=count), microseconds, "≤ 0.70"),
        Row("put, 1,000 begun together over 100 PVs", rates(at_once, 1_000), per_second, "≥ 1.5"),
    ]
