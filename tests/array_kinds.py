"""The numeric array fields there are, for the tests of arrays."""

from __future__ import annotations

import numpy as np
import pytest

from aiopvxs_core.data import Member, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T

DTYPES = {
    T.BoolA: np.dtype("?"),
    T.Int8A: np.dtype("i1"),
    T.Int16A: np.dtype("i2"),
    T.Int32A: np.dtype("i4"),
    T.Int64A: np.dtype("i8"),
    T.UInt8A: np.dtype("u1"),
    T.UInt16A: np.dtype("u2"),
    T.UInt32A: np.dtype("u4"),
    T.UInt64A: np.dtype("u8"),
    T.Float32A: np.dtype("f4"),
    T.Float64A: np.dtype("f8"),
}
INTEGERS = [code for code, dtype in DTYPES.items() if dtype.kind in "iu"]
FLOATS = [T.Float32A, T.Float64A]
LARGE = 100_000  # copied with the GIL released


def structure(code: T) -> Value:
    return TypeDef(T.Struct, [Member(code, "f"), Member(T.Int32, "n")]).create()


def limits(dtype: np.dtype) -> tuple[int, int]:
    return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)


def address(value: Value) -> int:
    return value.as_array("f").__array_interface__["data"][0]


codes = pytest.mark.parametrize("code", list(DTYPES), ids=lambda code: code.name)
integers = pytest.mark.parametrize("code", INTEGERS, ids=lambda code: code.name)
