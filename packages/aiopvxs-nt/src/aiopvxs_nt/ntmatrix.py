"""NTMatrix: a matrix of numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from aiopvxs_core.data import Member, TypeCodeEnum, TypeDef

from ._builder import Builder
from ._shape import COMMON, DISPLAY, optional, required
from .alarm import alarm
from .display import display
from .readings import ArrayReading
from .time import time

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["MatrixReading", "NTMatrix"]

_T = TypeCodeEnum


class MatrixReading(ArrayReading[Any]):
    """A matrix (NTMatrix): ``value`` is a numpy view of one or two dimensions, rows first."""

    __slots__ = ()

    def _read_value(self) -> Any:
        array = self._raw.as_array("value")
        dim = self._raw.as_py("dim", default=None)
        if wrong := NTMatrix._wrong_contents(self._raw):
            raise ValueError(f"NTMatrix: {wrong}")
        return array.reshape(dim) if dim else array


class NTMatrix(Builder):
    """A vector or matrix of doubles, row by row.

    ``epics:nt/NTMatrix:1.0``. It takes an ndarray of one or two dimensions.
    """

    __slots__ = ("display", "extra")
    _rules = (
        required("value", _T.Float64A),
        optional("dim", _T.Int32A),
        *COMMON,
        optional("display", DISPLAY),
    )
    _reading = MatrixReading

    def __init__(self, *, display: bool = False, extra: Iterable[Member] = ()) -> None:
        """Choose the options.

        Args:
            display: with a display structure.
            extra: further members, after the others.
        """
        self.display = display
        self.extra = tuple(extra)

    def build(self) -> TypeDef:
        """Return the type; equal options give equal TypeDefs."""
        shown = [display(_T.Float64)] if self.display else []
        members = [
            Member(_T.Float64A, "value"),
            Member(_T.Int32A, "dim"),
            Member(_T.String, "descriptor"),
            alarm(),
            time(),
            *shown,
            *self.extra,
        ]
        return TypeDef(_T.Struct, members, id="epics:nt/NTMatrix:1.0")

    @classmethod
    def _wrong_contents(cls, value: Value) -> str | None:
        dim = value.as_py("dim", default=None) or []
        count = len(value["value"])
        if not dim:
            return None
        if len(dim) > 2 or any(size < 1 for size in dim):
            return f"dim is {dim}, and has to be one or two sizes of at least 1"
        product = dim[0] * (dim[1] if len(dim) == 2 else 1)
        return (
            None if product == count else f"dim is {dim}, which is {product} elements, and value has {count}"
        )
