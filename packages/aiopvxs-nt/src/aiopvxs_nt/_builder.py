"""What all normative types have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from aiopvxs_core.data import TypeDef, Value

from ._shape import Rule, Shaped, broken
from .reading import Reading

__all__ = ["Builder", "NotNormative", "is_structure"]


class NotNormative(ValueError):
    """A value breaks a rule of its normative type; the text says which."""


class Builder(ABC):
    """A normative type with its options chosen."""

    __slots__ = ()

    _rules: ClassVar[tuple[Rule, ...]] = ()
    _reading: ClassVar[type[Reading[Any]]] = Reading

    @abstractmethod
    def build(self) -> TypeDef:
        """Return the type; equal options give the same TypeDef."""

    def create(self, initial: object = None) -> Value:
        """Make a value of this type.

        Args:
            initial: what :meth:`assign` takes. None: nothing more than the options say is assigned.

        Raises:
            DataError: ``initial`` does not fit the type.
        """
        value = self.build().create()
        self._initialise(value)
        if initial is not None:
            self.assign(value, initial)
        return value

    def _initialise(self, value: Value) -> None:  # noqa: B027 most types have nothing to assign
        """Assign what the options say."""

    @classmethod
    def matches(cls, value: Shaped) -> bool:
        """Tell whether a Value or TypeDef has the fields of this type, whatever its id says.

        Further fields, and missing optional ones, do no harm.
        """
        return broken(cls._rules, value, lenient=True) is None

    @classmethod
    def validate(cls, value: Shaped) -> None:
        """Check a Value, or a TypeDef, against all rules of the specification.

        Raises:
            NotNormative: one is broken; the text says which.
        """
        wrong = broken(cls._rules, value, lenient=False)
        if wrong is None and isinstance(value, Value):
            wrong = cls._wrong_contents(value) or _wrong_alarm_or_time(value)
        if wrong is not None:
            raise NotNormative(f"{cls.__name__}: {wrong}")

    @classmethod
    def _wrong_contents(cls, value: Value) -> str | None:  # noqa: ARG003
        """Return what is wrong with the contents of a value whose fields are right."""
        return None

    def __repr__(self) -> str:
        names: tuple[str, ...] = type(self).__slots__
        options = [name for name in names if not name.startswith("_") and getattr(self, name)]
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in options)})"

    def unwrap(self, value: Value) -> Reading[Any]:
        """Make the reading of a value of this type.

        Raises:
            TypeError: the value has not the fields of this type; the text says why.
        """
        if wrong := broken(self._rules, value, lenient=True):
            raise TypeError(f"this is no {type(self).__name__}: {wrong}")
        return self._reading(value)

    def assign(self, value: Value, given: object) -> None:
        """Write to a value of this type.

        Args:
            value: whose leaves that are written are marked.
            given: a dict of fields, a structure Value (its marked leaves are taken), a reading, or what the
                type stands for: a number, an array, a table, an image, an Enum, a model.

        Raises:
            DataError: ``given`` does not fit the type.
        """
        from .assign import assign

        assign(value, given)


def is_structure(given: object) -> bool:
    """Tell whether it is a Value that is a structure."""
    return isinstance(given, Value) and given.storageType().name == "Null"


def _wrong_alarm_or_time(value: Value) -> str | None:
    severity = value.as_py("alarm.severity", default=0)
    if not 0 <= severity <= 4:
        return f"alarm.severity is {severity}, which is not 0 to 4"
    status = value.as_py("alarm.status", default=0)
    if not 0 <= status <= 7:
        return f"alarm.status is {status}, which is not 0 to 7"
    nanoseconds = value.as_py("timeStamp.nanoseconds", default=0)
    if not 0 <= nanoseconds < 1_000_000_000:
        return f"timeStamp.nanoseconds is {nanoseconds}, which is not within one second"
    return None
