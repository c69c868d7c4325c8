"""What a process says on standard error that no busy machine and no peer that leaves explains."""

from __future__ import annotations

import re

_SLOW = re.compile(r"Executing <.*> took \d+\.\d+ seconds\n", re.DOTALL)
# whoever leaves with something unread, or while it is sent to, breaks the connection: the other side logs it
_BROKEN = re.compile(r"\S+ ERR pvxs\.tcp\.io connection to .*: (Connection reset by peer|Broken pipe)\n")


def complaints(stderr: str) -> str:
    """Leave out that a callback of the event loop was slow, and that a peer broke its connection."""
    return _BROKEN.sub("", _SLOW.sub("", stderr))
