from __future__ import annotations

import locale
import math
import sys

import pytest

from aiopvxs_core.data import Member as M
from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_core.data import TypeDef, Value

EMPTY = """struct "outer_t" {
    string desc = ""
    bool flag = false
    uint64_t n = 0
    float single = 0
    int64_t[] list = {?}[]
    struct "inner_t" {
        string[] names = {?}[]
        struct {} nothing
    } sub
    union choice null
    any thing null
    struct[] rows = {0}[]
}"""

FILLED = r"""struct "outer_t" {
    string desc = "\"quoted\"\n\x00µ\\"
    bool flag = true
    uint64_t n = 18446744073709551615
    float single = 0.1
    int64_t[] list = {5}[1, 2, 3, 4, -5]
    struct "inner_t" {
        string[] names = {2}["a", "b\t"]
        struct {} nothing
    } sub
    union choice null
    any thing null
    struct[] rows = {0}[]
}"""


@pytest.fixture
def value() -> Value:
    return TypeDef(
        T.Struct,
        [
            M(T.String, "desc"),
            M(T.Bool, "flag"),
            M(T.UInt64, "n"),
            M(T.Float32, "single"),
            M(T.Int64A, "list"),
            M(T.Struct, "sub", [M(T.StringA, "names"), M(T.Struct, "nothing")], "inner_t"),
            M(T.Union, "choice", [M(T.Int32, "one")]),
            M(T.Any, "thing"),
            M(T.StructA, "rows", [M(T.Int32, "one")]),
        ],
        "outer_t",
    ).create()


def test_tree(value: Value) -> None:
    assert str(value) == EMPTY
    value.assign(
        {
            "desc": '"quoted"\n\0µ\\',
            "flag": True,
            "n": 2**64 - 1,
            "single": 0.1,
            "list": [1, 2, 3, 4, -5],
            "sub.names": ["a", "b\t"],
        }
    )
    assert str(value) == FILLED
    assert f"{value}" == FILLED
    assert (
        str(value.sub)
        == 'struct "inner_t" {\n    string[] names = {2}["a", "b\\t"]\n    struct {} nothing\n}'
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"), (-0.0, "-0"), (1.0, "1"), (1e6, "1e+06"), (0.1, "0.1"), (1 / 3, "0.3333333333333333"),
        (math.pi, "3.141592653589793"), (123456789.0, "123456789"), (1e300, "1e+300"), (5e-324,
        "4.94066e-324"),
        (math.inf, "inf"), (-math.inf, "-inf"), (math.nan, "nan"), (0.1 + 0.2, "0.30000000000000004"),
    ],
)  # fmt: skip
def test_floats_have_all_their_digits(number: float, text: str) -> None:
    leaf = TypeDef(T.Float64).create()
    leaf.assign(number)
    assert str(leaf) == leaf.as_string() == text
    assert float(text) == number or math.isnan(number)
    array = TypeDef(T.Float64A).create()
    array.assign([number])
    assert str(array) == f"{{1}}[{text}]"


def test_single_precision() -> None:
    leaf = TypeDef(T.Float32).create()
    for number, text in (
        (0.1, "0.1"),
        (1 / 3, "0.33333334"),
        (16777216, "16777216"),
        (3.4028235e38, "3.40282347e+38"),
    ):
        leaf.assign(number)
        assert str(leaf) == text or float(str(leaf)) == pytest.approx(number, rel=1e-7)
        other = TypeDef(T.Float32).create()
        other.assign(str(leaf))
        assert other == leaf


def test_the_locale_does_not_matter() -> None:
    before = locale.setlocale(locale.LC_NUMERIC)
    leaf = TypeDef(T.Float64).create()
    leaf.assign(1.5)
    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C"):
        try:
            locale.setlocale(locale.LC_NUMERIC, name)
        except locale.Error:
            continue
        try:
            assert str(leaf) == "1.5"
        finally:
            locale.setlocale(locale.LC_NUMERIC, before)


@pytest.mark.parametrize(
    ("code", "content", "text", "short"),
    [
        (T.Int8, -5, "-5", "<Value int8_t -5>"),
        (T.UInt8, 200, "200", "<Value uint8_t 200>"),
        (T.Bool, True, "true", "<Value bool true>"),
        (T.String, "a'b", "a'b", '<Value string "a\\\'b">'),
        (T.String, "\udcff", "\udcff", '<Value string "\udcff">'),
        (T.Int8A, [1, -2], "{2}[1, -2]", "<Value int8_t[] {2}>"),
        (T.BoolA, [True, False], "{2}[true, false]", "<Value bool[] {2}>"),
        (T.StringA, [], "{?}[]", "<Value string[] {0}>"),
    ],
)
def test_leaves(code: T, content: object, text: str, short: str) -> None:
    leaf = TypeDef(code).create()
    leaf.assign(content)
    assert str(leaf) == f"{leaf}" == text
    assert repr(leaf) == short


def test_repr_is_short(value: Value) -> None:
    assert repr(value) == '<Value struct "outer_t" {desc, flag, n, single, list, sub, ...}>'
    assert repr(value.choice) == "<Value union>"
    value.desc = "µ" * 10_000
    assert len(repr(value.desc)) < 80


def test_an_unlimited_array(value: Value) -> None:
    value["list"] = range(10_000)
    assert f"{9_999}]" in str(value)
    assert sys.getsizeof(repr(value["list"])) < 200
