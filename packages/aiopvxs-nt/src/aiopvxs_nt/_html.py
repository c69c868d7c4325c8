"""Readings as notebooks show them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .reading import Reading

__all__ = ["html_of", "rows_html"]

_COLOURS = {1: "#b58900", 2: "#dc322f", 3: "#d33682", 4: "#d33682"}


def html_of(reading: Reading[Any]) -> str:
    """Return a reading as an HTML table: value, alarm, time, description."""
    rows = [("value", escape(_short(reading._text())))]
    alarm = reading.alarm
    if alarm:
        colour = _COLOURS.get(int(alarm.severity), "#d33682")
        rows.append(("alarm", f'<span style="color:{colour}">{escape(str(alarm))}</span>'))
    stamp = reading.timestamp
    if stamp is not None:
        rows.append(("time", escape(str(stamp)) if stamp.is_set else "not set"))
    if reading.display is not None and reading.display.description:
        rows.append(("description", escape(reading.display.description)))
    return rows_html(rows)


def rows_html(rows: list[tuple[str, str]]) -> str:
    """Return rows of a name and HTML as a table."""
    cells = (f"<tr><th>{escape(name)}</th><td>{text}</td></tr>" for name, text in rows)
    return f"<table>{''.join(cells)}</table>"


def _short(text: str) -> str:
    return text if len(text) <= 1000 else f"{text[:1000]}…"
