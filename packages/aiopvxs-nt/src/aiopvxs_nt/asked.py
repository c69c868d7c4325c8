"""What a request asked for: other fields of its value hold defaults, which mean nothing."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["Asked", "asked_of", "noted"]


class Asked:
    """The fields that a request asked for, by their dotted names. Immutable."""

    __slots__ = ("paths",)

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = frozenset(paths)

    def all_of(self, path: str) -> bool:
        """Tell whether the whole of a field was asked for."""
        return path in self.paths or ("." in path and self.all_of(path.rpartition(".")[0]))

    def any_of(self, path: str) -> bool:
        """Tell whether a field, or something in it, was asked for."""
        return self.all_of(path) or any(one.startswith(f"{path}.") for one in self.paths)

    def within(self, path: str) -> Asked | None:
        """Return what of a field was asked for; None if that is all of it."""
        if self.all_of(path):
            return None
        return Asked(one[len(path) + 1 :] for one in self.paths if one.startswith(f"{path}."))

    def note_on(self, value: Value) -> None:
        """Note that a value is the answer to a request for these fields only."""
        note = _Note(value, _forget)
        note.asked = self
        note.key = key = id(value)
        noted[key] = note

    def __reduce__(self) -> tuple[Any, ...]:
        return Asked, (sorted(self.paths),)

    def __str__(self) -> str:
        return ", ".join(sorted(self.paths)) or "nothing"


class _Note(weakref.ref["Value"]):
    """What was asked for of one Value."""

    __slots__ = ("asked", "key")
    asked: Asked
    key: int


#: Values have no hash: by their id, as long as they live
noted: dict[int, _Note] = {}


def _forget(note: weakref.ref[Value]) -> None:
    assert isinstance(note, _Note)
    if noted.get(note.key) is note:
        del noted[note.key]


def asked_of(value: Value) -> Asked | None:
    """Return what was asked for; None if that is all, or not known."""
    if not noted:
        return None
    note = noted.get(id(value))
    return note.asked if note is not None and note() is value else None
