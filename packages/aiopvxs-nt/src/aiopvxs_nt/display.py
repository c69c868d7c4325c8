"""How a value is shown: limits, description, units, precision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiopvxs_core.data import Member, TypeCodeEnum, TypeCodeLike

from ._code import is_numeric, scalar
from ._limits import Limits, limits_of
from .asked import asked_of
from .enum import enum
from .form import Form

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["Display", "display"]


@dataclass(frozen=True)
class Display:
    """How a value is to be shown; ``limits`` is None where they are not set, ``precision`` where none is."""

    limits: Limits | None = None
    units: str = ""
    description: str = ""
    precision: int | None = None
    form: Form | None = None


def read_display(value: Value) -> Display:
    """Read a display structure, with or without its optional fields."""
    # an empty form, with no choices, is the default one; a server may have choices of its own
    asked = asked_of(value)
    known = asked.any_of if asked is not None else bool
    index = value.as_py("form.index", default=None) if known("form") else None
    precision = value.as_py("precision", default=None) if known("precision") else None
    return Display(
        limits_of(value, "limitLow", "limitHigh"),
        value.as_string("units", ""),
        value.as_string("description", ""),
        precision if isinstance(precision, int) else None,
        Form(index) if isinstance(index, int) and index in _FORMS else None,
    )


_FORMS = frozenset(int(form) for form in Form)


def display(code: TypeCodeLike, *, form: bool = False, name: str = "display") -> Member:
    """Define the display structure for a value of type ``code``.

    Args:
        code: the value's type; the limits have it too (of one element, for an array).
        form: with precision and form (decimal, hexadecimal and so on); for numbers only.
        name: of the field.
    """
    texts = [Member(TypeCodeEnum.String, "description"), Member(TypeCodeEnum.String, "units")]
    if not is_numeric(code):
        return Member(TypeCodeEnum.Struct, name, texts)
    limits = [Member(scalar(code), "limitLow"), Member(scalar(code), "limitHigh")]
    forms = [Member(TypeCodeEnum.Int32, "precision"), enum("form")] if form else []
    return Member(TypeCodeEnum.Struct, name, [*limits, *texts, *forms])
