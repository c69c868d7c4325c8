"""What a line of the core can do and another cannot, by name."""

from __future__ import annotations

from ._core import LINE

__all__ = ["ALL_FEATURES", "features"]

# Each feature and the first line that has it. A name is here only if users of the binding see the difference,
# and tests/unit/core/test_version.py shows it on both lines. So far the binding evens out what the lines do
# differently (a union's member by a path without "->", for one), and there is none.
_FIRST_LINE: dict[str, int] = {}

ALL_FEATURES: frozenset[str] = frozenset(_FIRST_LINE)
"""The names of all features that some line has and another lacks."""

features: frozenset[str] = frozenset(name for name, first in _FIRST_LINE.items() if first <= LINE)
"""The names of the features that the installed line has."""
