"""One get after another: time and CPU time for each."""

from __future__ import annotations

from bench.harness import Bench, Clients, Row, medians
from bench.table import microseconds

COUNT = 1_000


def rows(bench: Bench, clients: Clients) -> list[Row]:
    """Latency and CPU of one get of a scalar, latency of one of an array."""
    replies = bench.measure(clients, f"get_one_by_one {COUNT} bench:scalar:0", bench.rounds(11))
    array = bench.measure(clients, f"get_one_by_one {COUNT // 5} bench:array:100000", bench.rounds(5))
    return [
        Row("get, one after another", medians(replies, per=COUNT), microseconds, "≤ 0.65"),
        Row("CPU time of the client for each", medians(replies, "cpu", per=COUNT), microseconds, "≤ 0.85"),
        Row("get of 100,000 doubles", medians(array, per=COUNT // 5), microseconds),
    ]
