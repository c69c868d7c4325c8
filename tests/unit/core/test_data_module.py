from __future__ import annotations

import subprocess
import sys

import aiopvxs.data
import aiopvxs_core.data
from aiopvxs_core import _core


def test_public_names() -> None:
    assert set(aiopvxs.data.__all__) == set(aiopvxs_core.data.__all__)
    for name in aiopvxs.data.__all__:
        assert getattr(aiopvxs.data, name) is getattr(aiopvxs_core.data, name)
    assert aiopvxs.data.LookupError is aiopvxs.data.FieldLookupError
    assert {name for name in vars(_core.data) if not name.startswith("_")} <= set(aiopvxs.data.__all__)


def test_numpy_waits_for_the_first_array() -> None:
    program = """
import sys
from aiopvxs_core.data import *
members = [Member(float, "x"), Member(list[int], "a"), Member(list[str], "s")]
value = TypeDef(TypeCodeEnum.Struct, members).create()
value.assign({"x": 1, "a": [1, 2], "s": ["t"]})
assert value.as_dict() == {"x": 1.0, "a": [1, 2], "s": ["t"]} and value.clone() == value and value.x + 1 == 2
str(value), value.a == [1, 2], len(value.a), value.changed(), hasattr(value, "nope")
print("numpy" in sys.modules)
value.as_array("a")
print("numpy" in sys.modules)
"""
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert output.split() == ["False", "True"]
