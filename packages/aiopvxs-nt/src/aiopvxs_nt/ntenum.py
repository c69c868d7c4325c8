"""NTEnum: one of several choices."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from aiopvxs_core.data import Member, TypeCodeEnum, TypeDef

from ._builder import Builder
from ._shape import COMMON, DISPLAY, ENUM, optional, required
from .alarm import alarm
from .enum import choices_of, enum
from .readings import EnumReading
from .time import time

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["NTEnum"]


class NTEnum(Builder):
    """An index into a list of choices, with alarm and time stamp.

    ``epics:nt/NTEnum:1.0`` (``pvxs::nt::NTEnum``).
    """

    __slots__ = ("choices", "enum", "extra")
    _rules = (required("value", ENUM), *COMMON, optional("display", DISPLAY))
    _reading = EnumReading

    def __init__(
        self, choices: type[Enum] | Iterable[str] | None = None, *, extra: Iterable[Member] = ()
    ) -> None:
        """Choose the options.

        Args:
            choices: an Enum class, or texts; those of a new value. Of an Enum class they are its values where
                these are str, else the names of its members.
            extra: further members, after the others.
        """
        self.enum = choices if isinstance(choices, type) and issubclass(choices, Enum) else None
        if self.enum is not None:
            self.choices = tuple(choices_of(self.enum))
        elif isinstance(choices, str):
            raise TypeError(f"choices are an Enum class or several texts, not the one text {choices!r}")
        else:
            self.choices = () if choices is None else tuple(choices)
        self.extra = tuple(extra)

    def build(self) -> TypeDef:
        """Return the type; equal options give the same TypeDef."""
        return _build(self.extra)

    def _initialise(self, value: Value) -> None:
        if self.choices:
            value["value.choices"] = list(self.choices)

    @classmethod
    def _wrong_contents(cls, value: Value) -> str | None:
        choices, index = value.as_string_list("value.choices"), value.as_int("value.index")
        if choices and not 0 <= index < len(choices):
            return f"value.index is {index}, and there are {len(choices)} choices"
        return None

    def unwrap(self, value: Value) -> EnumReading[Any]:
        """Make the reading of a value: its ``value`` is a member of the Enum class, or the index.

        Raises:
            TypeError: the value is no NTEnum.
            ValueError: its choice is no member of the Enum class.
        """
        super().unwrap(value)
        reading: EnumReading[Any] = EnumReading(value)
        return reading if self.enum is None else reading._with_class(self.enum)

    def __repr__(self) -> str:
        given = "" if not self.choices else self.enum.__name__ if self.enum else str(list(self.choices))
        return f"NTEnum({given})"


@lru_cache(maxsize=64)
def _build(extra: tuple[Member, ...]) -> TypeDef:
    display = Member(TypeCodeEnum.Struct, "display", [Member(TypeCodeEnum.String, "description")])
    members = [enum("value"), alarm(), time(), display, *extra]
    return TypeDef(TypeCodeEnum.Struct, members, id="epics:nt/NTEnum:1.0")
