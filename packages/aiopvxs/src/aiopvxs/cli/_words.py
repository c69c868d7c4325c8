"""Values as words of a command line: ``5``, ``[1, 2]``, ``@file``, ``field=value``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

__all__ = ["fields_of", "given", "value_of"]

_SHOWN = 60  # characters of what is wrong


def value_of(word: str) -> Any:
    """Return what a word stands for: JSON if it begins with ``{``, ``[`` or ``"``, else the text itself.

    Raises:
        ValueError: it is not the JSON that it begins as.
    """
    if not word.lstrip().startswith(("{", "[", '"')):
        return word
    try:
        return json.loads(word)
    except (ValueError, RecursionError) as exc:
        shown = word if len(word) <= _SHOWN else f"{word[:_SHOWN]}…"
        raise ValueError(f"{shown!r} is no JSON: {exc}") from None


def given(word: str) -> Any:
    """Return what a word stands for, which may be ``-``, the standard input, or ``@file`` too.

    A file ``.npy`` is an array of numpy, ``.json`` is JSON; of others and the standard input the text is read
    as the word would be, without the end of its last line.

    Raises:
        ValueError: it is not what it has to be; the text names the file.
        OSError: it cannot be read.
    """
    if word == "-":
        return value_of(sys.stdin.read().removesuffix("\n"))
    if not word.startswith("@"):
        return value_of(word)
    path = Path(word[1:])
    if path.suffix == ".npy":
        return _array(path)
    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(text) if path.suffix == ".json" else value_of(text.removesuffix("\n"))
    except UnicodeDecodeError as exc:
        raise ValueError(f"{path} is no text: {exc}") from None
    except json.JSONDecodeError as exc:
        raise ValueError(f"{path} is no JSON: {exc}") from None


def _array(path: Path) -> Any:
    import numpy as np

    try:
        return np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as exc:
        raise ValueError(f"{path} is no array of numpy: {exc}") from None


def fields_of(words: Sequence[str], read: Callable[[str], Any] = value_of) -> dict[str, Any]:
    """Return the fields that words like ``value=5`` and ``alarm.severity=1`` name.

    Raises:
        ValueError: a word without a name, or a name that comes twice.
    """
    fields: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name:
            raise ValueError(f"{word!r} is not of the form field=value; an array is one word, as '[1, 2]'")
        if name in fields:
            raise ValueError(f"The field {name!r} is given twice")
        fields[name] = read(text)
    return fields
