"""Values as JSON."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import pytest

from aiopvxs_core.data import FieldLookupError, NoConvert, NoField, OutOfRange, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T

SPEC = [
    "struct",
    "json_t",
    [
        ["x", "double"],
        ["single", "float"],
        ["signed", "int64_t"],
        ["wide", "uint64_t"],
        ["flag", "bool"],
        ["text", "string"],
        ["data", "double[]"],
        ["singles", "float[]"],
        ["wides", "uint64_t[]"],
        ["texts", "string[]"],
        ["alarm", ["struct", "alarm_t", [["severity", "int32_t"], ["limit", "double"]]]],
    ],
]

CONTENT = {
    "x": 1 / 3,
    "single": 0.5,
    "signed": -(2**63),
    "wide": 2**64 - 1,
    "flag": True,
    "text": 'a "µ" \0 😀 \udcff',
    "data": [1.0, -0.0, 5e-324],
    "singles": [0.25],
    "wides": [2**64 - 1, 0],
    "texts": ["", "\\", "\udc80"],
    "alarm": {"severity": 2, "limit": 1e300},
}


def strict(text: str) -> Any:
    """Parse as a strict reader: no constants that JSON lacks, no bytes beyond ASCII needed."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} in {text!r}")

    assert text.isascii()
    return json.loads(text, parse_constant=refuse)


@pytest.fixture
def value() -> Value:
    return TypeDef.from_py(SPEC).create()


def test_there_and_back(value: Value) -> None:
    value.assign(CONTENT)
    text = value.to_json()
    assert strict(text) == CONTENT
    for given in (text, text.encode(), bytearray(text.encode()), value.to_json(indent=2)):
        again = value.cloneEmpty()
        again.from_json(given)
        assert again == value
        assert again.changed() == value.changed()
        assert again.as_dict() == CONTENT


def test_layout(value: Value) -> None:
    value.assign({"alarm.severity": 1})
    assert value.alarm.to_json() == '{"severity": 1, "limit": 0.0}'
    assert value.alarm.to_json(indent=1) == '{\n "severity": 1,\n "limit": 0.0\n}'
    assert value.alarm.to_json(indent="\t") == '{\n\t"severity": 1,\n\t"limit": 0.0\n}'


def test_only_marked(value: Value) -> None:
    assert value.to_json(only_marked=True) == "{}"
    value.assign({"alarm.severity": 1, "text": "t"})
    assert strict(value.to_json(only_marked=True)) == {"text": "t", "alarm": {"severity": 1}}


def test_what_json_has_no_number_for(value: Value) -> None:
    special = [math.nan, math.inf, -math.inf, 1.5]
    value.assign({"x": math.nan, "single": -math.inf, "data": special, "singles": special})
    value.alarm.limit = math.inf
    got = strict(value.to_json())
    assert got["x"] is None
    assert got["single"] == "-Infinity"
    assert got["data"] == got["singles"] == [None, "Infinity", "-Infinity", 1.5]
    assert got["alarm"] == {"severity": 0, "limit": "Infinity"}
    again = value.cloneEmpty()
    again.from_json(value.to_json())
    assert again == value


@pytest.mark.parametrize(
    ("code", "content", "text"),
    [
        (T.Int8, -5, "-5"), (T.UInt64, 2**64 - 1, "18446744073709551615"), (T.Bool, True, "true"),
        (T.Float64, 0.1, "0.1"), (T.Float64, math.nan, "null"), (T.Float32, math.inf, '"Infinity"'),
        (T.String, "a\n", '"a\\n"'), (T.StringA, ["a", "null"], '["a", "null"]'), (T.Int16A, [], "[]"),
        (T.Float32A, [math.nan], "[null]"),
    ],
)  # fmt: skip
def test_leaves(code: T, content: object, text: str) -> None:
    leaf = TypeDef(code).create()
    leaf.assign(content)
    assert leaf.to_json() == text
    again = leaf.cloneEmpty()
    again.from_json(text)
    assert again == leaf


def test_null_value() -> None:
    assert Value().to_json() == "null"
    for text in ("null", "{}"):
        with pytest.raises(NoField):
            Value().from_json(text)


