"""Everything that a scalar field can hold, and a little that it cannot."""

from __future__ import annotations

import math
import sys
from typing import Any, Literal, NamedTuple

from hypothesis import strategies as st

from aiopvxs_core.data import TypeCodeEnum as T

__all__ = ["ARRAY_OF", "INTEGERS", "SCALARS", "Scalar", "scalar_contents"]


class Scalar(NamedTuple):
    """What is known of a scalar code."""

    array: T
    default: Any
    strategy: st.SearchStrategy[Any]
    bad: tuple[Any, ...]  # objects that it refuses


# lone surrogates stand for bytes that are no UTF-8, so they come from bytes
_TEXTS = st.one_of(
    st.text(max_size=12),
    st.binary(max_size=8).map(lambda raw: raw.decode("utf-8", "surrogateescape")),
    st.sampled_from(["", "\0", "a\0b", "\U0001f44b µ", "\ufeff", "\u2028", "null", "nan"]),
)


def _integer(code: T, array: T, low: int, high: int) -> tuple[T, Scalar]:
    edges = [edge for edge in (low, low + 1, -1, 0, 1, high - 1, high) if low <= edge <= high]
    numbers = st.one_of(st.sampled_from(edges), st.integers(low, high))
    return code, Scalar(array, 0, numbers, (low - 1, high + 1, 10**30, 0.5, "x", None, [], b"1"))


def _float(code: T, array: T, width: Literal[32, 64]) -> tuple[T, Scalar]:
    # the least subnormal, the least normal, the largest
    sizes = (2.0**-149, 2.0**-126, 2.0**128 - 2.0**104)
    if width == 64:
        sizes = (5e-324, sys.float_info.min, sys.float_info.max)
    edges = [sign * size for size in (0.0, *sizes, math.inf) for sign in (1, -1)] + [math.nan]
    numbers = st.one_of(st.sampled_from(edges), st.floats(width=width))
    return code, Scalar(array, 0.0, numbers, (2**1024, "x", None, [], b"1", 1j))


INTEGERS = {
    T.Int8: (-(2**7), 2**7 - 1),
    T.Int16: (-(2**15), 2**15 - 1),
    T.Int32: (-(2**31), 2**31 - 1),
    T.Int64: (-(2**63), 2**63 - 1),
    T.UInt8: (0, 2**8 - 1),
    T.UInt16: (0, 2**16 - 1),
    T.UInt32: (0, 2**32 - 1),
    T.UInt64: (0, 2**64 - 1),
}

SCALARS: dict[T, Scalar] = dict(
    [
        (T.Bool, Scalar(T.BoolA, False, st.booleans(), (2, -1, "yes", 0.0, None, []))),
        *(_integer(code, T[code.name + "A"], low, high) for code, (low, high) in INTEGERS.items()),
        _float(T.Float32, T.Float32A, 32),
        _float(T.Float64, T.Float64A, 64),
        (T.String, Scalar(T.StringA, "", _TEXTS, (None, ["a"], {}, 1j, "\ud800"))),
    ]
)

#: From an array code to that of its elements.
ARRAY_OF = {scalar.array: code for code, scalar in SCALARS.items()}


def scalar_contents(code: T) -> st.SearchStrategy[Any]:
    """Return what a scalar or an array of scalars of this code can hold, as plain Python."""
    if code in SCALARS:
        return SCALARS[code].strategy
    return st.lists(SCALARS[ARRAY_OF[code]].strategy, max_size=6)
