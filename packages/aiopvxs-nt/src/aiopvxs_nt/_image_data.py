"""The data of an NTNDArray: its sizes, the type of its elements, and the array, decoded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ._image_types import ND_DATA_TYPES, SCALAR_TYPES
from .codec import decode
from .color_mode import ColorMode

if TYPE_CHECKING:
    import numpy as np

    from aiopvxs_core.data import Value

__all__ = [
    "color_mode_of",
    "count_elements",
    "dimension_sizes",
    "element_type",
    "in_order_of_axes",
    "read_image",
    "stored_bytes",
]

T = TypeVar("T")

#: no image is decompressed to more bytes than this
MAX_BYTES = 1 << 30


def dimension_sizes(value: Value) -> list[int]:
    """Return the sizes, the fastest first.

    Raises:
        ValueError: one is missing or negative.
    """
    sizes = []
    for number, one in enumerate(value.as_py("dimension")):
        size = None if one is None else one["size"]
        if size is None or size < 0:
            raise ValueError(f"dimension[{number}] has the size {size}")
        sizes.append(size)
    return sizes


def count_elements(sizes: list[int]) -> int:
    """Return the number of elements; none without dimensions."""
    return math.prod(sizes) if sizes else 0


def in_order_of_axes(value: Value, of_dimensions: Sequence[T]) -> list[T]:
    """Return what there is of each dimension in the order of the axes of the array: the slowest first.

    A JPEG holds the colours of a pixel together, whatever the image was made of and its dimensions say.
    """
    ordered = list(reversed(of_dimensions))
    if len(ordered) == 3 and value.as_string("codec.name", "") == "jpeg":
        axis = color_mode_of(value).axis
        if axis is not None:
            ordered.append(ordered.pop(axis))
    return ordered


def color_mode_of(value: Value) -> ColorMode:
    """Return the attribute ColorMode, the last if there are several; MONO where there is none."""
    mode = None
    for one in value.get("attribute") or ():
        if one is not None and one.as_string("name", "") == "ColorMode":
            mode = one.as_py("value", default=None)
    return ColorMode(mode) if isinstance(mode, int) and 0 <= mode <= 7 else ColorMode.MONO


def element_type(value: Value) -> np.dtype[Any] | None:
    """Return the type of an element, uncompressed; None where nothing is selected.

    Raises:
        ValueError: the image is compressed and does not say it.
    """
    import numpy as np

    stored = value.as_py("value", arrays="numpy", default=None)
    if not value.as_string("codec.name", ""):
        return np.dtype(stored.dtype) if isinstance(stored, np.ndarray) else None
    count = count_elements(dimension_sizes(value))
    size, rest = divmod(value.as_int("uncompressedSize", 0), count) if count else (0, 0)
    item_size = size if not rest and size else None
    parameters = value.as_py("codec.parameters", default=None)
    if isinstance(parameters, int) and not isinstance(parameters, bool):
        for scheme in (SCALAR_TYPES, ND_DATA_TYPES):
            for (kind, width), number in scheme.items():
                if number == parameters and item_size in (None, width):
                    return np.dtype(f"{kind}{width}")
    elif isinstance(stored, np.ndarray) and item_size in (None, stored.dtype.itemsize):
        return np.dtype(stored.dtype)
    raise ValueError(
        f"codec.parameters is {parameters!r}, which is no type of elements that fits an uncompressedSize of "
        f"{value.as_int('uncompressedSize', 0)} bytes for {count} elements"
    )


def stored_bytes(value: Value) -> int:
    """Return the number of bytes in the field ``value``."""
    stored = value.as_py("value", arrays="numpy", default=None)
    return int(getattr(stored, "nbytes", 0))


def read_image(value: Value) -> Any:
    """Return the array, in C order: the slowest dimension first. Without a codec it is a view.

    Raises:
        ValueError: the data is not what the dimensions say, or damaged.
        CodecNotAvailable: the codec's library is not installed, or the codec is not known.
    """
    import numpy as np

    stored = value.as_py("value", arrays="numpy", default=None)
    if stored is None:
        return np.empty((0,), np.uint8)
    if not isinstance(stored, np.ndarray):
        raise ValueError(
            f"the field 'value' of an image is an array of numbers, not a {type(stored).__name__}"
        )
    sizes = dimension_sizes(value)
    codec = value.as_string("codec.name", "")
    if not codec:
        if sizes and count_elements(sizes) != stored.size:
            raise ValueError(f"value has {stored.size} elements, and the dimensions {sizes} say otherwise")
        return stored.reshape(sizes[::-1]) if sizes else stored
    kind = element_type(value)
    assert kind is not None
    expected = count_elements(sizes) * kind.itemsize
    if expected > MAX_BYTES:
        raise ValueError(
            f"the dimensions {sizes} claim {expected} bytes: an image is decompressed to {MAX_BYTES} at most"
        )
    return decode(codec, stored, tuple(in_order_of_axes(value, sizes)), kind)
