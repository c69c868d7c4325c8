"""Definitions of types as plain lists and strings."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from aiopvxs_core.data import Member as M
from aiopvxs_core.data import TypeCode, TypeDef
from aiopvxs_core.data import TypeCodeEnum as T

COMPOUND = (T.Struct, T.StructA, T.Union, T.UnionA)
LEAVES = [code for code in T if code not in (T.Null, *COMPOUND)]

ALARM = ["struct", "alarm_t", [["severity", "int32_t"], ["message", "string"]]]
RICH = [
    "struct",
    "rich_t",
    [
        ["value", "double[]"],
        ["alarm", ALARM],
        ["rows", ["struct[]", "row_t", [["a", "uint8_t"]]]],
        ["choice", ["union", "", [["one", "bool"], ["two", ["struct", "", []]]]]],
        ["choices", ["union[]", "choice_t", [["alarm", ALARM]]]],
        ["anything", "any"],
        ["things", "any[]"],
    ],
]


def nested(levels: int) -> Any:
    spec: Any = "double"
    for _ in range(levels):
        spec = ["struct", "", [["x", spec]]]
    return spec


@pytest.mark.parametrize("code", LEAVES)
def test_a_leaf_is_its_name(code: T) -> None:
    plain = TypeDef(code).to_py()
    assert plain == TypeCode(code).name()
    for spec in (plain, code.name, code, TypeCode(code), int(code)):
        assert TypeDef.from_py(spec) == TypeDef(code)


@pytest.mark.parametrize("code", COMPOUND)
def test_a_compound_is_a_list(code: T) -> None:
    definition = TypeDef(code, [M(T.Int32, "a"), M(code, "b", [M(T.String, "c")], "inner")], "outer")
    name = TypeCode(code).name()
    plain = definition.to_py()
    assert plain == [name, "outer", [["a", "int32_t"], ["b", [name, "inner", [["c", "string"]]]]]]
    assert TypeDef.from_py(plain) == definition
    assert TypeDef.from_py([code.name, *plain[1:]]) == definition
    assert TypeDef(code).to_py() == [name, "", []]
    assert TypeDef.from_py(name) == TypeDef(code)


def test_what_a_type_code_may_be() -> None:
    for spec in (float, "Float64", np.float64, np.dtype("f8")):
        assert TypeDef.from_py(["struct", "", [["x", spec]]]) == TypeDef(T.Struct, [M(T.Float64, "x")])
    assert TypeDef.from_py(list[int]) == TypeDef(T.Int64A)


def test_through_json_and_a_value() -> None:
    definition = TypeDef.from_py(RICH)
    assert definition.to_py() == RICH
    assert TypeDef.from_py(json.loads(json.dumps(definition.to_py()))) == definition
    assert definition.create().typedef().to_py() == RICH
    assert TypeDef.from_py(tuple(RICH)) == definition
    assert {definition: 1}[TypeDef.from_py(RICH)] == 1


def test_the_result_is_a_new_list() -> None:
    definition = TypeDef.from_py(RICH)
    plain: Any = definition.to_py()
    plain[2].clear()
    assert definition.to_py() == RICH


def test_an_id_that_is_not_utf_8() -> None:
    spec = ["struct", "\udcff", [["a", "bool"]]]
    assert TypeDef.from_py(spec).to_py() == spec


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("duoble", "type: no type is called 'duoble'"),
        ("null", "type: no type is called 'null'"),
        ("Null", "type: no type is called 'Null'"),
        ("", "type: no type is called ''"),
        (None, "type: a type code is"),
        ({}, "type: a type code is"),
        (0x10, "type: no type code has the number 16"),
        (T.Null, "type: the type cannot be of type null"),
        (object, "type: a type code is"),
        ([], r"type: a structure or union is a list \[kind, id, .*, not list of 0 items"),
        (["struct", ""], "type: a structure or union .*, not list of 2 items"),
        (["struct", None, []], "type: a structure or union is a list"),
        (["struct", "", "ab"], "type: a structure or union is a list"),
        (["struct", "", {"a": "bool"}], "type: a structure or union is a list"),
        (["double", "", []], r"type: a type with members is 'struct', .*, not 'double'"),
        (["strukt", "", []], "type: no type is called 'strukt'"),
        (["struct", "", ["a"]], r"type: a member is a list \[name, type\], not str 'a'"),
        (["struct", "", ["ab"]], r"type: a member is a list \[name, type\], not str 'ab'"),
        (["struct", "", [["a"]]], "type: a member is a list"),
        (["struct", "", [[1, "bool"]]], "type: a member is a list"),
        (["struct", "", [["a b", "bool"]]], r"type\.a b: 'a b' is not a field name"),
        (["struct", "", [["", "bool"]]], r"type\.: '' is not a field name"),
        (["struct", "", [["\ud800", "bool"]]], "type: .*surrogates not allowed"),
        (["struct", "\ud800", []], "type: .*surrogates not allowed"),
        (["struct", "", [["a", "bool"], ["a", "bool"]]], "type: the type has two members of the name 'a'"),
        (
            ["struct", "", [["alarm", ["struct", "", [["severity", "int23_t"]]]]]],
            r"type\.alarm\.severity: no type is called 'int23_t'",
        ),
        (
            ["struct", "", [["alarm", ["union[]", "", [["a", "bool"], ["a", "bool"]]]]]],
            r"type\.alarm: member 'alarm' has two members of the name 'a'",
        ),
        (["struct", "", [["a", T.Null]]], r"type\.a: member 'a' cannot be of type null"),
    ],
)
def test_malformed(spec: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        TypeDef.from_py(spec)


def test_nesting_is_limited() -> None:
    assert TypeDef.from_py(nested(199)).to_py() == nested(199)
    for levels in (200, 100_000):
        with pytest.raises(ValueError, match="nested more than 200 levels deep"):
            TypeDef.from_py(nested(levels))
    endless: list[Any] = ["struct", ""]
    endless.append([["x", endless]])
    with pytest.raises(ValueError, match="nested more than 200 levels deep"):
        TypeDef.from_py(endless)


def test_a_list_that_cannot_be_read_raises_its_own_error() -> None:
    class Broken(list[Any]):
        def __iter__(self) -> Any:
            raise ZeroDivisionError

    for spec in (Broken(["struct", "", []]), ["struct", "", Broken([["a", "bool"]])]):
        with pytest.raises(ZeroDivisionError):
            TypeDef.from_py(spec)
