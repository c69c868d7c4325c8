"""Numbers as their display structure wants them shown."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .form import Form

if TYPE_CHECKING:
    from .display import Display

__all__ = ["format_array", "format_number", "format_with_display"]


def format_with_display(value: object, display: Display | None) -> str:
    """Return a value with its units, and a number with its precision and form.

    A precision of 0, which most records have for nobody set it, shows all digits.
    """
    if display is None:
        return str(value)
    if _is_number(value):
        text = format_number(value, display.precision, display.form)  # type: ignore[arg-type]
    elif _is_array_of_numbers(value) and (display.precision or display.form in _OWN_FORMS):
        text = _format_each(value, lambda one: format_number(one.item(), display.precision, display.form))
    else:
        text = str(value)
    return f"{text} {display.units}" if display.units else text


_OWN_FORMS = (Form.HEX, Form.BINARY, Form.EXPONENTIAL, Form.ENGINEERING)


def format_array(value: Any, format_spec: str) -> str:
    """Return an array, or a list, with a format specification for each element; a long one with "..."."""
    if isinstance(value, list):
        return f"[{' '.join(format(one, format_spec) for one in value)}]"
    return _format_each(value, lambda one: format(one.item(), format_spec))


def _format_each(value: Any, formatted: Callable[[Any], str]) -> str:
    import numpy as np

    return np.array2string(value, formatter={"all": formatted})


def _is_array_of_numbers(value: object) -> bool:
    return getattr(getattr(value, "dtype", None), "kind", "") in ("i", "u", "f")


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
