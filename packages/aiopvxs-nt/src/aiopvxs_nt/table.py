"""The reading of a table."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from ._optional import need
from .reading import Reading
from .readings import read_array

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["TableReading"]

_SHOWN = 10


class TableReading(Reading[dict[str, Any]]):
    """A table (NTTable): ``value`` is a dict of columns, each a numpy view, or a list of str."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def _read_value(self) -> dict[str, Any]:
        inner = self._raw["value"]
        names = [name for name in inner.keys() if not self._left_out(f"value.{name}")]  # noqa: SIM118
        return {name: read_array(inner, name) for name in names}

    @property
    def labels(self) -> list[str]:
        """What is shown above the columns; their names where the table has no labels."""
        labels = self._raw.as_py("labels", default=None)
        names = list(self.value)
        return labels if labels and len(labels) == len(names) else names

    def __len__(self) -> int:
        """Return the number of rows: those of the shortest column."""
        return min((len(column) for column in self.value.values()), default=0)

    def __bool__(self) -> bool:
        return len(self) > 0

    def __getitem__(self, column: str) -> Any:
        try:
            return self.value[column]
        except KeyError:
            raise KeyError(f"no column is called {column!r}, only {list(self.value)}") from None

    def keys(self) -> list[str]:
        """Return the names of the columns; ``dict(reading)`` is a dict of the columns."""
        return list(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TableReading) and bool(self._raw["value"] == other._raw["value"])

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __iter__(self) -> Iterator[str]:
        return iter(self.value)

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows, each a dict of Python objects."""
        columns = {name: _listed(column) for name, column in self._square().items()}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def to_numpy(self) -> Any:
        """Return a structured numpy array, with texts as ``str`` of the greatest length."""
        import numpy as np

        columns = {name: np.asarray(column) for name, column in self._square().items()}
        for name, column in columns.items():
            if not column.size and isinstance(self.value[name], list):
                columns[name] = np.zeros(0, "U1")
        kinds = [(name, column.dtype) for name, column in columns.items()]
        table = np.zeros(len(self), kinds)
        for name, column in columns.items():
            table[name] = column
        return table

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if copy is False:
            raise ValueError("a table as an array is a copy")
        found = self.to_numpy()
        return found if dtype is None else found.astype(dtype)

    def to_pandas(self) -> Any:
        """Return a pandas DataFrame; columns of numbers are not copied, and read-only.

        Raises:
            ImportError: pandas is not installed.
            ValueError: the columns have different lengths.
        """
        pandas = need("pandas", "pandas", "a DataFrame")
        columns = {
            name: pandas.Series(column, dtype="str") if isinstance(column, list) else column
            for name, column in self._square().items()
        }
        frame = pandas.DataFrame(columns, copy=False)
        frame.attrs["labels"] = self.labels
        return frame

    def to_polars(self) -> Any:
        """Return a polars DataFrame.

        Raises:
            ImportError: polars is not installed.
            ValueError: the columns have different lengths.
        """
        polars = need("polars", "polars", "a polars DataFrame")
        return polars.DataFrame(
            [
                polars.Series(name, column, dtype=polars.String if isinstance(column, list) else None)
                for name, column in self._square().items()
            ]
        )

    def to_arrow(self) -> Any:
        """Return a pyarrow Table; columns of numbers are not copied.

        Raises:
            ImportError: pyarrow is not installed.
            ValueError: the columns have different lengths.
        """
        arrow = need("pyarrow", "arrow", "an arrow table")
        columns = self._square()
        arrays = [
            arrow.array(column, arrow.string() if isinstance(column, list) else None)
            for column in columns.values()
        ]
        return arrow.Table.from_arrays(arrays, names=list(columns))

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def check_lengths(self) -> None:
        """Check that the columns have one length.

        Raises:
            ValueError: they have not; the text names them.
        """
        self._square()

    def _square(self) -> dict[str, Any]:
        columns = self.value
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"the columns of the table have different lengths: {lengths}")
        return columns

    def __str__(self) -> str:
        return f"{len(self)} rows of {', '.join(self.value)}"

    def _repr_html_(self) -> str:
        if self._left_out("value"):
            return super()._repr_html_()
        head = "".join(f"<th>{escape(label)}</th>" for label in self.labels)
        shown = min(len(self), _SHOWN)
        lines = []
        for number in range(shown):
            cells = "".join(f"<td>{escape(str(column[number]))}</td>" for column in self.value.values())
            lines.append(f"<tr>{cells}</tr>")
        if len(self) > shown:
            lines.append(f'<tr><td colspan="{len(self.value)}">… {len(self)} rows</td></tr>')
        return f"<table><tr>{head}</tr>{''.join(lines)}</table>"


def _listed(column: Any) -> list[Any]:
    return column if isinstance(column, list) else list(column.tolist())
