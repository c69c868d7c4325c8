"""Lines as text for a terminal, and as a picture for a file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ._extra import needs
from ._series import Series

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PICTURES", "as_picture", "as_text", "check_picture", "check_suffix", "check_text"]

PICTURES = (".png", ".svg", ".pdf")
_COLORS = ("bright_cyan", "bright_yellow", "bright_green", "bright_magenta", "bright_red", "bright_blue")
_AXIS = 22  # columns of the vertical axis, of plotille, and of the end of the other
_FRAME = 5  # lines of the horizontal axis and above; one is left for what is said at the end


def check_text() -> None:
    """See that lines can be drawn as text.

    Raises:
        ValueError: what draws them is not installed.
    """
    with needs("Drawing in the terminal", "plotille"):
        import plotille  # noqa: F401


def check_picture() -> None:
    """See that lines can be drawn to a file.

    Raises:
        ValueError: what draws them is not installed.
    """
    import logging

    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # of fonts and folders nobody wants to know
    with needs("Drawing to a file", "matplotlib"):
        import matplotlib.figure  # noqa: F401


def as_text(series: Sequence[Series], columns: int, rows: int, *, colors: bool) -> str:
    """Draw for a terminal of that size."""
    check_text()
    import plotille

    figure = plotille.Figure()
    figure.width = max(columns - _AXIS, 10)
    figure.height = max(rows - _FRAME - len(series), 4)
    figure.color_mode = "names"
    figure.with_colors = colors
    figure.origin = False
    figure.x_label, figure.y_label = _x_label(series), "y"
    figure.x_ticks_fkt = figure.y_ticks_fkt = _tick
    lines = []
    for index, each in enumerate(series):
        color = _COLORS[index % len(_COLORS)]
        x, y = _thinned(*each.drawn(), 2 * figure.width)
        if len(x):
            figure.plot(x.tolist(), y.tolist(), lc=color if colors else None)
        last = f" {y[-1]:g}" if len(y) and each.wave is None else ""
        title = f"⠒⠒ {each.label}{last}"
        lines.append(plotille.color(title, fg=color, mode="names") if colors else title)
    return "\n".join([*lines, figure.show().replace("(y)", "   ", 1)])


def as_picture(series: Sequence[Series], suffix: str) -> bytes:
    """Draw for a file with this suffix, one of PICTURES."""
    check_picture()
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 5), layout="constrained")
    axes = figure.subplots()
    for each in series:
        axes.plot(*each.drawn(), label=each.label, marker="." if each.count < 50 else "")
    axes.set_xlabel(_x_label(series))
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    file = io.BytesIO()
    figure.savefig(file, format=suffix.removeprefix("."), dpi=120)
    return file.getvalue()


def check_suffix(path: Path) -> None:
    """See that a picture can be written to a file of this name.

    Raises:
        ValueError: it has none of the suffixes.
    """
    if path.suffix not in PICTURES:
        raise ValueError(f"{path} has to end with {', '.join(PICTURES)}")


def _x_label(series: Sequence[Series]) -> str:
    return "s" if all(each.wave is None for each in series) else "element"


def _tick(low: float, high: float) -> str:
    number = low if high - low else (low + high) / 2
    return f"{number:.5g}".rjust(10)


def _thinned(
    x: NDArray[np.float64], y: NDArray[np.float64], most: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Leave of many points the least and the greatest of each stretch: no peak is lost."""
    import numpy as np

    if len(y) <= 2 * most:
        return x, y
    kept: set[int] = set()
    for part in np.array_split(np.arange(len(y)), most):
        kept |= {int(part[y[part].argmin()]), int(part[y[part].argmax()])}
    order = np.array(sorted(kept))
    return x[order], y[order]
