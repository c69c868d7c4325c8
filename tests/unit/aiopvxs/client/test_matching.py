"""What until() waits for."""

from __future__ import annotations

import enum

import numpy as np
import pytest

from aiopvxs.client._matching import matching
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.data import Value
from aiopvxs.nt import NTEnum, NTScalar


class Mode(enum.Enum):
    OFF = "off"
    ON = "on"


class Level(enum.IntEnum):
    LOW = 0
    HIGH = 1


ON = NTEnum().create({"value": {"index": 1, "choices": ["off", "on"]}})
BEYOND = NTEnum().create({"value": {"index": 2, "choices": ["off", "on"]}})
ONE = NTScalar(T.Float64).create(1.0)
ARRAY = NTScalar(T.Float64A).create([1.0, 2.0])


@pytest.mark.parametrize(
    ("update", "wanted", "expected"),
    [
        (ONE, 1, True),
        (ONE, np.float32(1), True),
        (ONE, 2, False),
        (ONE, "1", False),
        (ONE, None, False),
        (ONE, Level.HIGH, True),
        (ON, "on", True),
        (ON, "off", False),
        (ON, 1, True),
        (ON, np.int8(1), True),
        (ON, Mode.ON, True),
        (ON, Mode.OFF, False),
        (ON, Level.HIGH, True),
        (BEYOND, "on", False),
        (BEYOND, 2, True),
        (ARRAY, [1, 2], True),
        (ARRAY, np.array([1.0, 2.0]), True),
        (ARRAY, [1, 3], False),
        (ONE, lambda update: update.as_float("value") > 0, True),
    ],
)
def test_match(update: Value, wanted: object, expected: bool) -> None:
    assert bool(matching("x", wanted)(update)) is expected


def test_coroutine_functions_are_no_predicates() -> None:
    async def never(update: Value) -> bool:
        return False

    with pytest.raises(TypeError, match="until 'x': the predicate is a coroutine function"):
        matching("x", never)(ONE)
