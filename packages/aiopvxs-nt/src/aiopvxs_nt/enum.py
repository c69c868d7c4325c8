"""An index into a list of choices: enum_t, and Python's Enum classes."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TypeVar

from aiopvxs_core.data import Member, TypeCodeEnum

__all__ = ["choice_to_member", "choices_of", "enum", "index_of_member"]

E = TypeVar("E", bound=Enum)
_MOST_CHOICES = 65536


def enum(name: str = "value") -> Member:
    """Define an enum_t: index and choices."""
    return Member(
        TypeCodeEnum.Struct,
        name,
        [
            Member(TypeCodeEnum.Int32, "index"),
            Member(TypeCodeEnum.StringA, "choices"),
        ],
        id="enum_t",
    )


def choices_of(cls: type[Enum]) -> list[str]:
    """Return the choices of an Enum class.

    They are the values where these are str, else the names; in order of definition, but where the values
    are integers each at its value.

    Raises:
        ValueError: the class has no members, or integers that are no indices.
    """
    members = list(cls)
    if not members:
        raise ValueError(f"{cls.__name__} has no members to be choices")
    if not _has_indices(cls):
        return [_choice(member) for member in members]
    indices = {int(member.value): member.name for member in members}
    if min(indices) < 0 or max(indices) >= _MOST_CHOICES:
        raise ValueError(
            f"{cls.__name__} has the values {sorted(indices)}, which are not all indices of choices"
        )
    return [indices.get(index, "") for index in range(max(indices) + 1)]


def index_of_member(member: Enum, choices: Sequence[str]) -> int:
    """Return the index of a member among the choices of a PV.

    Raises:
        ValueError: none of the choices is this member.
    """
    for index, choice in enumerate(choices):
        if choice and _member_of(type(member), choice) is member:
            return index
    own = member.value
    if _has_indices(type(member)) and (not choices or _is_free(own, choices, type(member))):
        return int(own)
    raise ValueError(f"{member!r} is not among the choices {list(choices)}")


def choice_to_member(cls: type[E], index: int, choices: Sequence[str]) -> E:
    """Return the member that a choice is: by its text, else, for integers, by the index.

    Raises:
        ValueError: the index has no choice, or the choice is no member.
    """
    if choices and not 0 <= index < len(choices):
        raise ValueError(f"the index {index} has no choice: there are {list(choices)}")
    if choices and choices[index] and (found := _member_of(cls, choices[index])) is not None:
        return found
    if _has_indices(cls) and (not choices or _is_free(index, choices, cls)):
        for member in cls:
            if int(member.value) == index:
                return member
    what = f"the choice {choices[index]!r}" if choices else "the index"
    names = [_choice(member) for member in cls]
    raise ValueError(f"{what} (index {index}) is no member of {cls.__name__}, which has {names}")


def _is_free(index: object, choices: Sequence[str], cls: type[Enum]) -> bool:
    """Tell whether an index may be read by its number: none of the choices is read by its text."""
    in_range = isinstance(index, int) and 0 <= index < len(choices)
    return in_range and all(_member_of(cls, choice) is None for choice in choices)


def _has_indices(cls: type[Enum]) -> bool:
    return all(isinstance(member.value, int) and not isinstance(member.value, bool) for member in cls)


def _choice(member: Enum) -> str:
    return member.value if isinstance(member.value, str) else member.name


def _member_of(cls: type[E], choice: str) -> E | None:
    """Return the member that a choice names: as it is written, else whatever its case and spaces."""
    for member in cls:
        if choice in (member.value, member.name):
            return member
    wanted = _bare(choice)
    found = [member for member in cls if wanted and wanted in (_bare(_choice(member)), _bare(member.name))]
    return found[0] if len(found) == 1 else None


def _bare(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
