"""Types and values: what PVXS transports."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from ._core.data import Member, StoreTypeEnum, TypeCode, TypeCodeEnum, TypeDef, Value
from .errors import DataError, FieldLookupError, NoConvert, NoField, OutOfRange, ShapeError

__all__ = [
    "DataError",
    "FieldLookupError",
    "Member",
    "NoConvert",
    "NoField",
    "OutOfRange",
    "ShapeError",
    "StoreTypeEnum",
    "TypeCode",
    "TypeCodeEnum",
    "TypeCodeLike",
    "TypeDef",
    "Value",
]

if TYPE_CHECKING:
    from types import GenericAlias
    from typing import Any

    import numpy as np

#: What is taken wherever a type code is.
TypeCodeLike: TypeAlias = "TypeCode | TypeCodeEnum | int | type[Any] | GenericAlias | np.dtype[Any]"

LookupError = FieldLookupError  # noqa: A001 the name that PVXS has for it; not exported, it would hide the builtin
