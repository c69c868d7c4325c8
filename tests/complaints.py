"""What a process says on standard error that is more than asyncio's debug mode on a busy machine."""

from __future__ import annotations

import re

_SLOW = re.compile(r"Executing <.*> took \d+\.\d+ seconds\n", re.DOTALL)


def complaints(stderr: str) -> str:
    """Leave out that a callback of the event loop was slow."""
    return _SLOW.sub("", stderr)
