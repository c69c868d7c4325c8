"""What differs from one update of a PV to the next."""

from __future__ import annotations

from aiopvxs_core.data import Value

__all__ = ["Changes"]


class Changes:
    """Leaves marked in each update of one PV what differs from the update before."""

    def __init__(self) -> None:
        self._before: Value | None = None

    @property
    def first(self) -> bool:
        """Whether there was no update yet."""
        return self._before is None

    def mark(self, value: Value) -> bool:
        """Unmark what is as it was, and return whether something is not; the first update is all new.

        Servers mark what was written, though it may hold what it held before.
        """
        before, self._before = self._before, value
        if before is None:
            return True
        marked = value.changed()
        same = [path for path in marked if value[path] == before[path]]
        for path in same:
            value.unmark(path)
        return len(same) < len(marked)
