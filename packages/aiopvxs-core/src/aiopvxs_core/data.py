"""Types and values: what PVXS transports."""

from __future__ import annotations

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
    "TypeDef",
    "Value",
]

LookupError = FieldLookupError  # the name that PVXS has for it; not exported, it would hide the builtin
