"""Timeouts that users give."""

from __future__ import annotations

import math

__all__ = ["check_timeout"]


def check_timeout(timeout: float | None) -> float | None:
    """Return the seconds of a timeout; None, or infinity, is for ever.

    Raises:
        ValueError: it is no number.
    """
    if timeout is None:
        return None
    try:
        if math.isnan(timeout):
            raise ValueError
        seconds = float(timeout)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"timeout is {timeout!r}: it has to be a number of seconds, or None") from None
    return None if seconds == math.inf else seconds
