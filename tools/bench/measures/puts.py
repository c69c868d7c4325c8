"""Puts, one after another and at once."""

from __future__ import annotations

from bench.harness import Bench, Clients, Row, medians, rates
from bench.table import microseconds, per_second

COUNT, PVS = 1_000, 100


def rows(bench: Bench, clients: Clients) -> list[Row]:
    """Latency of one put, rate of 1,000 in flight over 100 PVs."""
    sequential = bench.measure(clients, f"put_one_by_one {COUNT} bench:scalar:0", bench.rounds(11))
    at_once = bench.measure(clients, f"put_at_once {COUNT} {PVS}", bench.rounds(21, 5))
    return [
        Row("put, one after another", medians(sequential, per=COUNT), microseconds),
        Row("1,000 puts in flight over 100 PVs", rates(at_once, COUNT), per_second),
    ]
