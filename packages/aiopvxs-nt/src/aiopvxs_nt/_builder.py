"""What all normative types have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from aiopvxs_core.data import TypeDef, Value

__all__ = ["Builder"]


class Builder(ABC):
    """A normative type with its options chosen."""

    __slots__ = ()

    @abstractmethod
    def build(self) -> TypeDef:
        """Return the type; equal options give the same TypeDef."""

    def create(self, initial: object = None) -> Value:
        """Make a value of this type.

        Args:
            initial: a dict of fields, a structure Value (its marked leaves are taken), or a plain value for
                the field ``value``. None: nothing is assigned.

        Raises:
            DataError: ``initial`` does not fit the type.
        """
        value = self.build().create()
        if initial is not None:
            self._assign(value, initial)
        return value

    def _assign(self, value: Value, initial: object) -> None:
        if isinstance(initial, Mapping) or is_structure(initial):
            value.assign(initial)
        else:
            value["value"] = initial


def is_structure(given: object) -> bool:
    """Tell whether it is a Value that is a structure."""
    return isinstance(given, Value) and given.storageType().name == "Null"
