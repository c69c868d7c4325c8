"""Questions about type codes."""

from __future__ import annotations

from aiopvxs_core.data import TypeCode, TypeCodeEnum, TypeCodeLike

__all__ = ["is_numeric", "is_primitive", "scalar"]

_COMPOUND = frozenset((TypeCodeEnum.Struct, TypeCodeEnum.Union, TypeCodeEnum.Any, TypeCodeEnum.Null))


def scalar(code: TypeCodeLike) -> TypeCode:
    """Return the type of one element of an array type; a scalar type is itself."""
    return TypeCode(code).scalar


def is_primitive(code: TypeCodeLike) -> bool:
    """Tell whether it is a bool, number or string, or an array of these."""
    return scalar(code) not in _COMPOUND


def is_numeric(code: TypeCodeLike) -> bool:
    """Tell whether it is an integer or float, or an array of these."""
    return is_primitive(code) and scalar(code) not in (TypeCodeEnum.Bool, TypeCodeEnum.String)
