"""Compare aiopvxs with C++ one-shot operations of pvxs: ``python tools/bench/run.py [--quick] [--json FILE]``.

All clients use the same C++ server, each in a process of its own; rounds are interleaved, medians are shown.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from harness import Row, client_commands, opened, server_command  # noqa: E402
from measures import cold_connect, get_latency, gets_in_flight, puts, servers  # noqa: E402
from table import markdown  # noqa: E402

CLIENT_MEASURES = (get_latency, gets_in_flight, cold_connect, puts)


def versions() -> str:
    """What was measured, on how many cores."""
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for package in ("aiopvxs", "aiopvxs-core", "pvxslibs", "p4p", "uvloop"):
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"no {package}")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores, {platform.system()}, Python {platform.python_version()}, {', '.join(found)}"


def measure(quick: bool) -> tuple[list[Row], list[Row]]:
    """Rows about clients, rows about servers."""
    clients_rows: list[Row] = []
    with opened(quick) as bench:
        _, ready = bench.start(server_command("C++"))
        clients = {name: bench.start(command, ready["config"])[0] for name, command in client_commands().items()}
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
        numbers = [{"title": row.title, "values": row.values, "ratios": row.ratios()} for rows in tables for row in rows]
        arguments.json.write_text(json.dumps(numbers, indent=2) + "\n")
    print(f"took {time.monotonic() - start:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
