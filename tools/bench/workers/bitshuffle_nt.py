"""The reference library of bslz4."""

from __future__ import annotations

import asyncio
import os

os.environ["OMP_NUM_THREADS"] = "1"  # ours has one too; read when the library is loaded

import bitshuffle

from . import nt_types
from .protocol import obey
from .statements import Statements

# NAME: (what is timed, what it comes to)
STATEMENTS = {"bslz4": ("x = decompress(packed, shape, kind)", "x.shape, int(x.sum())")}


def names() -> dict[str, object]:
    """What the statements refer to."""
    pixels = nt_types.pixels()
    return {
        "decompress": bitshuffle.decompress_lz4,
        "packed": bitshuffle.compress_lz4(pixels),
        "shape": pixels.shape,
        "kind": pixels.dtype,
    }


if __name__ == "__main__":
    obey(asyncio.new_event_loop(), lambda: Statements(names(), STATEMENTS))
