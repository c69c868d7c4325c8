"""Which update until() waits for."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import Enum

from aiopvxs_core.data import Value

from .._fill import is_enum

__all__ = ["matching"]


def matching(name: str, wanted: object) -> Callable[[Value], object]:
    """Return the function that tells of an update whether it is the one.

    Args:
        name: of the PV, for messages.
        wanted: a value of the field ``value``, or a function.
    """
    if callable(wanted) and not isinstance(wanted, Value):
        return _predicate(name, wanted)
    return _equals(wanted)


def _predicate(name: str, given: Callable[[Value], object]) -> Callable[[Value], object]:
    def match(update: Value) -> object:
        result = given(update)
        if inspect.iscoroutine(result):
            result.close()
            raise TypeError(
                f"until {name!r}: the predicate is a coroutine function, and has to be a plain one"
            )
        return result

    return match


def _equals(wanted: object) -> Callable[[Value], bool]:
    if isinstance(wanted, Enum):
        wanted = wanted.value  # as in a put

    def match(update: Value) -> bool:
        present = update.get("value", update)
        if not is_enum(present):
            return bool(present == wanted)
        index = int(present["index"])
        if not isinstance(wanted, str):
            return bool(index == wanted)
        choices = present.as_string_list("choices")
        return 0 <= index < len(choices) and choices[index] == wanted

    return match
