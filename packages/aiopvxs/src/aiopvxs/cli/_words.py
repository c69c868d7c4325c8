"""Values as words of a command line: ``5``, ``[1, 2]``, ``field=value``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

__all__ = ["fields_of", "value_of"]


def value_of(word: str) -> Any:
    """Return what a word stands for: JSON if it begins with ``{``, ``[`` or ``"``, else the text itself.

    Raises:
        ValueError: it is not the JSON that it begins as.
    """
    if not word.lstrip().startswith(("{", "[", '"')):
        return word
    try:
        return json.loads(word)
    except ValueError as exc:
        raise ValueError(f"{word!r} is no JSON: {exc}") from None


def fields_of(words: Sequence[str]) -> dict[str, Any]:
    """Return the fields that words like ``value=5`` and ``alarm.severity=1`` name.

    Raises:
        ValueError: a word without a name, or a name that comes twice.
    """
    fields: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name:
            raise ValueError(f"{word!r} is not of the form field=value")
        if name in fields:
            raise ValueError(f"The field {name!r} is given twice")
        fields[name] = value_of(text)
    return fields
