"""Our server beside the C++ one, seen by the C++ client."""

from __future__ import annotations

from bench.harness import REFERENCE, Bench, Row, client_commands, installed, medians, rates, server_command
from bench.table import microseconds, per_second

PVS = 100


def rows(bench: Bench) -> list[Row]:
    """Get and put through either server; nothing where aiopvxs is not installed."""
    if not installed("aiopvxs"):
        return []
    client = client_commands()[REFERENCE]
    clients = {}
    for column, kind in (("C++ server", "C++"), ("aiopvxs server", "aiopvxs")):
        _, ready = bench.start(server_command(kind))
        clients[column], _ = bench.start(client, ready["config"])
    count = bench.scaled(1_000, 300)
    gets = bench.measure(clients, f"get_one_by_one {count} bench:scalar:0", bench.scaled(11, 3))
    puts = bench.measure(clients, f"put_one_by_one {count} bench:scalar:0", bench.scaled(11, 3))
    many = bench.scaled(10_000, 3_000)
    steady = bench.measure(clients, f"get_in_flight {many} {PVS}", bench.scaled(7, 3))
    return [
        Row("get, one after another", medians(gets, per=count), microseconds),
        Row("put, one after another", medians(puts, per=count), microseconds),
        Row("get, 1,000 in flight over 100 PVs", rates(steady, many), per_second),
    ]
