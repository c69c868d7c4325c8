"""The points of a PV that ``aiopvxs plot`` draws."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

from aiopvxs_core.data import Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Series"]

_NANOSECONDS = 1_000_000_000


class Series:
    """Of a scalar the latest points over time, of a waveform its elements."""

    def __init__(self, name: str, most: int) -> None:
        self.name = name
        self.units = ""
        self.count = 0
        self.wave: NDArray[np.float64] | None = None
        self._points: deque[tuple[int, float]] = deque(maxlen=most)

    def add(self, value: Value) -> None:
        """Take an update.

        Raises:
            ValueError: it is not of numbers.
        """
        import numpy as np

        path = "value.index" if "value.index" in value else "value"
        content: Any = value.as_py(path, arrays="numpy", default=None)
        self.units = value.as_string("display.units", default="")
        if isinstance(content, np.ndarray) and content.ndim == 1 and content.dtype.kind in "biuf":
            self.wave = content.astype(np.float64)
        elif isinstance(content, (bool, int, float)):
            self._points.append((_nanoseconds(value), float(content)))
        else:
            raise ValueError(f"{self.name} is neither a number nor an array of numbers, and cannot be drawn")
        self.count += 1

    def drawn(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return x, in seconds before the last point or in elements, and y; what is finite of it."""
        import numpy as np

        if self.wave is not None:
            x, y = np.arange(len(self.wave), dtype=np.float64), self.wave
        else:
            # in integers first: a float has no nanoseconds of today
            last = self._points[-1][0] if self._points else 0
            x = np.array([(when - last) / _NANOSECONDS for when, _ in self._points])
            y = np.array([number for _, number in self._points])
        finite = np.isfinite(y)
        return x[finite], y[finite]

    @property
    def label(self) -> str:
        """The name, and the units."""
        return f"{self.name} ({self.units})" if self.units else self.name


def _nanoseconds(value: Value) -> int:
    seconds = value.as_int("timeStamp.secondsPastEpoch", default=0)
    if not seconds:
        return time.time_ns()
    return seconds * _NANOSECONDS + value.as_int("timeStamp.nanoseconds", default=0)
