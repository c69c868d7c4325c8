"""NTHistogram: counts in ranges."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from aiopvxs_core.data import Member, TypeCode, TypeCodeEnum, TypeCodeLike, TypeDef

from ._builder import Builder
from ._shape import COMMON, required
from .alarm import alarm
from .readings import ArrayReading
from .time import time

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["HistogramReading", "NTHistogram"]

_T = TypeCodeEnum
_COUNTS = (_T.Int16A, _T.Int32A, _T.Int64A)


class HistogramReading(ArrayReading[Any]):
    """Counts in ranges (NTHistogram): ``value`` are the counts."""

    __slots__ = ()

    @property
    def ranges(self) -> Any:
        """The edges of the ranges, one more than there are counts."""
        return self._raw.as_array("ranges")


class NTHistogram(Builder):
    """Counts in ranges, as ``numpy.histogram()`` gives them.

    ``epics:nt/NTHistogram:1.0``.
    """

    __slots__ = ("extra", "type")
    _rules = (required("ranges", _T.Float64A), required("value", *_COUNTS), *COMMON)
    _reading = HistogramReading

    def __init__(
        self,
        type: TypeCodeLike = _T.Int64,  # noqa: A002 the name in the specification
        *,
        extra: Iterable[Member] = (),
    ) -> None:
        """Choose the type of a count.

        Args:
            type: Int16, Int32 or Int64.
            extra: further members, after the others.
        """
        code = TypeCode(type)
        self.type = code if code.is_array else TypeCode(int(code) | 0x08)
        if self.type not in _COUNTS:
            raise ValueError(f"counts of NTHistogram are Int16, Int32 or Int64, not {code.name()}")
        self.extra = tuple(extra)

    def build(self) -> TypeDef:
        """Return the type; equal options give equal TypeDefs."""
        members = [
            Member(_T.Float64A, "ranges"),
            Member(self.type, "value"),
            Member(_T.String, "descriptor"),
            alarm(),
            time(),
            *self.extra,
        ]
        return TypeDef(_T.Struct, members, id="epics:nt/NTHistogram:1.0")

    @classmethod
    def _wrong_contents(cls, value: Value) -> str | None:
        edges, counts = len(value["ranges"]), len(value["value"])
        if (edges or counts) and edges != counts + 1:
            return f"ranges has {edges} edges for {counts} counts: there has to be one more"
        ranges = value.as_list("ranges")
        rising = all(low < high for low, high in pairwise(ranges))
        return None if rising else "ranges do not rise"
