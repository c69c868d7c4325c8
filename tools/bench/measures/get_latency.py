"""One get after another: time and CPU time for each."""

from __future__ import annotations

from bench.harness import Bench, Clients, Row, medians
from bench.table import microseconds


def rows(bench: Bench, clients: Clients) -> list[Row]:
    """Latency and CPU of one get of a scalar, latency of one of an array."""
    count = bench.scaled(1_000, 300)
    replies = bench.measure(clients, f"get_one_by_one {count} bench:scalar:0", bench.scaled(15, 5))
    few = bench.scaled(200, 50)
    array = bench.measure(clients, f"get_one_by_one {few} bench:array:100000", bench.scaled(5, 3))
    return [
        Row("get, one after another", medians(replies, per=count), microseconds, "≤ 0.60"),
        Row("CPU time of the client for each", medians(replies, "cpu", per=count), microseconds, "≤ 0.75"),
        Row("get of 100,000 doubles, one after another", medians(array, per=few), microseconds),
    ]
