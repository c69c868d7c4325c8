"""Types and values: the types of PVAccess, and Value, which holds data of any of them."""

from __future__ import annotations

from aiopvxs_core.data import (
    DataError,
    FieldLookupError,
    Member,
    NoConvert,
    NoField,
    OutOfRange,
    ShapeError,
    StoreTypeEnum,
    TypeCode,
    TypeCodeEnum,
    TypeCodeLike,
    TypeDef,
    Value,
)

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

LookupError = FieldLookupError  # noqa: A001 the name that PVXS has for it; not exported, it would hide the builtin
