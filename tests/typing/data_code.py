"""What a type checker says of code that uses types and values; checked by mypy, never run.

A ``type: ignore`` is an assertion too: mypy reports those that hide no error.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import assert_type

from aiopvxs.data import (
    DataError,
    FieldLookupError,
    Member,
    NoConvert,
    OutOfRange,
    StoreTypeEnum,
    TypeCode,
    TypeDef,
    Value,
)
from aiopvxs.data import TypeCodeEnum as T


def definitions() -> None:
    definition = TypeDef(T.Struct, [Member(T.Float64, "x"), Member(list[float], "data")], id="t")
    assert_type(definition.create(), Value)
    assert_type(definition + [Member(np.dtype("u1"), "y")], TypeDef)
    assert_type(definition.member("sub"), Member)
    assert_type(definition.member("rows", T.StructA), Member)
    assert_type(definition.members, tuple[Member, ...])
    assert_type(definition.members[0].children, tuple[Member, ...])
    assert_type(definition.code, TypeCode)
    assert_type(definition.code.code, T)
    assert_type(definition.code.scalar, TypeCode)
    assert_type(definition.code.is_array, bool)
    assert_type(definition.id, str)
    assert_type(TypeDef.from_value(definition.create()), TypeDef)
    assert_type(TypeDef.from_py(definition.to_py()), TypeDef)
    assert_type(definition.to_py(), str | list[Any])
    assert_type(copy.copy(definition), TypeDef)
    assert_type({definition: 1}, dict[TypeDef, int])
    for code in (T.Bool, TypeCode(T.Bool), 0x20, bool, int, float, str, list[int], np.int8, np.dtype("f4")):
        TypeDef(code)
    TypeDef("int")  # type: ignore[arg-type]
    TypeDef(T.Struct, [("x", T.Int8)])  # type: ignore[list-item]
    TypeDef(T.Struct, Member(T.Int8, "x"))  # type: ignore[arg-type]
    Member("x", T.Int8)  # type: ignore[arg-type]
    Member(T.Int8)  # type: ignore[call-arg]
    definition.id = "other"  # type: ignore[misc]
    definition += Member(T.Int8, "x")  # type: ignore[operator]


def fields(value: Value) -> None:
    assert_type(value["x"], Value)
    assert_type(value["u->member"], Value)
    assert_type(value["rows[0].x"], Value)
    assert_type(value.x, Value)
    assert_type(value.x.y, Value)
    assert_type(value["data"][0], Any)
    assert_type(value["data"][1:3], Any)
    assert_type(value.get("x"), Value | None)
    assert_type(value.get("x", None), Value | None)
    assert_type(value.get("x", 0), Value | int)
    assert_type("x" in value, bool)
    assert_type(len(value), int)
    assert_type(value.keys(), list[str])
    assert_type(value.values(), list[Value])
    assert_type(value.items(), list[tuple[str, Value]])
    assert_type(dict(value.items()), dict[str, Value])
    assert_type([field for field in value], list[Any])  # noqa: C416 what iteration yields
    value["x"] = 1
    value.x = np.float32(1)
    value["u"] = ("member", [1, 2])
    value[0] = 1  # type: ignore[index]
    value.get(0)  # type: ignore[call-overload]
    del value["x"]  # type: ignore[operator]
    value.assign({"x": 1})


def readers(value: Value) -> None:
    assert_type(value.as_float(), float)
    assert_type(value.as_float("x"), float)
    assert_type(value.as_float("x", default=None), float | None)
    assert_type(value.as_float("x", None), float | None)
    assert_type(value.as_float("x", default=0.0), float)
    assert_type(value.as_float(default="none"), float | str)
    assert_type(value.as_bool("x"), bool)
    assert_type(value.as_bool("x", default=None), bool | None)
    assert_type(value.as_int("x"), int)
    assert_type(value.as_string("x"), str)
    assert_type(value.as_string("x", default=None), str | None)
    assert_type(value.as_list("x"), list[Any])
    assert_type(value.as_int_list("x"), list[int])
    assert_type(value.as_float_list("x"), list[float])
    assert_type(value.as_string_list("x", default=None), list[str] | None)
    assert_type(value.as_array("x"), NDArray[Any])
    assert_type(value.as_array("x", default=None), NDArray[Any] | None)
    assert_type(value.as_dict(), dict[str, Any])
    assert_type(value.as_dict("sub", arrays="numpy", only_marked=True), dict[str, Any])
    assert_type(value.as_dict("sub", default=None), dict[str, Any] | None)
    assert_type(value.as_py(), Any)
    assert_type(value.as_py("x", default=None), Any)
    value.as_dict(arrays="tuple")  # type: ignore[call-overload]
    value.as_py("x", None)  # type: ignore[call-arg, arg-type]
    value.as_float(3)  # type: ignore[call-overload]
    value.as_float(path=b"x")  # type: ignore[call-overload]


def unions(value: Value) -> None:
    assert_type(value.u.selected, str | None)
    assert_type(value["u"].select("member"), Value)
    value["u"].select(T.Int8)  # type: ignore[arg-type]


def texts(value: Value) -> None:
    assert_type(value.to_json(), str)
    assert_type(value.to_json(only_marked=True, indent=2), str)
    value.from_json("{}")
    value.from_json(b"{}")
    value.from_json({"x": 1})  # type: ignore[arg-type]
    assert_type(str(value), str)
    assert_type(f"{value:delta}", str)
    assert_type(format(value.x, ".3f"), str)


def marks_and_copies(value: Value) -> None:
    assert_type(value.changed(), set[str])
    assert_type(value.is_marked("x"), bool)
    value.mark("x")
    value.unmark()
    assert_type(value.clone(), Value)
    assert_type(value.cloneEmpty(), Value)
    assert_type(copy.deepcopy(value), Value)
    assert_type(value.type(), TypeCode)
    assert_type(value.storageType(), StoreTypeEnum)
    assert_type(value.id(), str)
    assert_type(value.typedef(), TypeDef)
    assert_type(value.equalType(value), bool)
    value.equalType(3)  # type: ignore[arg-type]
    {value: 1}  # noqa: B018 a Value has no hash, which no checker says of a dict


def arithmetic(value: Value) -> None:
    assert_type(value.x + 1, Any)
    assert_type(1 + value.x, Any)
    assert_type(2.5 * value.x, Any)
    assert_type(value.x - value.y, Any)
    assert_type(value.x / 2, Any)
    assert_type(value.x**2, Any)
    assert_type(value.flags & 0x0F, Any)
    assert_type(-value.x, Any)
    assert_type(abs(value.x), Any)
    assert_type(round(value.x, 2), Any)
    assert_type(divmod(value.x, 3), Any)
    assert_type(value.x == 1, bool)
    assert_type(value.x < 1, Any)
    assert_type(float(value.x), float)
    assert_type(int(value.x), int)
    assert_type(bool(value.x), bool)
    assert_type([1, 2, 3][value.index], int)
    assert_type(np.asarray(value.data), NDArray[Any])


def errors(value: Value) -> None:
    try:
        value["x"] = 300
    except OutOfRange as error:
        convertible: tuple[NoConvert, DataError, OverflowError, ValueError, TypeError] = (error,) * 5
        assert_type(convertible[0], NoConvert)
    except FieldLookupError as error:
        found: tuple[DataError, KeyError] = (error, error)
        assert_type(found[1], KeyError)
