"""Buffers and numpy objects of every dtype, layout and format."""

from __future__ import annotations

import array
import ctypes
import os
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np

__all__ = ["array_like", "numpy_scalar"]

# AddressSanitizer ends the process where memory runs out
_LIMITED = "asan" in os.environ.get("LD_PRELOAD", "")

_DTYPES: list[Any] = [
    "?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "g", "F", "D", "G", "S3", "S0",
    "U2", "U0", "V4", "V0", "O", "M8[s]", "M8", "m8[ns]", ">i4", ">f8", ">u2", "<i8", ">U1", ">M8[D]",
    "intc", "longlong", [("a", "i4"), ("b", "f8")], [("a", "i4", (2,))], [],
    np.dtype({"names": ["x"], "formats": ["i4"], "offsets": [3]}),
]  # fmt: skip
_FORMATS = ["b", "B", "?", "c", "h", "H", "i", "I", "l", "L", "q", "Q", "n", "N", "f", "d", "P"]


class _Pair(ctypes.Structure):
    _fields_ = (("a", ctypes.c_int), ("b", ctypes.c_double))


class _Sub(np.ndarray):
    """A subclass of ndarray that is its own view of itself."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        return self


def _filled(rng: Random, size: int) -> np.ndarray[Any, Any]:
    """Return an array of any dtype, of random bytes where that is possible."""
    dtype = np.dtype(rng.choice(_DTYPES))
    if dtype.hasobject:
        made = np.empty(size, dtype)
        for index in range(size):
            made[index] = rng.choice([1, None, "x", 2.5, 10**30, [1], made, b"x", np.int8(3), object()])
        return made
    if not dtype.itemsize:
        return np.zeros(size, dtype)
    if dtype.kind == "U":  # of random bytes it would be no text
        return np.array(["x\udcff\U0001f44b"] * size, dtype)
    return np.frombuffer(bytearray(rng.randbytes(dtype.itemsize * size)), dtype, count=size)


Array = np.ndarray[Any, Any]


def _endless(made: Array) -> Array:
    """Return more elements than there is memory for."""
    return made if _LIMITED else np.broadcast_to(made[:1], (2**50,))


def _read_only(made: Array) -> Array:
    made.flags.writeable = False
    return made


def _column(made: Array) -> Array:
    names = made.dtype.names
    return made[names[-1]] if names else made


_LAYOUTS: list[Callable[[Array], Any]] = [
    lambda made: made,
    lambda made: made[::-1],
    lambda made: made[::2],
    lambda made: np.lib.stride_tricks.as_strided(made, (1000,), (0,)),
    lambda made: np.broadcast_to(made[:1], (7,)),
    lambda made: made.reshape(1, -1),
    lambda made: np.zeros((0, 3), made.dtype),
    lambda made: np.zeros((), made.dtype),
    lambda made: made[:1].reshape(()),
    lambda made: made.view(_Sub),
    lambda made: np.ma.array(made, mask=[True] + [False] * (len(made) - 1)),
    lambda made: made.astype(made.dtype.newbyteorder()),
    list,
    _column,
    _read_only,
    _endless,
]


def array_like(rng: Random) -> Any:
    """Return something with elements in memory."""
    what = rng.randrange(10)
    if what < 6:
        made = _filled(rng, rng.randint(0, 5))
        return rng.choice(_LAYOUTS)(made) if len(made) else made
    if what == 6:
        return array.array(rng.choice("bBhHiIlLqQfd"), [1, 2, 3])
    if what == 7:
        kind: Any = rng.choice([ctypes.c_int, ctypes.c_double, ctypes.c_bool, _Pair, ctypes.c_void_p])
        return rng.choice([kind, kind * 3, (kind * 2) * 2, kind * 0, ctypes.c_wchar * 2])()
    return _view(rng)


def _view(rng: Random) -> Any:
    """Return a memoryview of an odd format, of several dimensions, or released."""
    view: Any = memoryview(bytearray(rng.randbytes(48)))
    what = rng.randrange(6)
    if what < 3:
        return view.cast(rng.choice(_FORMATS))[:: rng.choice([1, 2, -1])]
    if what == 3:
        return view.cast("d", [2, 3])
    if what == 4:
        view.release()
        return view
    return np.arange(rng.randint(0, 4), dtype=rng.choice(["i4", "f8", "O", ">i2"])).data


def numpy_scalar(rng: Random) -> Any:
    """Return a numpy scalar of any dtype."""
    return _filled(rng, 1)[0]
