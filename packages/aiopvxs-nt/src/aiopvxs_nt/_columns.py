"""From tables of other libraries to columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ._optional import need

__all__ = ["columns_from"]


def columns_from(given: Any, names: Sequence[str]) -> dict[str, Any]:
    """Return the columns of a table of whatever library, or of rows.

    Args:
        given: a DataFrame of pandas or polars, an arrow table or stream, a structured numpy array, a sequence
            of dicts, models, or sequences in the order of ``names``; or a model of columns.
        names: of the columns, for rows without names, and for a table without rows.

    Raises:
        TypeError: it is no table.
        ValueError: a row has other columns.
    """
    from .model import fields_of, is_model

    if is_model(given):
        return fields_of(given)
    library = type(given).__module__.partition(".")[0]
    if library in ("pandas", "polars") and hasattr(given, "columns"):
        return {str(name): _of_series(str(name), given[name]) for name in given.columns}
    if hasattr(given, "__arrow_c_stream__"):
        table = need("pyarrow", "arrow", "an arrow stream").table(given)
        return {name: _of_arrow(table.column(name)) for name in table.column_names}
    if getattr(getattr(given, "dtype", None), "names", None) is not None:
        return {name: _of_numpy(name, given[name]) for name in given.dtype.names}
    if isinstance(given, Sequence) and not isinstance(given, (str, bytes)):
        return _of_rows(given, names)
    raise TypeError(
        "a table takes a DataFrame, an arrow table, a structured array or a list of rows (columns go into a "
        f'dict, {{"value": columns}}), not a {type(given).__name__}'
    )


def _of_series(name: str, series: Any) -> Any:
    kind = getattr(series.dtype, "kind", None)
    if kind not in (None, "f") and (missing := series.isna()).any():
        raise _missing(name, int(missing.to_numpy().argmax()))
    if kind is None or kind in "OUST":
        found = series.to_list() if hasattr(series, "to_list") else list(series)
        # numbers of polars, whose dtypes have no kind
        return found if any(isinstance(one, (str, type(None))) for one in found) else series.to_numpy()
    return series.to_numpy()


def _missing(name: str, row: int) -> ValueError:
    return ValueError(
        f"column {name!r} has no value in row {row}, and a table of PVAccess has no missing values: "
        "use fillna() or dropna()"
    )


def _of_arrow(column: Any) -> Any:
    kinds = need("pyarrow.types", "arrow", "an arrow table")
    if kinds.is_string(column.type) or kinds.is_large_string(column.type) or column.null_count:
        return column.to_pylist()
    return column.to_numpy()


def _of_numpy(name: str, column: Any) -> Any:
    if column.dtype.kind == "O":
        for row, one in enumerate(column):
            if one is None:
                raise _missing(name, row)
            if isinstance(one, float) and math.isnan(one):
                raise ValueError(f"column {name!r} has NaN in row {row}, and is no column of numbers")
    return [str(one) for one in column] if column.dtype.kind == "U" else column


def _of_rows(rows: Sequence[Any], names: Sequence[str]) -> dict[str, Any]:
    from .model import fields_of, is_model

    columns: dict[str, list[Any]] = {name: [] for name in names}
    for number, row in enumerate(rows):
        if is_model(row):
            row = fields_of(row)  # noqa: PLW2901 a row in another form
        if isinstance(row, Mapping):
            found = dict(row)
        elif isinstance(row, Sequence) and not isinstance(row, (str, bytes)):
            if len(row) != len(names):
                raise ValueError(f"row {number} has {len(row)} elements, and there are {len(names)} columns")
            found = dict(zip(names, row, strict=True))
        else:
            raise TypeError(f"row {number} is a {type(row).__name__}, not a dict, a model or a sequence")
        if set(found) != set(names):
            raise ValueError(f"row {number} has the columns {list(found)}, and the table {list(names)}")
        for name in names:
            columns[name].append(found[name])
    return columns
