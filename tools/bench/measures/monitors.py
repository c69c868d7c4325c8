"""Updates of monitored PVs: how many a client can take, and what they cost it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.harness import Bench, Clients, Replies, Row, ask, medians, rates
from bench.table import per_second, percent

if TYPE_CHECKING:
    from peers.line_process import LineProcess


def rows(bench: Bench, server: LineProcess, clients: Clients) -> list[Row]:
    """The rate of a flood, the CPU time of steady rates."""
    flood = bench.scaled(200_000, 50_000)
    floods = _while_posting(bench, server, clients, "flood", f"monitor {flood} many", bench.scaled(7, 3))
    many = bench.scaled(20_000, 10_000)
    steady = _while_posting(bench, server, clients, "many", f"monitor {many} many", bench.scaled(11, 1))
    one = bench.scaled(4_000, 2_000)
    single = _while_posting(bench, server, clients, "one", f"monitor {one} one", bench.scaled(11, 1))
    return [
        Row("monitors of 100 PVs, flooded", rates(floods, flood), per_second, "≥ 0.80"),
        Row("CPU of 100 monitors, 10,000 updates/s in all", _load(steady), percent, "≤ 2.6"),
        Row("CPU of one monitor, 2,000 updates/s", _load(single), percent, "≤ 3.0"),
    ]


def _while_posting(
    bench: Bench, server: LineProcess, clients: Clients, rate: str, command: str, rounds: int
) -> Replies:
    ask(server, f"post {rate}")
    replies = bench.measure(clients, command, rounds)
    ask(server, "post rest")
    return replies


def _load(replies: Replies) -> dict[str, float]:
    """CPU time per second of time."""
    loads = {
        name: [{"load": each["cpu"] / each["seconds"]} for each in all_] for name, all_ in replies.items()
    }
    return medians(loads, "load")