def test_paths_as_names(value: Value) -> None:
    value.from_json('{"alarm.severity": 1, "alarm.limit": null}')
    assert value.changed() == {"alarm.severity", "alarm.limit"}
    assert math.isnan(value.as_float("alarm.limit"))


def test_null_is_nan_in_floats_only(value: Value) -> None:
    value.from_json('{"x": null, "single": null, "data": [null, 1], "alarm": {"limit": null}}')
    assert math.isnan(value.as_float("x"))
    assert math.isnan(value.as_float("single"))
    assert math.isnan(value.as_list("data")[0])
    for text in (
        '{"signed": null}',
        '{"text": null}',
        '{"flag": null}',
        '{"data": null}',
        '{"wides": [null]}',
        '{"texts": [null]}',
        '{"alarm": null}',
        '{"alarm": {"severity": null}}',
        "null",
    ):
        with pytest.raises(NoConvert, match="None"):
            value.from_json(text)


def test_infinity_as_text_stays_text(value: Value) -> None:
    value.from_json('{"text": "Infinity", "texts": ["Infinity", "null"]}')
    assert value.text == "Infinity"
    assert value.as_list("texts") == ["Infinity", "null"]
    with pytest.raises(NoConvert, match="field 'signed'.*'Infinity'"):
        value.from_json('{"signed": "Infinity"}')


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "line 1 column 1"), ("{", "line 1 column 2"), ('{"x": 1,}', "line 1 column"),
        ('{"x": 1} 2', "line 1 column 10"), ("{'x': 1}", "line 1 column 2"), ('{"x": 01}', "line 1 column"),
        ('{"text": "\n"}', "line 1 column 11"),
        ('{"text":\n "NaN", "x": NaN}', "NaN is not JSON.*line 2 column 14"),
        ('{"x": Infinity}', "Infinity is not JSON.*line 1 column 7"),
        ('{"data": ["\\"", "-Infinity", -Infinity]}', "-Infinity is not JSON.*line 1 column 30"),
        ("nul", "line 1 column 1"), ("\ufeff{}", "BOM"),
    ],
)  # fmt: skip
def test_malformed_text(value: Value, text: str, place: str) -> None:
    with pytest.raises(ValueError, match=place):
        value.from_json(text)


def test_other_refusals(value: Value) -> None:
    with pytest.raises(ValueError, match="has the name 'x' twice in one object"):
        value.from_json('{"x": 1, "flag": true, "x": 2}')
    with pytest.raises(ValueError, match="has the name 'severity' twice"):
        value.from_json('{"alarm": {"severity": 1, "severity": 1}}')
    with pytest.raises(ValueError, match="nested too deeply"):
        value.from_json("[" * 100_000)
    with pytest.raises(UnicodeDecodeError):
        value.from_json(b'"\xff"')
    with pytest.raises(TypeError, match="JSON text is str or bytes, not dict"):
        value.from_json({})  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        value.to_json(True)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ('{"x": 1e400}', OutOfRange, r"field 'x' \(double\) cannot hold .*1e400"),
        ('{"x": -1E+0400}', OutOfRange, r"field 'x' \(double\) cannot hold .*-1E\+0400"),
        ('{"single": 1e39}', OutOfRange, r"field 'single' \(float\)"),
        ('{"x": 1%s}' % ("0" * 5000), OutOfRange, r"field 'x' \(double\) cannot hold .*1000"),
        ('{"signed": -1%s}' % ("0" * 5000), OutOfRange, r"field 'signed' \(int64_t\) cannot hold .*-1000"),
        ('{"signed": 9223372036854775808}', OutOfRange, "field 'signed'.*int 9223372036854775808"),
        ('{"wide": -1}', OutOfRange, "field 'wide'"),
        ('{"wide": 1.0}', NoConvert, "field 'wide'.*float 1.0"),
        ('{"data": [0, 1e999]}', OutOfRange, r"element 1 of field 'data' \(double\[\]\)"),
        ('{"alarm": {"severity": "high"}}', NoConvert, "field 'alarm.severity'.*str 'high'"),
        ('{"nope": null}', FieldLookupError, "no field 'nope'"),
        ('{"alarm": {"nope": 1}}', FieldLookupError, "no field 'nope'"),
        ('{"data": {"x": null}}', NoConvert, "field 'data'"),
        ('{"alarm": [null]}', NoConvert, "field 'alarm'"),
        ('{"text": "\\ud800"}', NoConvert, "field 'text'.*UTF-8"),
        ("[]", NoConvert, "a structure takes a dict"),
    ],
)  # fmt: skip
def test_what_does_not_fit_changes_nothing(
    value: Value, text: str, error: type[Exception], message: str
) -> None:
    value.assign(CONTENT)
    value.unmark()
    text = re.sub(r"^\{", '{"flag": false, ', text)
    with pytest.raises(error, match=message):
        value.from_json(text)
    assert value.as_dict() == CONTENT
    assert value.changed() == set()


