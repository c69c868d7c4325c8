"""Compare aiopvxs with C++ one-shot operations of pvxs: ``python tools/bench [--quick] [--json FILE]``.

All clients use the same C++ server, each in a process of its own; rounds are interleaved, medians are shown.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from importlib.metadata import distributions
from pathlib import Path

from .harness import Row, client_commands, opened, server_command
from .measures import cold_connect, get_latency, gets_in_flight, puts, servers
from .table import markdown

CLIENT_MEASURES = (get_latency, gets_in_flight, cold_connect, puts)


def versions() -> str:
    """What was measured, on how many cores."""
    installed = {each.metadata["Name"]: each.version for each in distributions()}
    packages = ("aiopvxs", "aiopvxs-core", "pvxslibs", "p4p", "uvloop")
    found = [f"{package} {installed.get(package, '(absent)')}" for package in packages]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores, {platform.system()}, Python {platform.python_version()}, {', '.join(found)}"


def measure(quick: bool) -> tuple[list[Row], list[Row]]:
    """Rows about clients, rows about servers."""
    clients_rows: list[Row] = []
    with opened(quick) as bench:
        _, ready = bench.start(server_command("C++"))
        clients = {
            name: bench.start(command, ready["config"])[0] for name, command in client_commands().items()
        }
        for module in CLIENT_MEASURES:
            print(f"{module.__name__} …", file=sys.stderr, flush=True)
            clients_rows += module.rows(bench, clients)
    with opened(quick) as bench:
        print(f"{servers.__name__} …", file=sys.stderr, flush=True)
        return clients_rows, servers.rows(bench)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds, about 20 s instead of 2 minutes")
    parser.add_argument("--json", type=Path, help="write the numbers here too")
    arguments = parser.parse_args()
    start = time.monotonic()
    tables = measure(arguments.quick)
    print(versions() + "\n")
    print("\n\n".join(markdown(rows) for rows in tables if rows))
    if arguments.json:
        numbers = [
            {"title": row.title, "values": row.values, "ratios": row.ratios()}
            for rows in tables
            for row in rows
        ]
        arguments.json.write_text(json.dumps(numbers, indent=2) + "\n")
    print(f"took {time.monotonic() - start:.0f} s", file=sys.stderr)
    return 0
