"""The reading of a structure that is no normative type."""

from __future__ import annotations

from typing import Any

from .asked import Asked
from .reading import Reading

__all__ = ["StructureReading"]


class StructureReading(Reading[dict[str, Any]]):
    """A structure that is no normative type: ``value`` is a dict of all its fields."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def _leave_out(self, asked: Asked) -> None:
        super()._leave_out(asked)
        self._value = _part(self._raw.as_dict(arrays="numpy"), asked)

    def _left_out(self, path: str) -> bool:
        return path != self._value_field and super()._left_out(path)

    def _read_value(self) -> dict[str, Any]:
        return self._raw.as_dict(arrays="numpy")

    def __getitem__(self, field: str) -> Any:
        return self.value[field]

    def __str__(self) -> str:
        return f"{self._raw.id() or 'structure'} of {', '.join(self._raw.keys())}"


def _part(fields: dict[str, Any], asked: Asked | None) -> dict[str, Any]:
    """Return those of the fields that were asked for."""
    if asked is None:
        return fields
    return {
        name: _part(content, asked.within(name)) if isinstance(content, dict) else content
        for name, content in fields.items()
        if asked.any_of(name)
    }
