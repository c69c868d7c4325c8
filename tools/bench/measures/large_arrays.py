"""Large arrays: how fast they are read, and the memory that takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.harness import Row, client_commands, medians, rates
from bench.table import megabytes, per_second

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.harness import Bench

LENGTHS = (1_000_000, 8_000_000)


def rows(bench: Bench, config: Mapping[str, str]) -> list[Row]:
    """Gets of 8 and 64 MB one after another. Processes of their own: their peak is of these gets alone."""
    clients = {name: bench.start(command, config)[0] for name, command in client_commands().items()}
    result = []
    for length in LENGTHS:
        count = bench.scaled(40, 10) * LENGTHS[0] // length
        replies = bench.measure(clients, f"get_one_by_one {count} bench:array:{length}", bench.scaled(9, 3))
        title = f"{length // 1_000_000:,}M doubles"
        result.append(Row(f"get of {title}, one after another", rates(replies, count), per_second, "≥ 0.95"))
        result.append(Row(f"peak memory after it, {title}", medians(replies, "peak"), megabytes, "+ 60 MB"))
    for client in clients.values():
        client.close()
    return result
