"""Types and values, without a network."""

import pytest

from aiopvxs.data import Member as M
from aiopvxs.data import NoConvert, TypeDef
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTEnum, NTScalar


def test_scalar_value():
    value = NTScalar(T.Float64).create()
    value["value"] = 2.5
    value.alarm.message = "fine"
    assert float(value["value"]) == 2.5
    assert value.as_dict()["alarm"]["message"] == "fine"


def test_array_value():
    value = NTScalar(T.Int32A).create()
    value["value"] = [-1, -2, -3]
    assert value["value"].as_list() == [-1, -2, -3]


def test_enum_value():
    value = NTEnum().create()
    value["value.choices"] = ["off", "on"]
    value["value.index"] = 1
    assert value.as_dict()["value"] == {"index": 1, "choices": ["off", "on"]}


def test_own_structure():
    value = TypeDef(T.Struct, [M(T.String, "name"), M(T.Struct, "at", [M(T.Int16, "x")])]).create()
    value["at.x"] = 7
    assert value.as_dict() == {"name": "", "at": {"x": 7}}


def test_a_value_that_does_not_fit_is_refused():
    value = TypeDef(T.Struct, [M(T.Int16, "x")]).create()
    with pytest.raises(NoConvert):
        value["x"] = 100_000
    assert value["x"] == 0
