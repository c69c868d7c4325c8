"""Values of aiopvxs as a user handles them."""

from __future__ import annotations

import asyncio

import numpy

from aiopvxs.data import Member, TypeDef
from aiopvxs.data import TypeCodeEnum as T

from . import data_types
from .protocol import obey
from .statements import Statements

CODES = {
    "d": T.Float64,
    "i": T.Int32,
    "l": T.Int64,
    "s": T.String,
    "?": T.Bool,
    "ad": T.Float64A,
    "as": T.StringA,
}

# NAME: (what is timed, what it comes to)
STATEMENTS = {
    "create": ("v = scalar.create()", "v.as_dict()"),
    "nt_to_dict": ("d = full.as_dict()", "d"),
    "nt_from_dict": ("v = scalar.create(); v.assign(content)", "v.as_dict()"),
    "wide_to_dict": ("d = full_wide.as_dict()", "d"),
    "wide_from_dict": ("v = wide.create(); v.assign(wide_content)", "v.as_dict()"),
    "attribute_read": ("x = full.value", "float(x)"),
    "item_read": ('x = full["value"]', "float(x)"),
    "typed_read": ('x = full.as_float("value")', "x"),
    "item_write": ('full["value"] = 5.0', 'full.as_float("value")'),
    "nested_write": ('full["alarm.severity"] = 2', 'full.as_int("alarm.severity")'),
    "clone": ("v = full.clone()", "v.as_dict()"),
    "array_in": ('arrays["numbers"] = numbers', 'arrays.as_array("numbers")'),
    "array_out": ('x = arrays.as_array("numbers")', "x"),
    "list_in": ('arrays["numbers"] = listed', 'arrays.as_array("numbers")'),
    "list_out": ('x = arrays.as_list("numbers")', "x"),
    "texts_in": ('arrays["texts"] = texts', 'arrays.as_list("texts")'),
    "texts_out": ('x = arrays.as_list("texts")', "x"),
    "rows_in": ('v = table.create(); v["rows"] = rows', "v.as_dict()"),
    "rows_out": ("d = full_table.as_dict()", "d"),
}


def members(fields: data_types.Fields) -> list[Member]:
    """The fields of a structure."""
    return [
        Member(CODES[code], name)
        if isinstance(code, str)
        else Member(T.StructA if code[0] == "aS" else T.Struct, name, members(code[2]), code[1])
        for name, code in fields
    ]


def names() -> dict[str, object]:
    """What the statements refer to."""
    scalar = TypeDef(T.Struct, members(data_types.NT_SCALAR), "epics:nt/NTScalar:1.0")
    wide, table = (TypeDef(T.Struct, members(fields)) for fields in (data_types.WIDE, data_types.TABLE))
    content, wide_content = data_types.content(data_types.NT_SCALAR), data_types.content(data_types.WIDE)
    full, full_wide, full_table = scalar.create(), wide.create(), table.create()
    full.assign(content)
    full_wide.assign(wide_content)
    full_table["rows"] = data_types.rows()
    arrays = TypeDef(T.Struct, members(data_types.ARRAYS)).create()
    numbers = numpy.linspace(0.0, 1.0, data_types.ELEMENTS)
    arrays.assign({"numbers": numbers, "texts": data_types.texts()})
    return {
        "scalar": scalar,
        "wide": wide,
        "table": table,
        "content": content,
        "wide_content": wide_content,
        "full": full,
        "full_wide": full_wide,
        "full_table": full_table,
        "arrays": arrays,
        "numbers": numbers,
        "listed": numbers.tolist(),
        "texts": data_types.texts(),
        "rows": data_types.rows(),
    }


if __name__ == "__main__":
    obey(asyncio.new_event_loop(), lambda: Statements(names(), STATEMENTS))
