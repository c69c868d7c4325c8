"""lz4: one raw block, without its size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._common import as_bytes, check_level, empty, library, plausible

if TYPE_CHECKING:
    import numpy as np

__all__ = ["decode", "encode"]


def decode(data: memoryview, expected: int, _item_size: int, _shape: tuple[int, ...]) -> Any:
    """Decompress a block of so many bytes."""
    plausible("lz4", len(data), expected)
    return library().lz4_decode(data, header=False, out=empty(expected))


def encode(array: np.ndarray[Any, Any], level: int | None) -> Any:
    """Compress to one block."""
    check_level("lz4", level, None)
    return library().lz4_encode(as_bytes(array), header=False)
