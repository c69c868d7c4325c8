"""The table and the image with which all workers for normative types work."""

from __future__ import annotations

import numpy

ROWS = 100_000
COLUMNS = 10
SHAPE = (2048, 2048)


def columns() -> dict[str, numpy.ndarray]:
    """Ten columns of numbers."""
    first = numpy.arange(ROWS)
    return {
        f"c{number}": (first * (number + 1)).astype("f8" if number % 2 else "i4") for number in range(COLUMNS)
    }


def pixels() -> numpy.ndarray:
    """An image of 16 bits with the noise of few photons, which is what bslz4 is for."""
    return numpy.random.default_rng(0).poisson(20, SHAPE).astype("u2")