def test_numbers_that_only_look_too_large(value: Value) -> None:
    digits = "0." + "3" * 400
    value.from_json(
        f'{{"x": {digits}, "data": [1e-400, 1e+0300, 0e999, 100e300], "text": "1e999", "signed": 3}}'
    )
    assert value.as_dict()["data"] == [0.0, 1e300, 0.0, 1e302]
    assert value.x == 1 / 3
    assert value.signed == 3
    assert value.text == "1e999"


UNION = [
    "union",
    "",
    [
        ["number", "int32_t"],
        ["x", "double"],
        ["floats", "float[]"],
        ["row", ["struct", "", [["k", "string"], ["x", "double"]]]],
        ["rows", ["struct[]", "", [["x", "double"]]]],
    ],
]


@pytest.fixture
def compound() -> Value:
    row = ["struct[]", "row_t", [["k", "int32_t"], ["x", "double"]]]
    spec = [
        "struct",
        "",
        [["u", UNION], ["a", "any"], ["rows", row], ["us", ["union[]", *UNION[1:]]], ["as", "any[]"]],
    ]
    return TypeDef.from_py(spec).create()


def test_compounds(compound: Value) -> None:
    content = {
        "u": {"k": "text", "x": 0.5},
        "a": {"b": [1, 2], "c": {"d": "e"}},
        "rows": [{"k": 1, "x": 2.0}, None],
        "us": [5, None, {"k": "", "x": 1.5}],
        "as": [1, "two", None, {"three": 3.0}],
    }
    compound.from_json(json.dumps(content))
    assert compound.u.selected == "row"
    assert strict(compound.to_json()) == compound.as_dict() == content
    again = compound.cloneEmpty()
    again.from_json(compound.to_json())
    assert again == compound


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("5", "number"), ("0.5", "x"), ("[1.5, null]", "floats"), ('["Infinity", null, 1]', "floats"),
        ('{"k": "null", "x": null}', "row"), ('{"x": "-Infinity"}', "row"), ('[{"x": null}, null]', "rows"),
    ],
)  # fmt: skip
def test_nulls_in_a_union(compound: Value, text: str, selected: str) -> None:
    compound.from_json(f'{{"u": {text}, "us": [{text}, null]}}')
    assert compound.u.selected == selected
    got = strict(compound.to_json())
    assert got["us"] == [got["u"], None]
    wanted = json.loads(text)
    assert got["u"] == ({"k": "", **wanted} if selected == "row" else wanted)


def test_null_clears(compound: Value) -> None:
    compound.from_json('{"u": 5, "a": 5}')
    compound.from_json('{"u": null, "a": null}')
    assert compound.u.selected is None
    assert compound.as_dict()["a"] is None


def test_nulls_in_rows_and_on_paths(compound: Value) -> None:
    compound.from_json('{"rows": [{"x": null}, null, {"k": 1}], "u->x": null}')
    assert math.isnan(compound.as_float("rows[0].x"))
    assert math.isnan(compound.as_float("u->x"))
    assert compound["rows"][1] is None
    compound.from_json('{"rows[2].x": null, "u->row.x": null, "a": [null, 1]}')
    assert math.isnan(compound.as_float("rows[2].x"))
    assert compound.u.selected == "row"
    assert compound.as_list("a") == [None, 1]
    before = compound.to_json()
    for wrong in ('"rows": [{"k": null}]', '"u": {"k": null}', '"u": [null, "a"]', '"rows[0].k": null'):
        with pytest.raises(NoConvert):
            compound.from_json(f"{{{wrong}}}")
    assert compound.to_json() == before
