"""What a server's own code costs: posting, handlers in Python, opening many PVs."""

from __future__ import annotations

from bench.harness import (
    REFERENCE,
    SCALARS,
    Bench,
    Clients,
    Row,
    client_commands,
    cpp,
    installed,
    medians,
    p4p_worker,
    rates,
    worker,
)
from bench.table import megabytes, microseconds, milliseconds, per_second

PVS = 100
LENGTH = 1_000_000


def _commands() -> dict[str, list[str]]:
    commands = {"C++ server": [cpp("bench_handlers")], "aiopvxs server": worker("aiopvxs_handlers")}
    if p4p := p4p_worker("p4p_handlers"):
        commands["p4p server"] = p4p
    return commands


def rows(bench: Bench) -> list[Row]:
    """The servers in turns; nothing where aiopvxs is not installed."""
    if not installed("aiopvxs"):
        return []
    client = client_commands()[REFERENCE]
    servers, clients = {}, {}
    for column, command in _commands().items():
        servers[column], ready = bench.start(command)
        clients[column], _ = bench.start(client, ready["config"])
    return [*_posts(bench, servers, clients), *_operations(bench, clients), *_openings(bench)]


def _posts(bench: Bench, servers: Clients, clients: Clients) -> list[Row]:
    count, rounds = bench.scaled(20_000, 5_000), bench.scaled(15, 3)
    alone = bench.measure(servers, f"post {count} bench:alone", rounds)
    bench.measure(clients, "watch 1 bench:watched", 1, warm_up=False)
    watched = bench.measure(servers, f"post {count} bench:watched", rounds)
    arrays = bench.scaled(50, 20)
    array = bench.measure(servers, f"post_array {arrays} {LENGTH}", rounds)
    return [
        Row("post, nobody has subscribed", rates(alone, count), per_second, "≥ 0.50"),
        Row("post, one has subscribed", rates(watched, count), per_second, "≥ 0.90"),
        Row("post of 1M doubles", rates(array, arrays), per_second, "≥ 0.90"),
    ]


def _operations(bench: Bench, clients: Clients) -> list[Row]:
    count, rounds = bench.scaled(1_000, 300), bench.scaled(11, 3)
    many = bench.scaled(10_000, 2_000)
    result = []
    for kind, title in (("put", "put to"), ("rpc", "RPC of")):
        steady = bench.measure(clients, f"{kind}_in_flight {many} {PVS}", bench.scaled(11, 3))
        burst = bench.measure(clients, f"{kind}_at_once 1000 {PVS}", bench.scaled(21, 5))
        one = bench.measure(clients, f"{kind}_one_by_one {count} bench:scalar:0", rounds)
        result += [
            Row(
                f"{title} a handler, 1,000 in flight over 100 PVs", rates(steady, many), per_second, "≥ 0.90"
            ),
            Row(f"{title} a handler, 1,000 begun together over 100 PVs", rates(burst, 1_000), per_second),
            Row(f"{title} a handler, one after another", medians(one, per=count), microseconds, "≤ 1.40"),
        ]
    return result


def _openings(bench: Bench) -> list[Row]:
    """In processes of their own, each measured once: what was freed before would not be asked for."""
    replies = {column: [] for column in _commands()}  # type: ignore[var-annotated]
    for _ in range(bench.scaled(5, 1)):
        for column, command in _commands().items():
            process, _ready = bench.start(command)
            measured = bench.measure({column: process}, f"open {SCALARS} -", 1, warm_up=False)
            replies[column] += measured[column]
            process.close()
    return [
        Row("open 10,000 PVs", medians(replies), milliseconds, "≤ 3.0"),
        Row("memory for them", medians(replies, "memory"), megabytes, "≤ 4.0"),
    ]
