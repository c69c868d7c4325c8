"""The readings of scalars, arrays and enums."""

from __future__ import annotations

import math
import operator
from enum import Enum
from typing import Any, TypeVar

from aiopvxs_core.data import TypeCodeEnum

from ._arithmetic import Arithmetic
from ._format import format_array, format_with_display
from .enum import choice_to_member
from .reading import Reading

__all__ = ["ArrayReading", "EnumReading", "ScalarReading"]

T_co = TypeVar("T_co", covariant=True)
_OF_NUMBERS = tuple("bcdeEfFgGnoxX%")


class ScalarReading(Arithmetic, Reading[T_co]):
    """A bool, int, float or str (NTScalar), with the operators of that."""

    __slots__ = ()

    def __str__(self) -> str:
        value: Any = self.value
        if isinstance(value, float) and self._raw["value"].type() == TypeCodeEnum.Float32:
            import numpy as np

            value = float(str(np.float32(value)))  # 0.1, not 0.10000000149011612
        return format_with_display(value, self.display)

    def __float__(self) -> float:
        return float(self.value)  # type: ignore[arg-type]

    def __int__(self) -> int:
        return int(self.value)  # type: ignore[call-overload, no-any-return]

    def __index__(self) -> int:
        return operator.index(self.value)  # type: ignore[arg-type]

    def __round__(self, ndigits: int | None = None) -> Any:
        return round(self.value, ndigits)  # type: ignore[call-overload]

    def __trunc__(self) -> int:
        return math.trunc(self.value)  # type: ignore[arg-type]


class ArrayReading(Arithmetic, Reading[T_co]):
    """An array (NTScalarArray): a read-only numpy array over the memory of the Value, or a list of str.

    It has the operators of that; a format specification is for each element.
    """

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def _read_value(self) -> Any:
        return read_array(self._raw, "value")

    def __len__(self) -> int:
        return len(self.value)  # type: ignore[arg-type]

    def __getitem__(self, index: Any) -> Any:
        return self.value[index]  # type: ignore[index]

    def __iter__(self) -> Any:
        return iter(self.value)  # type: ignore[call-overload]

    def __bool__(self) -> bool:
        return bool(len(self))

    def __format__(self, format_spec: str) -> str:
        return format_array(self.value, format_spec) if format_spec else str(self)

    @property
    def text(self) -> str:
        """A long string, which is an array of characters (8-bit integers), up to its first NUL.

        Raises:
            TypeError: it is an array of something else.
        """
        value: Any = self.value
        if getattr(getattr(value, "dtype", None), "itemsize", None) != 1:
            raise TypeError("a long string is an array of 8-bit integers, which this is not")
        raw: bytes = value.tobytes()
        return raw.partition(b"\0")[0].decode("utf-8", "surrogateescape")


class EnumReading(Reading[T_co]):
    """An index and its choice (NTEnum).

    ``value`` is the index, or the member of the Enum class that was asked for.
    """

    __slots__ = ("_class",)
    _class: type[Enum]

    def _with_class(self, cls: type[Enum]) -> EnumReading[T_co]:
        self._value = choice_to_member(cls, self.index, self.choices)
        self._class = cls
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        kind, args, state = super().__reduce__()
        return kind, args, (*state, getattr(self, "_class", None))

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        super().__setstate__(state)
        if state[1] is not None:
            self._with_class(state[1])

    def _read_value(self) -> Any:
        return self.index

    @property
    def index(self) -> int:
        """The index.

        Raises:
            ValueError: the request left it out.
        """
        if self._left_out("value.index"):
            raise ValueError(f"the index was not asked for, only {self._asked}")
        return self._raw.as_int("value.index")

    @property
    def choices(self) -> tuple[str, ...]:
        """All the choices."""
        return tuple(self._raw.as_string_list("value.choices"))

    @property
    def choice(self) -> str | None:
        """The choice at the index; None where there is none."""
        if self._left_out("value.index"):
            return None
        choices, index = self.choices, self.index
        return choices[index] if 0 <= index < len(choices) else None

    def __int__(self) -> int:
        return self.index

    def __index__(self) -> int:
        return self.index

    def __eq__(self, other: object) -> bool:
        if isinstance(other, EnumReading):
            return self.index == other.index and self.choice == other.choice
        if isinstance(other, str) and not isinstance(self.value, str):
            return self.choice == other
        if isinstance(other, Enum) and not isinstance(other, (int, type(self.value))):
            return self._is_member(other)
        return bool(self.value == other)

    def _is_member(self, other: Enum) -> bool:
        try:
            return choice_to_member(type(other), self.index, self.choices) is other
        except ValueError:
            return False

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.value)

    def __format__(self, format_spec: str) -> str:
        # what formats a number is for the index
        return format(self.index if format_spec[-1:] in _OF_NUMBERS else str(self), format_spec)

    def __str__(self) -> str:
        if self._left_out("value.index"):
            return "no index"
        choice = self.choice
        return str(self.index) if choice is None else choice


def read_array(raw: Any, path: str) -> Any:
    """Return an array field as a numpy view, or as a list of str."""
    found = raw[path]
    return found.as_py(arrays="numpy")
