"""Our server beside the C++ one, seen by the C++ client."""

from __future__ import annotations

from bench.harness import REFERENCE, Bench, Row, client_commands, installed, medians, rates, server_command
from bench.table import microseconds, per_second

COUNT, PVS = 1_000, 100


def rows(bench: Bench) -> list[Row]:
    """Get and put through either server; nothing where aiopvxs is not installed."""
    if not installed("aiopvxs"):
        return []
    client = client_commands()[REFERENCE]
    clients = {}
    for column, kind in (("C++ server", "C++"), ("aiopvxs server", "aiopvxs")):
        _, ready = bench.start(server_command(kind))
        clients[column], _ = bench.start(client, ready["config"])
    gets = bench.measure(clients, f"get_one_by_one {COUNT} bench:scalar:0", bench.rounds(7))
    puts = bench.measure(clients, f"put_one_by_one {COUNT} bench:scalar:0", bench.rounds(7))
    at_once = bench.measure(clients, f"get_at_once {COUNT} {PVS}", bench.rounds(15, 5))
    return [
        Row("get, one after another", medians(gets, per=COUNT), microseconds),
        Row("put, one after another", medians(puts, per=COUNT), microseconds),
        Row("1,000 gets in flight over 100 PVs", rates(at_once, COUNT), per_second),
    ]
