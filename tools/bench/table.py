"""Results as a markdown table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .harness import Row


def microseconds(seconds: float) -> str:
    """For one operation."""
    return f"{seconds * 1e6:.0f} µs"


def brief(seconds: float) -> str:
    """For one operation that may be very short, or not."""
    return f"{seconds * 1e6:.3g} µs" if seconds < 1e-3 else f"{seconds * 1e3:.3g} ms"


def milliseconds(seconds: float) -> str:
    """For many."""
    return f"{seconds * 1e3:.0f} ms"


def per_second(rate: float) -> str:
    """For rates."""
    return f"{rate:,.0f} /s"


def percent(share: float) -> str:
    """For CPU time per time."""
    return f"{share * 100:.1f} %"


def megabytes(count: float) -> str:
    """For memory."""
    return f"{count / 1e6:.0f} MB"


def markdown(rows: Sequence[Row]) -> str:
    """One table of rows with the same columns; ratios to the first column in parentheses."""
    columns = list(dict.fromkeys(name for row in rows for name in row.values))
    with_targets = any(row.target for row in rows)
    head = ["", *columns, *(["target"] if with_targets else [])]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        ratios = row.ratios()
        cells = [
            f"{row.form(row.values[name])} ({ratios[name]:.2f})" if name in row.values else ""
            for name in columns
        ]
        lines.append("| " + " | ".join([row.title, *cells, *([row.target] if with_targets else [])]) + " |")
    return "\n".join(lines)
