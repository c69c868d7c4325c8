"""What a line of the core can do and another cannot, by name."""

from __future__ import annotations

from ._core import LINE

__all__ = ["ALL_FEATURES", "features"]

# Each feature and the first line that has it. A name is here only if users of the binding see the difference,
# and tests/unit/core/test_version.py shows it on both lines. The binding evens out most of what the lines do
# differently (a union's member by a path without "->", for one).
_FIRST_LINE: dict[str, int] = {
    # a server goes on sending when a client has room again: MonitorStat::nQueue, which pvxs 1.4 does not tell
    "flow_control": 15,
    "nesting_limit": 15,  # a message whose Anys nest without end is refused, not followed: pvxs 1.5.0
    "squash_counts": 15,  # a server counts the updates that it squashes: MonitorStat::nSquash, pvxs 1.5.2
}

ALL_FEATURES: frozenset[str] = frozenset(_FIRST_LINE)
"""The names of all features that some line has and another lacks."""

features: frozenset[str] = frozenset(name for name, first in _FIRST_LINE.items() if first <= LINE)
"""The names of the features that the installed line has."""
