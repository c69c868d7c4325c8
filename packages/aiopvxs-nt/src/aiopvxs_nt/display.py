"""How a value is shown: limits, description, units, precision."""

from __future__ import annotations

from aiopvxs_core.data import Member, TypeCodeEnum, TypeCodeLike

from ._code import is_numeric, scalar
from .enum import enum

__all__ = ["display"]


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
