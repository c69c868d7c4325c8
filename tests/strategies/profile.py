"""How many examples: a fixed, repeatable number, or as many as a time allows.

By default every run draws the same examples. ``AIOPVXS_HYPOTHESIS=long`` draws new ones for a minute of each
property, ``AIOPVXS_HYPOTHESIS=long:600`` for 600 seconds of each.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

__all__ = ["examples"]

_MODE, _, _SECONDS = os.environ.get("AIOPVXS_HYPOTHESIS", "").partition(":")
if _MODE not in {"", "long"}:
    raise ValueError(f"AIOPVXS_HYPOTHESIS is 'long' or 'long:SECONDS', not {_MODE!r}")
_LONG = _MODE == "long"

Test = Callable[..., None]


def examples(count: int) -> Callable[[Test], Test]:
    """Decorate a property: that many examples of it, or batches of as many until its time is over."""

    def decorate(test: Test) -> Test:
        sized = settings(
            max_examples=count,
            derandomize=not _LONG,
            database=None,
            deadline=None,  # machines that test are busy
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )(test)
        return _repeated(sized, count) if _LONG else sized

    return decorate


def _repeated(test: Test, count: int) -> Test:
    @functools.wraps(test)
    def repeat(*args: Any, **kwargs: Any) -> None:
        until = time.monotonic() + float(_SECONDS or 60)
        done = 0
        while not done or time.monotonic() < until:
            test(*args, **kwargs)
            done += count
            print(f"\r{done} examples", end="", flush=True)

    timed: Test = pytest.mark.timeout(0)(repeat)
    return timed
