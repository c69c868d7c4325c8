"""Pairs of limits, by the convention of the IOC."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["Limits", "limits_of"]

Limits = tuple[float, float]


def limits_of(value: Value, low: str, high: str) -> Limits | None:
    """Return (low, high), or None where they are not set.

    Not set are limits of which the low one is not below the high one (0 and 0, for most records), and those
    that are both NaN. A limit that alone is NaN bounds nothing: it is infinite.
    """
    lo, hi = value.as_py(low, default=None), value.as_py(high, default=None)
    lo = -math.inf if not isinstance(lo, (int, float)) or math.isnan(lo) else lo
    hi = math.inf if not isinstance(hi, (int, float)) or math.isnan(hi) else hi
    if lo >= hi or (lo == -math.inf and hi == math.inf):
        return None
    return (lo, hi)
