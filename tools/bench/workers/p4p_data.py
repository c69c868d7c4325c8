"""Values of p4p, plain ones, for comparison."""

from __future__ import annotations

import asyncio

import numpy
from p4p import Type, Value
from p4p.nt import NTScalar

from . import data_types
from .protocol import obey
from .statements import Statements

# NAME: (what is timed, what it comes to)
STATEMENTS = {
    "create": ("v = Value(scalar)", "v.todict()"),
    "nt_to_dict": ("d = full.todict()", "d"),
    "nt_from_dict": ("v = Value(scalar, content)", "v.todict()"),
    "wide_to_dict": ("d = full_wide.todict()", "d"),
    "wide_from_dict": ("v = Value(wide, wide_content)", "v.todict()"),
    "attribute_read": ("x = full.value", "x"),
    "item_read": ('x = full["value"]', "x"),
    "typed_read": ('x = full["value"]', "x"),
    "item_write": ('full["value"] = 5.0', 'full["value"]'),
    "nested_write": ('full["alarm.severity"] = 2', 'full["alarm.severity"]'),
    "clone": ("v = Value(scalar, full)", "v.todict()"),
    "array_in": ('arrays["numbers"] = numbers', 'arrays["numbers"]'),
    "array_out": ('x = arrays["numbers"]', "x"),
    "list_in": ('arrays["numbers"] = listed', 'arrays["numbers"]'),
    "list_out": ('x = arrays["numbers"].tolist()', "x"),
    "texts_in": ('arrays["texts"] = texts', 'arrays["texts"]'),
    "texts_out": ('x = arrays["texts"]', "x"),
    "rows_in": ('v = Value(table); v["rows"] = rows', "v.todict()"),
    "rows_out": ("d = full_table.todict()", "d"),
}


def names() -> dict[str, object]:
    """What the statements refer to."""
    scalar = NTScalar.buildType("d", display=True, control=True, valueAlarm=True)
    wide, table = Type(data_types.WIDE), Type(data_types.TABLE)
    content, wide_content = data_types.content(data_types.NT_SCALAR), data_types.content(data_types.WIDE)
    numbers = numpy.linspace(0.0, 1.0, data_types.ELEMENTS)
    arrays = Value(Type(data_types.ARRAYS), {"numbers": numbers, "texts": data_types.texts()})
    return {
        "Value": Value,
        "scalar": scalar,
        "wide": wide,
        "table": table,
        "content": content,
        "wide_content": wide_content,
        "full": Value(scalar, content),
        "full_wide": Value(wide, wide_content),
        "full_table": Value(table, {"rows": data_types.rows()}),
        "arrays": arrays,
        "numbers": numbers,
        "listed": numbers.tolist(),
        "texts": data_types.texts(),
        "rows": data_types.rows(),
    }


if __name__ == "__main__":
    obey(asyncio.new_event_loop(), lambda: Statements(names(), STATEMENTS))
