"""Values as HTML, for notebooks.

Names, types and texts come from the network: nothing of them reaches the page unescaped.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from ._core.data import _rows_of

if TYPE_CHECKING:
    from ._core.data import Value

MOST_ELEMENTS = 20
MOST_ROWS = 500
MOST_CHARACTERS = 400

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def to_html(value: Value) -> str:
    """Return a table with a row for each field: name, type, value. The names of marked fields are bold."""
    rows = "".join(_row(*row) for row in _rows_of(value, MOST_ELEMENTS, MOST_ROWS))
    return f'<table class="aiopvxs-value">{rows}</table>'


def _row(depth: int, name: str, kind: str, text: str | None, marked: bool) -> str:
    shown = f'<b title="marked">{_safe(name)}</b>' if marked else _safe(name)
    cell = "" if text is None else f"<code>{_safe(text)}</code>"
    return (
        f'<tr><td style="text-align:left;padding-left:{0.5 + depth * 1.5}em">{shown}</td>'
        f'<td style="text-align:left"><small>{_safe(kind)}</small></td>'
        f'<td style="text-align:left">{cell}</td></tr>'
    )


def _safe(text: str) -> str:
    """Escape for HTML. What cannot be seen, or turns the direction of writing, shows as its number."""
    if len(text) > MOST_CHARACTERS:
        text = text[:MOST_CHARACTERS] + "..."
    return html.escape(_UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", text))
