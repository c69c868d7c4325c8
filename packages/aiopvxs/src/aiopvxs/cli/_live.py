"""The table of ``aiopvxs monitor --live``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiopvxs_core.data import Value

from ..client import ConnectionState, Finished
from ._format import Formatter, alarm_of, time_of
from ._screen import Screen, printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = ["LiveTable"]

_COLORS = ("", "yellow", "red", "magenta")  # of no alarm, MINOR, MAJOR and INVALID
_BARS = "▁▂▃▄▅▆▇█"
_LENGTH = 16  # of a waveform, in characters


@dataclass
class _Row:
    state: str = "is searched for"
    value: Value | None = None
    count: int = 0


class LiveTable(Screen):
    """Shows of each PV the latest update.

    Args:
        names: of the PVs.
        request: the pvRequest that the updates answer.
    """

    def __init__(self, names: Sequence[str], request: str | None = None) -> None:
        super().__init__(self._table, what="A live table")
        self._plain = Formatter("nt", request=request).plain
        self._rows = {name: _Row() for name in names}
        self.changed()

    def update(self, name: str, value: Value) -> None:
        """Take an update."""
        row = self._rows[name]
        row.value = value
        row.count += 1
        self.changed()

    def event(self, name: str, event: ConnectionState | Finished) -> None:
        """Take what became of the connection."""
        if isinstance(event, Finished):
            state = "has finished"
        else:
            state = "" if event.connected else "is disconnected"
        self._rows[name].state = state
        self.changed()

    def _table(self, _console: Console) -> RenderableType:
        from rich.table import Table
        from rich.text import Text

        table = Table(expand=True)
        table.add_column("PV", no_wrap=True, max_width=40)
        table.add_column("time", no_wrap=True, width=12)
        table.add_column("value", no_wrap=True, ratio=3)
        table.add_column("alarm", no_wrap=True, ratio=2)
        table.add_column("updates", justify="right", no_wrap=True)
        for name, row in self._rows.items():
            cells = [name, "", row.state, ""]
            style = "dim" if row.state else ""
            if row.value is not None:
                severity = row.value.as_int("alarm.severity", default=0)
                style = style or _COLORS[min(max(severity, 0), len(_COLORS) - 1)]
                # after the date: what people look at changes more often
                moment = (time_of(row.value) or "").partition("T")[2][:12]
                cells = [name, moment, self._shown(row.value), row.state or alarm_of(row.value)]
            table.add_row(*(Text(printable(cell), style=style) for cell in cells), str(row.count))
        return table

    def _shown(self, value: Value) -> str:
        content: Any = self._plain(value)
        units = value.as_string("display.units", default="")
        if (
            isinstance(content, list)
            and content
            and all(isinstance(each, (bool, int, float)) for each in content)
        ):
            text = f"{_sparkline(content)} {len(content)}"
        elif isinstance(content, float):
            text = f"{content:.10g}"
        else:
            text = str(content)
        return f"{text} {units}".rstrip()


def _sparkline(numbers: Sequence[float]) -> str:
    import numpy as np

    array = np.asarray(numbers, dtype=np.float64)
    parts = np.array_split(array, min(_LENGTH, len(array)))
    finite = array[np.isfinite(array)]
    if not finite.size:
        return "?" * len(parts)
    low, high = float(finite.min()), float(finite.max())
    scale = (len(_BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(_bar(part[np.isfinite(part)], low, scale) for part in parts)


def _bar(part: Any, low: float, scale: float) -> str:
    return _BARS[round((float(part.mean()) - low) * scale)] if part.size else "?"
