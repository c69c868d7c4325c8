"""Compare aiopvxs with C++ one-shot operations of pvxs, and with p4p: ``python tools/bench``.

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
from typing import TYPE_CHECKING

from .environments import P4P, p4p_python
from .harness import Options, client_commands, opened, server_command
from .measures import (
    cold_connect,
    data,
    get_latency,
    gets_in_flight,
    handlers,
    imports,
    large_arrays,
    monitors,
    nt,
    puts,
    servers,
)
from .table import markdown

if TYPE_CHECKING:
    from collections.abc import Collection

    from .harness import Row

CLIENT_MEASURES = {
    "get_latency": get_latency,
    "gets_in_flight": gets_in_flight,
    "cold_connect": cold_connect,
    "puts": puts,
}
MEASURES = (*CLIENT_MEASURES, "monitors", "large_arrays", "servers", "handlers", "imports", "data", "nt")


def versions() -> str:
    """What was measured, on how many cores."""
    installed = {each.metadata["Name"]: each.version for each in distributions()}
    packages = ("aiopvxs", "aiopvxs-core", "pvxslibs", "numpy", "uvloop")
    found = [f"{package} {installed.get(package, '(absent)')}" for package in packages]
    found.append(f"p4p {P4P if p4p_python() else '(absent)'}")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores, {platform.system()}, Python {platform.python_version()}, {', '.join(found)}"


def client_rows(options: Options, wanted: Collection[str]) -> list[Row]:
    """What the clients need, all of them at the C++ server."""
    rows: list[Row] = []
    with opened(options) as bench:
        server, ready = bench.start(server_command("C++"))
        config = ready["config"]
        clients = {name: bench.start(command, config)[0] for name, command in client_commands().items()}
        for name, module in CLIENT_MEASURES.items():
            if name in wanted:
                _progress(name)
                rows += module.rows(bench, clients)
        if "monitors" in wanted:
            _progress("monitors")
            rows += monitors.rows(bench, server, clients)
        if "large_arrays" in wanted:
            _progress("large_arrays")
            rows += large_arrays.rows(bench, config)
    return rows


def import_rows(options: Options) -> list[Row]:
    """What importing costs."""
    _progress("imports")
    with opened(options) as bench:
        return imports.rows(bench)


def server_rows(options: Options) -> list[Row]:
    """What our server costs the C++ client."""
    _progress("servers")
    with opened(options) as bench:
        return servers.rows(bench)


def handler_rows(options: Options) -> list[Row]:
    """What a server's own code costs, beside that in C++ and with p4p."""
    _progress("handlers")
    with opened(options) as bench:
        return handlers.rows(bench)


def data_rows(options: Options) -> list[Row]:
    """What handling values costs, without a network."""
    _progress("data")
    with opened(options) as bench:
        return data.rows(bench)


def nt_rows(options: Options) -> list[Row]:
    """What normative types cost, without a network."""
    _progress("nt")
    with opened(options) as bench:
        return nt.rows(bench)


def _progress(name: str) -> None:
    print(f"{name} …", file=sys.stderr, flush=True)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds: rough numbers, for a first look")
    parser.add_argument(
        "--apart",
        action="store_true",
        help="servers and clients have a core each, and no real-time priority: as users have two machines",
    )
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=MEASURES, help="some measurements")
    parser.add_argument("--json", type=Path, help="write the numbers here too")
    arguments = parser.parse_args()
    options = Options(arguments.quick, arguments.apart)
    start = time.monotonic()
    tables = []
    if not {*CLIENT_MEASURES, "monitors", "large_arrays"}.isdisjoint(arguments.only):
        tables.append(client_rows(options, arguments.only))
    if "servers" in arguments.only:
        tables.append(server_rows(options))
    if "handlers" in arguments.only:
        tables.append(handler_rows(options))
    if "imports" in arguments.only:
        tables.append(import_rows(options))
    if "data" in arguments.only:
        tables.append(data_rows(options))
    if "nt" in arguments.only:
        tables.append(nt_rows(options))
    print(versions() + "\n")
    print("\n\n".join(markdown(rows) for rows in tables if rows))
    if arguments.json:
        rows = [row for table in tables for row in table]
        numbers = [{"title": row.title, "values": row.values, "ratios": row.ratios()} for row in rows]
        arguments.json.write_text(json.dumps(numbers, indent=2) + "\n")
    print(f"took {time.monotonic() - start:.0f} s", file=sys.stderr)
    return 0
