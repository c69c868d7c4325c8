"""Many gets at once on few PVs."""

from __future__ import annotations

from bench.harness import Bench, Clients, Row, medians, rates
from bench.table import microseconds, per_second

COUNT, PVS = 1_000, 100


def rows(bench: Bench, clients: Clients) -> list[Row]:
    """Rate and CPU of 1,000 gets in flight over 100 PVs."""
    replies = bench.measure(clients, f"get_at_once {COUNT} {PVS}", bench.rounds(31, 9))
    return [
        Row("1,000 gets in flight over 100 PVs", rates(replies, COUNT), per_second, "≥ 2.5"),
        Row("CPU time of the client for each", medians(replies, "cpu", per=COUNT), microseconds),
    ]
