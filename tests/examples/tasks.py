"""The tasks of the pages that show one thing with two libraries, each run as a program of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_TASK = re.compile(r"^<!-- task: (\w+), (\w+) -->\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def tasks(page: Path) -> dict[tuple[str, str], str]:
    """The code blocks that are marked ``<!-- task: NAME, LIBRARY -->``."""
    found = _TASK.findall(page.read_text(encoding="utf-8"))
    return {(task, library): code for task, library, code in found}


def environment(config: Mapping[str, str]) -> dict[str, str]:
    """Return an environment with these settings of PVAccess, and no others."""
    return {name: value for name, value in os.environ.items() if not name.startswith("EPICS_PVA")} | {
        **config
    }


def begin(code: str, config: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start a program, with pipes; what it writes to stderr is seen by nobody."""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment(config),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def run(code: str, config: Mapping[str, str], *, fails: bool = False) -> Any:
    """Run a program, and give what its last line has as JSON; or its traceback if it fails."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(config),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if fails:
        assert done.returncode == 1
        return done.stderr
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
