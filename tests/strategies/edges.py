"""Both sides of each boundary of each numeric type, and what a field does with them."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import NamedTuple

from aiopvxs_core.data import TypeCodeEnum as T

from .scalars import INTEGERS

__all__ = ["EDGES", "NUMBERS", "Edges"]

Number = bool | int | float


class Edges(NamedTuple):
    """Numbers for a field of one type.

    Attributes:
        stored: what it takes, and what it then holds.
        too_large: what is out of its range.
        refused: what it does not convert, whatever the range.
    """

    stored: Sequence[tuple[Number, Number]]
    too_large: Sequence[Number]
    refused: Sequence[Number]


NUMBERS = [T.Bool, *INTEGERS, T.Float32, T.Float64]

_MAX32 = 2.0**128 - 2.0**104
# the first number that is rounded to infinity: half a step above the largest
_END32 = 2.0**128 - 2.0**103
_MAX64 = sys.float_info.max
_END64 = 2**1024 - 2**970
_NO_INTEGERS = [0.0, -0.0, 0.5, 1.0, -1.0, 2.0**31, 2.0**63, 2.0**64, math.inf, -math.inf, math.nan]


def _of_integer(low: int, high: int) -> Edges:
    inside = {low, low + 1, 0, 1, high - 1, high}
    # the edges of the other widths too, for those are where a conversion on the way would wrap
    others = {edge + step for pair in INTEGERS.values() for edge in pair for step in (-1, 0, 1)}
    inside |= {number for number in others if low <= number <= high}
    outside = {low - 1, high + 1, low - 2**64, high + 2**64, 2**200, -(2**200)} | (others - inside)
    return Edges(
        [(number, number) for number in sorted(inside)] + [(True, 1), (False, 0)],
        [*sorted(outside)],
        [*_NO_INTEGERS],
    )


_ALL_FLOATS = [0.0, -0.0, 0.5, -0.5, 1.0, 2.0**63, math.inf, -math.inf, math.nan]

EDGES: dict[T, Edges] = {
    T.Bool: Edges(
        [(True, True), (False, False), (1, True), (0, False)],
        [2, -1, 127, 128, 255, 256, -128, 2**31, 2**32, 2**63, 2**64 + 1, -(2**64)],
        [*_NO_INTEGERS],
    ),
    **{code: _of_integer(low, high) for code, (low, high) in INTEGERS.items()},
    T.Float32: Edges(
        [
            *((number, number) for number in _ALL_FLOATS),
            *((sign * x, sign * x) for sign in (1, -1) for x in (_MAX32, 2.0**-126, 2.0**-149)),
            (math.nextafter(_END32, 0), _MAX32),
            (2.0**-150, 0.0),  # half of the least: to even
            (math.nextafter(2.0**-150, 1), 2.0**-149),
            (-(2.0**-150), -0.0),
            (True, 1.0),
            (False, 0.0),
            (0, 0.0),
            (1, 1.0),
            (100, 100.0),
            (30_000, 30_000.0),
            (2**31 - 128, 2.0**31 - 128),
            (2**24 + 1, 2.0**24),
            (2**64, 2.0**64),
            (int(_MAX32), _MAX32),
        ],
        [_END32, -_END32, int(_END32), _MAX64, -_MAX64, 2**1024, -(2**1024), 10**400],
        [],
    ),
    T.Float64: Edges(
        [
            *((number, number) for number in _ALL_FLOATS),
            *((sign * x, sign * x) for sign in (1, -1) for x in (_MAX64, sys.float_info.min, 5e-324)),
            (True, 1.0),
            (False, 0.0),
            (0, 0.0),
            (1, 1.0),
            (100, 100.0),
            (30_000, 30_000.0),
            (2**31 - 128, 2.0**31 - 128),
            (2**53 + 1, 2.0**53),
            (2**64 - 1, 2.0**64),
            (_END64 - 1, _MAX64),
        ],
        [_END64, -_END64, 2**1024, 10**400],
        [],
    ),
}
