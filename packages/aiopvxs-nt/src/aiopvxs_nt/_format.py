"""Numbers as their display structure wants them shown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .form import Form

if TYPE_CHECKING:
    from .display import Display

__all__ = ["format_number", "format_with_display"]


def format_with_display(value: object, display: Display | None) -> str:
    """Return a value with its units, and a number with its precision and form.

    A precision of 0, which most records have for nobody set it, shows all digits.
    """
    if display is None:
        return str(value)
    text = format_number(value, display.precision, display.form) if _is_number(value) else str(value)  # type: ignore[arg-type]
    return f"{text} {display.units}" if display.units else text


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def format_number(value: float, precision: int | None, form: Form | None) -> str:
    """Return a number with so many decimals, in this form."""
    if isinstance(value, int):
        if form == Form.HEX:
            return f"{value:#x}"
        if form == Form.BINARY:
            return f"{value:#b}"
        return str(value)
    if not math.isfinite(value):
        return str(value)
    decimals = precision if precision is not None and 0 < precision <= 100 else None
    if form == Form.EXPONENTIAL:
        return f"{value:e}" if decimals is None else f"{value:.{decimals}e}"
    if form == Form.ENGINEERING:
        return _engineering(value, decimals)
    return str(value) if decimals is None else f"{value:.{decimals}f}"


def _engineering(value: float, decimals: int | None) -> str:
    """Return a number with an exponent that is a multiple of 3."""
    digits = 6 if decimals is None else decimals
    if value == 0:
        return f"{value:.{digits}f}e+00"
    exponent = math.floor(math.log10(abs(value)) / 3) * 3
    text = f"{value / 10.0**exponent:.{digits}f}"
    if abs(float(text)) >= 1000:
        exponent += 3
        text = f"{value / 10.0**exponent:.{digits}f}"
    return f"{text}e{exponent:+03d}"
