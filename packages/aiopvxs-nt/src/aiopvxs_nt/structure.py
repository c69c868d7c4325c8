"""The reading of a structure that is no normative type."""

from __future__ import annotations

from typing import Any

from .reading import Reading

__all__ = ["StructureReading"]


class StructureReading(Reading[dict[str, Any]]):
    """A structure that is no normative type: ``value`` is a dict of all its fields."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def _read_value(self) -> dict[str, Any]:
        return self._raw.as_dict(arrays="numpy")

    def __getitem__(self, field: str) -> Any:
        return self.value[field]

    def __str__(self) -> str:
        return f"{self._raw.id() or 'structure'} of {', '.join(self._raw.keys())}"
