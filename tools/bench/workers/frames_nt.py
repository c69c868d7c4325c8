"""Tables of pandas and pyarrow, of arrays that are there already."""

from __future__ import annotations

import asyncio

import pandas
import pyarrow

from . import nt_types
from .protocol import obey
from .statements import Statements

# NAME: (what is timed, what it comes to)
STATEMENTS = {
    "pandas": ("x = DataFrame(columns, copy=False)", "[float(x[name].sum()) for name in x]"),
    "arrow": ("x = table(columns)", "[float(one.to_numpy().sum()) for one in x.columns]"),
    "pandas_copied": ("x = DataFrame(columns, copy=True)", "[float(x[name].sum()) for name in x]"),
}


def names() -> dict[str, object]:
    """What the statements refer to."""
    return {"DataFrame": pandas.DataFrame, "table": pyarrow.table, "columns": nt_types.columns()}


if __name__ == "__main__":
    obey(asyncio.new_event_loop(), lambda: Statements(names(), STATEMENTS))
