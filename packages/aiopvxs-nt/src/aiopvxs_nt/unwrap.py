"""From values to readings."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any, TypeVar, overload

from aiopvxs_core.data import TypeCodeEnum, Value

from ._builder import Builder
from ._convert import convert
from ._kinds import is_value
from .asked import Asked
from .ntaggregate import NTAggregate
from .ntattribute import NTAttribute
from .ntcontinuum import NTContinuum
from .ntenum import NTEnum
from .nthistogram import NTHistogram
from .ntmatrix import NTMatrix
from .ntmultichannel import NTMultiChannel, NTScalarMultiChannel
from .ntnamevalue import NTNameValue
from .ntndarray import NTNDArray
from .ntpvi import NTPVI
from .ntscalar import NTScalar, NTScalarArray
from .nttable import NTTable
from .ntunion import NTUnion
from .nturi import NTURI
from .reading import Reading
from .readings import ArrayReading, ScalarReading
from .structure import StructureReading

__all__ = ["nt_of", "unwrap"]

M = TypeVar("M")
E = TypeVar("E", bound=Enum)

# the most particular first: a value may have the fields of several
_TYPES: tuple[type[Builder], ...] = (
    NTNDArray,
    NTMultiChannel,
    NTScalarMultiChannel,
    NTURI,
    NTContinuum,
    NTHistogram,
    NTAggregate,
    NTNameValue,
    NTAttribute,
    NTEnum,
    NTPVI,
    NTTable,
    NTMatrix,
    NTScalarArray,
    NTScalar,
    NTUnion,
)
# fields without which a value that does not call itself so is none of these
_SIGNS = {NTMatrix: "dim", NTTable: "labels"}
_BY_ID: dict[str, type[Builder]] = {f"epics:nt/{cls.__name__}:1.0": cls for cls in _TYPES}
_SCALAR = "epics:nt/NTScalar:1.0"
_SCALARS = frozenset((bool, int, float, str))


@overload
def unwrap(value: Value, as_: None = None, *, fields: str | Iterable[str] | None = None) -> Reading[Any]: ...
@overload
def unwrap(value: Value, as_: type[M], *, fields: str | Iterable[str] | None = None) -> M: ...
def unwrap(value: Value, as_: Any = None, *, fields: str | Iterable[str] | None = None) -> Any:
    """Make the reading of a value: what it is, is told by its fields, whatever its id says.

    Args:
        value: a structure.
        as_: what to return instead: an Enum class (the member that the choice is), bool, int, float, str, a
            model (as :func:`load`), or ``list[Model]``, of the rows of a table; list or ``numpy.ndarray`` of
            an array or image, dict, list, or a DataFrame of pandas or polars, of a table.
        fields: those that a request asked for: the other parts of the reading are None. What
            ``ctx.get`` returns, and the updates of ``ctx.monitor``, know them by themselves; of a copy of
            such a value say them here.

    Raises:
        TypeError: ``value`` is no structure.
        ValueError: its contents are not what ``as_`` takes.
    """
    # most values are scalars that say so; the type of what is in them tells whether they are
    try:
        name = value.id()
    except AttributeError:
        raise TypeError(f"unwrap() makes readings of Values, not of a {type(value).__name__}") from None
    if name == _SCALAR:
        try:
            content = value.as_py("value")
        except (LookupError, ValueError, TypeError):
            content = None
        if type(content) in _SCALARS:
            reading: Reading[Any] = ScalarReading(value, content)
        else:
            reading = _by_shape(value)
    else:
        reading = _by_shape(value)
    if fields is not None:
        names = fields.split(",") if isinstance(fields, str) else fields
        reading._leave_out(Asked(name.strip() for name in names))
    return reading if as_ is None else convert(reading, as_)


def nt_of(value: Value) -> type[Builder] | None:
    """Return the normative type that a value is: NTScalar, NTEnum and so on; None if it is none of them."""
    if not is_value(value) or value.type() != TypeCodeEnum.Struct:
        found = value.type().name() if is_value(value) else type(value).__name__
        raise TypeError(f"a normative type is a structure, not {found}")
    named = _BY_ID.get(value.id())
    if named is not None and named.matches(value):
        return NTScalarArray if named is NTScalar and NTScalarArray.matches(value) else named
    for cls in _TYPES:
        sign = _SIGNS.get(cls)
        if (sign is None or value.get(sign) is not None) and cls.matches(value):
            return cls
    return None


# types that were met: by id, empty values with what they are. Comparing with these costs less than taking a
# type apart; nothing of a PV's contents is kept
_met: dict[str, tuple[tuple[Value, type[Builder] | None], ...]] = {}
_MOST_IDS = 256
_MOST_OF_ONE_ID = 8


def _known_nt_of(value: Value) -> type[Builder] | None:
    name = value.id()
    met = _met.get(name, ())
    for empty, cls in met:
        if value.equalType(empty):
            return cls
    cls = nt_of(value)
    if len(_met) >= _MOST_IDS:
        _met.clear()
    _met[name] = (*met[-_MOST_OF_ONE_ID + 1 :], (value.cloneEmpty(), cls))
    return cls


def _by_shape(value: Value) -> Reading[Any]:
    cls = _known_nt_of(value)
    if cls is None:
        return StructureReading(value)
    if cls is NTScalarArray:
        return ArrayReading(value)
    if cls is NTScalar:
        return ScalarReading(value)
    return cls._reading(value)
