"""format(value, ...): the tree, the marked fields, Python's own for leaves."""

from __future__ import annotations

import math

import pytest

from aiopvxs_core import _pickle
from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_core.data import TypeDef, Value

SPEC = [
    "struct",
    "top_t",
    [
        ["x", "double"],
        ["single", "float"],
        ["flag", "bool"],
        ["text", "string"],
        ["data", "double[]"],
        ["alarm", ["struct", "alarm_t", [["severity", "int32_t"], ["texts", "string[]"]]]],
        ["nothing", ["struct", "", []]],
        ["choice", ["union", "", [["one", "int32_t"], ["other", "int32_t"]]]],
        ["anything", "any"],
        ["rows", ["struct[]", "row_t", [["k", "uint8_t"]]]],
        ["choices", ["union[]", "", [["one", "int32_t"], ["other", "int32_t"]]]],
        ["things", "any[]"],
    ],
]


@pytest.fixture
def value() -> Value:
    return TypeDef.from_py(SPEC).create()


@pytest.fixture
def filled() -> Value:
    content = (
        *(0.0, 0.0, False, b"", b"", (0, []), ()),
        ("other", 3),
        (["struct", "in_t", [["a", "bool"]]], (True,)),
        [(1,), None, (3,)],
        [("other", 4), (), None],
        [("any", ("double", 0.1)), None],
    )
    return _pickle.restore_value(1, SPEC, content, ("anything", "choice", "choices", "rows", "things"))


def test_tree_is_what_print_shows(filled: Value) -> None:
    assert format(filled, "tree") == f"{filled:tree}" == str(filled)
    assert format(filled.choice, "tree") == "union.other int32_t = 3"
    assert format(filled.alarm, "tree") == str(filled.alarm)


def test_delta_of_leaves(value: Value) -> None:
    assert format(value, "delta") == ""
    value.assign({"x": 1 / 3, "single": 0.1, "flag": True, "text": 'µ"\n', "data": [0.1 + 0.2, math.nan]})
    value.alarm.severity = 2
    value.nothing.mark()
    assert format(value, "delta").splitlines() == [
        "x double = 0.3333333333333333",
        "single float = 0.1",
        "flag bool = true",
        'text string = "µ\\"\\n"',
        "data double[] = {2}[0.30000000000000004, nan]",
        "alarm.severity int32_t = 2",
        "nothing struct",
    ]
    assert format(value.alarm, "delta") == "severity int32_t = 2"
    assert format(value["alarm.severity"], "delta") == "int32_t = 2"
    assert format(value["alarm.texts"], "delta") == ""
    value.unmark()
    assert format(value, "delta") == ""


def test_delta_names_what_changed_names(value: Value) -> None:
    value.mark()
    named = {line.split(" ")[0] for line in format(value, "delta").splitlines() if "->" not in line}
    assert named == value.changed()


def test_delta_of_compounds(filled: Value) -> None:
    assert format(filled, "delta").splitlines() == [
        "choice union",
        "choice->other int32_t = 3",
        "anything any",
        'anything-> struct "in_t"',
        "anything->.a bool = true",
        "rows struct[]",
        'rows[0] struct "row_t"',
        "rows[0].k uint8_t = 1",
        "rows[1] null",
        'rows[2] struct "row_t"',
        "rows[2].k uint8_t = 3",
        "choices union[]",
        "choices[0] union",
        "choices[0]->other int32_t = 4",
        "choices[1] union",
        "choices[1]-> null",
        "choices[2] null",
        "things any[]",
        "things[0] any",
        "things[0]-> double = 0.1",
        "things[1] null",
    ]
    filled.unmark()
    filled.mark("rows")
    assert format(filled, "delta:1").splitlines() == [
        "rows struct[]",
        'rows[0] struct "row_t"',
        "rows[0].k uint8_t = 1",
        "rows[1] ...",
    ]


def test_delta_of_what_is_empty(value: Value) -> None:
    for name in ("choice", "anything", "rows", "data"):
        value.mark(name)
    assert format(value, "delta").splitlines() == [
        "data double[] = {?}[]",
        "choice union",
        "choice-> null",
        "anything any",
        "anything-> null",
        "rows struct[] = {?}[]",
    ]


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        ("", "{3}[1, 2, 3]"), (":0", "{3}[1, 2, 3]"), (":1", "{3}[1, ...]"), (":2", "{3}[1, 2, ...]"),
        (":3", "{3}[1, 2, 3]"), (":999999999", "{3}[1, 2, 3]"), (":007", "{3}[1, 2, 3]"),
    ],
)  # fmt: skip
def test_array_limit(value: Value, limit: str, text: str) -> None:
    value.data = [1, 2, 3]
    assert f"    double[] data = {text}\n" in format(value, "tree" + limit)
    assert format(value, "delta" + limit) == "data double[] = " + text
    assert format(value.data, "tree" + limit) == "double[] = " + text


def test_array_limit_of_texts(value: Value) -> None:
    value["alarm.texts"] = ["a, b", "c"]
    assert '        string[] texts = {2}["a, b", ...]\n' in format(value, "tree:1")


def test_array_limit_of_elements(filled: Value) -> None:
    lines = format(filled, "tree:2").splitlines()
    at = lines.index("    struct[] rows = {3}[")
    assert lines[at : at + 7] == [
        "    struct[] rows = {3}[",
        '        struct "row_t" {',
        "            uint8_t k = 1",
        "        }",
        "        null",
        "        ...",
        "    ]",
    ]
    assert "..." not in format(filled, "tree:3")


def test_null() -> None:
    for spec in ("", "tree", "delta", "tree:3"):
        assert format(Value(), spec) == "null"


@pytest.mark.parametrize("spec", ["tree:", "tree:x", "delta:-1", "tree:1:2", "delta: 1", "tree:1234567890"])
def test_a_limit_that_is_none(value: Value, spec: str) -> None:
    for each in (value, value.x, value.data, Value()):
        with pytest.raises(ValueError, match=f"array limit of the format '{spec}' is not a number"):
            format(each, spec)


@pytest.mark.parametrize("spec", [".3f", "json", "Tree", "trees", " tree", "treetop:1"])
def test_a_structure_has_no_other_format(value: Value, spec: str) -> None:
    for each in (value, value.alarm, Value()):
        with pytest.raises(TypeError, match=f"no format '{spec}', but 'tree' and 'delta'"):
            format(each, spec)


def test_other_formats_of_leaves_are_python_s(filled: Value) -> None:
    filled.x = math.pi
    filled.text = "text"
    filled.data = [1.0]
    assert f"{filled.x:.3f}" == "3.142"
    assert f"{filled.text:>6}" == "  text"
    assert f"{filled.choice:03d}" == "003"
    assert f"{filled['alarm.severity']:x}" == "0"
    assert f"{filled.x:tree}" == "double = 3.141592653589793"
    with pytest.raises(ValueError, match="format"):
        format(filled.x, "json")
    with pytest.raises(TypeError):
        format(filled.data, ".3f")
    leaf = TypeDef(T.String).create()
    assert f"{leaf:tree}" == 'string = ""'
