"""What notebooks show of values and complete."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from aiopvxs_core import _pickle
from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_core.data import TypeDef, Value

ROW = ["struct", "row_t", [["k", "uint8_t"]]]
SPEC = [
    "struct",
    "top_t",
    [
        ["x", "double"],
        ["text", "string"],
        ["data", "int32_t[]"],
        ["alarm", ["struct", "alarm_t", [["severity", "int32_t"], ["message", "string"]]]],
        ["choice", ["union", "", [["one", "int32_t"], ["row", ROW]]]],
        ["anything", "any"],
        ["rows", ["struct[]", *ROW[1:]]],
        ["choices", ["union[]", "", [["one", "int32_t"]]]],
    ],
]
CONTENT = (
    *(0.5, b"t", b"", (2, b"high")),
    ("row", (7,)),
    (ROW, (8,)),
    [(1,), None],
    [("one", 4), ()],
)


class Table(HTMLParser):
    """The cells of the rows, and every tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.open: list[str] = []
        self.bold: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.rows[-1][-1] += data
        if "b" in self.open:
            self.bold.append(data)


def table(value: Value) -> Table:
    return Table(value._repr_html_())


@pytest.fixture
def value() -> Value:
    return _pickle.restore_value(1, SPEC, CONTENT, ("alarm.severity", "choice", "x"))


def test_rows(value: Value) -> None:
    assert table(value).rows == [
        ["", 'struct "top_t"', ""],
        ["x", "double", "0.5"],
        ["text", "string", '"t"'],
        ["data", "int32_t[]", "{?}[]"],
        ["alarm", 'struct "alarm_t"', ""],
        ["severity", "int32_t", "2"],
        ["message", "string", '"high"'],
        ["choice->row", 'union struct "row_t"', ""],
        ["k", "uint8_t", "7"],
        ["anything", 'any struct "row_t"', ""],
        ["k", "uint8_t", "8"],
        ["rows", "struct[]", "{2}"],
        ["[0]", 'struct "row_t"', ""],
        ["k", "uint8_t", "1"],
        ["[1]", "null", "null"],
        ["choices", "union[]", "{2}"],
        ["[0]->one", "union int32_t", "4"],
        ["[1]", "union", "null"],
    ]


def test_marked_fields_are_bold(value: Value) -> None:
    assert table(value).bold == ["x", "severity", "choice->row", "k"]
    value.unmark()
    assert table(value).bold == []
    value.mark("alarm")
    assert table(value).bold == ["severity", "message"]
    assert table(value.alarm).bold == ["severity", "message"]


def test_depth_is_indentation(value: Value) -> None:
    text = table(value.alarm)
    assert [row[0] for row in text.rows] == ["", "severity", "message"]
    assert value.alarm._repr_html_().count("padding-left:2.0em") == 2


def test_leaves_and_null() -> None:
    leaf = TypeDef(T.Float64).create()
    leaf.assign(2.5)
    assert table(leaf).rows == [["", "double", "2.5"]]
    assert table(Value()).rows == [["", "null", "null"]]
    assert table(TypeDef(T.Any).create()).rows == [["", "any", "null"]]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "</code></td></tr></table><img src=x onerror=alert(1)>",
        "\"' onmouseover='alert(1)",
        "&lt;b&gt; &amp;",
        "]]><!-- <svg/onload=alert(1)>",
        "<" * 10_000,
    ],
)
def test_nothing_is_markup(value: Value, hostile: str) -> None:
    value.assign({"text": "harmless", "alarm.message": "harmless"})
    tags = table(value).tags
    value = _pickle.restore_value(1, ["struct", hostile, SPEC[2]], CONTENT, tuple(value.changed()))
    value.assign({"text": hostile, "alarm.message": hostile})
    shown = table(value)
    assert shown.tags == tags
    assert {tag for tag, _ in shown.tags} == {"table", "tr", "td", "b", "small", "code"}
    assert {name for _, names in shown.tags for name in names} == {"class", "style", "title"}
    for row in (2, 6):
        assert shown.rows[row][2][:20].replace("\\", "") in f'"{hostile}"'


def test_what_cannot_be_seen_shows_as_its_number(value: Value) -> None:
    value.text = "\udcff\u202e\u2028\x1b[31m"
    text = value._repr_html_()
    text.encode()
    assert r"\udcff\u202e" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_it_stays_small() -> None:
    spec = [
        "struct",
        "",
        [["a", "double[]"], ["t", "string"], ["rows", ["struct[]", "", [["a", "double[]"]]]]],
    ]
    rows = [(bytes(8 * 1000),)] * 1000
    value = _pickle.restore_value(1, spec, (bytes(8 * 100_000), b"x" * 1_000_000, rows), ())
    shown = table(value)
    assert shown.rows[1][2] == "{100000}[" + "0, " * 20 + "...]"
    assert len(shown.rows[2][2]) < 500
    assert shown.rows[3] == ["rows", "struct[]", "{1000}"]
    assert len(shown.rows) == 4 + 2 * 20 + 1
    assert shown.rows[-1] == ["...", "", ""]
    assert len(value._repr_html_()) < 20_000


def test_rows_are_limited() -> None:
    spec = ["struct", "", [[f"f{i}", "double"] for i in range(10_000)]]
    shown = table(TypeDef.from_py(spec).create())
    assert len(shown.rows) == 500
    assert shown.rows[-2][0] == "f497"
    assert shown.rows[-1] == ["...", "", ""]
    fits = table(TypeDef.from_py(["struct", "", spec[2][:400]]).create())
    assert fits.rows[-1][0] == "f399"


def test_key_completions(value: Value) -> None:
    keys = value._ipython_key_completions_()
    assert keys == [
        *["x", "text", "data", "alarm", "alarm.severity", "alarm.message"],
        *["choice", "choice->row", "anything", "anything->k", "rows", "choices"],
    ]
    for key in keys:
        assert key in value
    assert value.alarm._ipython_key_completions_() == ["severity", "message"]
    for name, expected in (("choice", ["row", "row.k"]), ("anything", ["k"])):
        assert value[name]._ipython_key_completions_() == expected
        for key in expected:
            assert key in value[name]
    for name in ("x", "data", "rows"):
        assert value[name]._ipython_key_completions_() == []
    empty = TypeDef.from_py(SPEC).create()
    assert set(keys) - set(empty._ipython_key_completions_()) == {"choice->row", "anything->k"}
    assert Value()._ipython_key_completions_() == []


def test_other_protocols_of_notebooks_find_nothing(value: Value) -> None:
    for name in ("_ipython_display_", "_repr_mimebundle_", "_repr_png_", "_ipython_canary_method_x"):
        assert not hasattr(value, name)
