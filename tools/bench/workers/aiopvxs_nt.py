"""Normative types of aiopvxs as a user handles them."""

from __future__ import annotations

import asyncio

from aiopvxs.data import TypeCodeEnum, TypeDef
from aiopvxs.nt import NTNDArray, NTTable, unwrap

from . import data_types, nt_types
from .aiopvxs_data import members
from .protocol import obey
from .statements import Statements

# NAME: (what is timed, what it comes to)
STATEMENTS = {
    "unwrap": ("x = unwrap(full)", "float(x)"),
    "unwrap_parts": ("x = unwrap(full); y = x.value, x.alarm.severity, x.timestamp.ns", "y"),
    "image": ("x = unwrap(image).value", "x.shape, int(x.sum())"),
    "pandas": ("x = unwrap(table).to_pandas()", "[float(x[name].sum()) for name in x]"),
    "arrow": ("x = unwrap(table).to_arrow()", "[float(one.to_numpy().sum()) for one in x.columns]"),
    "bslz4": ("x = unwrap(packed).value", "x.shape, int(x.sum())"),
}


def names() -> dict[str, object]:
    """What the statements refer to."""
    full = TypeDef(TypeCodeEnum.Struct, members(data_types.NT_SCALAR), "epics:nt/NTScalar:1.0").create()
    full.assign(data_types.content(data_types.NT_SCALAR))
    columns = nt_types.columns()
    return {
        "unwrap": unwrap,
        "full": full,
        "image": NTNDArray().create(nt_types.pixels()),
        "packed": NTNDArray(codec="bslz4").create(nt_types.pixels()),
        "table": NTTable({name: column.dtype for name, column in columns.items()}).create({"value": columns}),
    }


if __name__ == "__main__":
    obey(asyncio.new_event_loop(), lambda: Statements(names(), STATEMENTS))
