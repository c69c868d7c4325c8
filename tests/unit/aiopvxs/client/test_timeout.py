"""Timeouts as users give them."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pytest

from aiopvxs.client._timeout import check_timeout


@pytest.mark.parametrize("given", [0, 1, 2.5, -1.0, True, np.float32(2), np.int8(3)])
def test_numbers_are_seconds(given: float) -> None:
    seconds = check_timeout(given)
    assert type(seconds) is float
    assert seconds == given


@pytest.mark.parametrize("given", [None, math.inf, np.float64("inf")])
def test_for_ever(given: float | None) -> None:
    assert check_timeout(given) is None


@pytest.mark.parametrize("given", ["5", b"5", math.nan, [], 1j, datetime.timedelta(seconds=1), 10**400])
def test_what_is_no_number_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match="it has to be a number of seconds, or None"):
        check_timeout(given)  # type: ignore[arg-type]
