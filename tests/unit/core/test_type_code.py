from __future__ import annotations

from enum import IntEnum

import numpy as np
import pytest

from aiopvxs_core.data import StoreTypeEnum, TypeCode, TypeDef
from aiopvxs_core.data import TypeCodeEnum as T

NAMES = {
    T.Bool: "bool",
    T.Int8: "int8_t",
    T.Int16: "int16_t",
    T.Int32: "int32_t",
    T.Int64: "int64_t",
    T.UInt8: "uint8_t",
    T.UInt16: "uint16_t",
    T.UInt32: "uint32_t",
    T.UInt64: "uint64_t",
    T.Float32: "float",
    T.Float64: "double",
    T.String: "string",
    T.Struct: "struct",
    T.Union: "union",
    T.Any: "any",
}


def test_every_scalar_has_its_array() -> None:
    assert {code.name for code in T} == {c.name + a for c in NAMES for a in ("", "A")} | {"Null"}
    for code, name in NAMES.items():
        array = T[code.name + "A"]
        assert array == code | 0x08
        assert TypeCode(array).is_array
        assert not TypeCode(code).is_array
        assert TypeCode(array).scalar == code
        assert TypeCode(code).name() == name
        assert TypeCode(array).name() == name + "[]"


def test_enum_is_an_int_enum() -> None:
    assert issubclass(T, IntEnum)
    assert T.Int32 == 0x22
    assert issubclass(StoreTypeEnum, IntEnum)


@pytest.mark.parametrize("code", list(T), ids=lambda code: code.name)
def test_equals_and_hashes_as_its_enum(code: T) -> None:
    type_code = TypeCode(code)
    assert type_code == code
    assert code == type_code
    assert hash(type_code) == hash(code)
    assert {code: 1}[type_code] == 1
    assert type_code.code is code
    assert str(type_code) == type_code.name()
    assert repr(type_code) == f"TypeCode({code.name})"


def test_unequal_to_others() -> None:
    assert TypeCode(T.Int32) != T.Int64
    assert TypeCode(T.Int32) != TypeCode(T.Int32A)
    assert TypeCode(T.Int32) != "int32_t"
    assert TypeCode(T.Bool) != False  # noqa: E712 the code of Bool is 0, which False is too
    assert TypeCode(T.Bool) != -1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (bool, T.Bool),
        (int, T.Int64),
        (float, T.Float64),
        (str, T.String),
        (list[bool], T.BoolA),
        (list[float], T.Float64A),
        (list[str], T.StringA),
        (list[np.uint8], T.UInt8A),
        (np.float32, T.Float32),
        (np.dtype("i2"), T.Int16),
        (np.dtype(">u8"), T.UInt64),
        (np.dtype("int8"), T.Int8),
        (np.bool_, T.Bool),
        (np.str_, T.String),
        (0x2A, T.Int32A),
        (T.AnyA, T.AnyA),
        (TypeCode(T.Struct), T.Struct),
    ],
)
def test_taken_from(given: object, code: T) -> None:
    assert TypeCode(given) == code


@pytest.mark.parametrize(
    "given", [complex, "double", 1.5, None, list, dict[str, int], np.complex64, np.dtype("M8[s]"), np.float16]
)
def test_other_types_are_refused(given: object) -> None:
    with pytest.raises(TypeError, match="type code"):
        TypeCode(given)


@pytest.mark.parametrize("number", [0x10, 0x30, 0xFE, 256, -1, 2**70])
def test_unknown_numbers_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="no type code has the number"):
        TypeCode(number)


def test_store_types() -> None:
    stored = {
        T.Bool: StoreTypeEnum.Bool,
        T.Int8: StoreTypeEnum.Integer,
        T.UInt64: StoreTypeEnum.UInteger,
        T.Float32: StoreTypeEnum.Real,
        T.String: StoreTypeEnum.String,
        T.Any: StoreTypeEnum.Compound,
        T.Int8A: StoreTypeEnum.Array,
        T.StructA: StoreTypeEnum.Array,
        T.Struct: StoreTypeEnum.Null,
    }
    for code, store_type in stored.items():
        assert TypeDef(code).create().storageType() is store_type
