"""Many gets under way on few PVs."""

from __future__ import annotations

from bench.harness import Bench, Clients, Row, medians, rates
from bench.table import microseconds, per_second

PVS = 100


def rows(bench: Bench, clients: Clients) -> list[Row]:
    """Rate of gets with 1,000 in flight all the time, and of 1,000 that begin together."""
    count = bench.scaled(10_000, 3_000)
    steady = bench.measure(clients, f"get_in_flight {count} {PVS}", bench.scaled(9, 3))
    wide = bench.measure(clients, "get_at_once 10000 1000", bench.scaled(7, 3))
    burst = bench.measure(clients, f"get_at_once 1000 {PVS}", bench.scaled(31, 9))
    return [
        Row("get, 1,000 in flight over 100 PVs", rates(steady, count), per_second),
        Row("CPU time of the client for each", medians(steady, "cpu", per=count), microseconds),
        Row("get, 10,000 begun together over 1,000 PVs", rates(wide, 10_000), per_second, "≥ 2.5"),
        Row("get, 1,000 begun together over 100 PVs", rates(burst, 1_000), per_second),
    ]
