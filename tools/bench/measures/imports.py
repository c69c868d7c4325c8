"""What importing costs a program that does nothing else."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

from bench.environments import p4p_python
from bench.harness import Row, medians
from bench.table import milliseconds

if TYPE_CHECKING:
    from bench.harness import Bench, Replies


def rows(bench: Bench) -> list[Row]:
    """The time of a whole process, beside one that imports nothing."""
    commands = {
        "bare interpreter": [sys.executable, "-c", "pass"],
        "import aiopvxs": [sys.executable, "-c", "import aiopvxs"],
        "import aiopvxs.client": [sys.executable, "-c", "import aiopvxs.client"],
    }
    if p4p := p4p_python():
        commands["p4p: bare interpreter"] = [str(p4p), "-c", "pass"]
        commands["p4p: import p4p.client.asyncio"] = [str(p4p), "-c", "import p4p.client.asyncio"]
    replies: Replies = {name: [] for name in commands}
    for _ in range(bench.scaled(21, 5)):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, check=True)
            replies[name].append({"event": "done", "seconds": time.perf_counter() - start})
    return [Row("a process that does nothing more", medians(replies), milliseconds)]
