"""NTTable: columns of equal length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from aiopvxs_core.data import Member, TypeCode, TypeCodeEnum, TypeCodeLike, TypeDef

from ._builder import Builder
from ._code import is_primitive
from ._columns import columns_from
from ._shape import COMMON, broken, columns, required
from .alarm import alarm
from .table import TableReading
from .time import time

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["NTTable"]

_T = TypeCodeEnum


class NTTable(Builder):
    """A table: columns of bool, numbers or strings, with a label each, and alarm and time stamp.

    ``epics:nt/NTTable:1.0`` (``pvxs::nt::NTTable``).
    """

    __slots__ = ("columns", "extra", "labels")
    # tables of an IOC's groups have no labels unless their records say so
    _rules = (required("labels", _T.StringA, lenient=True), required("value", columns), *COMMON)
    _reading = TableReading

    def __init__(
        self,
        columns: Mapping[str, TypeCodeLike] | Iterable[tuple[str, TypeCodeLike]] | Any = (),
        *,
        labels: Iterable[str] | None = None,
        extra: Iterable[Member] = (),
    ) -> None:
        """Choose the columns.

        Args:
            columns: a dict, or pairs, of a name and the type of one element; a numpy dtype with fields; or a
                model (dataclass, pydantic, msgspec) of a row, or of columns, where each field is an array.
            labels: what is shown above the columns; their names if not given.
            extra: further members, after the others.

        Raises:
            ValueError: a column of structures, or labels that are not as many as the columns.
        """
        self.columns = _columns(columns)
        self.labels = tuple(name for name, _ in self.columns) if labels is None else tuple(labels)
        if len(self.labels) != len(self.columns):
            raise ValueError(f"there are {len(self.labels)} labels for {len(self.columns)} columns")
        self.extra = tuple(extra)

    def build(self) -> TypeDef:
        """Return the type; equal options give the same TypeDef."""
        return _build(self.columns, self.extra)

    def _initialise(self, value: Value) -> None:
        if self.labels:
            value["labels"] = list(self.labels)

    @classmethod
    def _wrong_contents(cls, value: Value) -> str | None:
        lengths = {name: len(column) for name, column in value["value"].items()}
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{name} {length}" for name, length in lengths.items())
            return f"its columns have different lengths: {told}"
        labels = value.as_string_list("labels")
        if len(labels) != len(lengths):
            return f"there are {len(labels)} labels for {len(lengths)} columns"
        return None

    def __repr__(self) -> str:
        return f"NTTable({ {name: code.name() for name, code in self.columns} })"


def _columns(given: Any) -> tuple[tuple[str, TypeCode], ...]:
    from .model import is_model_class, row_columns

    if is_model_class(given):
        pairs = row_columns(given)
    elif isinstance(given, Mapping):
        pairs = list(given.items())
    elif getattr(given, "names", None) is not None and hasattr(given, "fields"):
        pairs = [
            (name, str if given[name].kind in "US" else given[name].newbyteorder("=")) for name in given.names
        ]
    else:
        pairs = _pairs(given)
    found = []
    for name, kind in pairs:
        code = TypeCode(kind)
        if not is_primitive(code):
            raise ValueError(f"column {name!r} holds bool, numbers or strings, not {code.name()}")
        found.append((name, code if code.is_array else TypeCode(int(code) | 0x08)))
    return tuple(found)


def _pairs(given: Any) -> list[tuple[str, Any]]:
    try:
        return [(name, kind) for name, kind in given]
    except (TypeError, ValueError):
        raise TypeError(
            "columns are a dict of names and types, such pairs, a numpy dtype with fields or the model of a "
            f"row, not a {type(given).__name__}"
        ) from None


def is_table_value(value: Value) -> bool:
    """Tell a table by its shape: no enum, no other structure."""
    return value["value"].type() == _T.Struct and broken(NTTable._rules, value, lenient=True) is None


def assign_table(value: Value, given: object) -> None:
    """Write a DataFrame, an arrow table, a structured array or rows.

    Raises:
        ValueError: the columns are not those of the table, or not of one length.
        TypeError: it is no table.
    """
    names = value["value"].keys()
    found = columns_from(given, names)
    if set(found) != set(names):
        missing = [name for name in names if name not in found]
        unknown = [name for name in found if name not in names]
        raise ValueError(
            f"the columns are not those of the table, {names}: missing {missing}, unknown {unknown}"
        )
    lengths = {name: len(column) for name, column in found.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"the columns have different lengths: {lengths}")
    trial = value.cloneEmpty()
    trial["value"] = found
    labels = value.get("labels")
    if labels is not None and not len(labels):
        trial["labels"] = names
    value.assign(trial)


@lru_cache(maxsize=64)
def _build(columns: tuple[tuple[str, TypeCode], ...], extra: tuple[Member, ...]) -> TypeDef:
    members = [
        Member(_T.StringA, "labels"),
        Member(_T.Struct, "value", [Member(code, name) for name, code in columns]),
        Member(_T.String, "descriptor"),
        alarm(),
        time(),
    ]
    return TypeDef(_T.Struct, [*members, *extra], id="epics:nt/NTTable:1.0")
