"""Pickles and copies of types and values."""

from __future__ import annotations

import copy
import math
import pickle
import struct
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from aiopvxs_core import VERSION, _pickle
from aiopvxs_core.data import Member as M
from aiopvxs_core.data import TypeCode, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T

if TYPE_CHECKING:
    from collections.abc import Iterator

PROTOCOLS = range(2, pickle.HIGHEST_PROTOCOL + 1)

CHOICE = [
    "union",
    "",
    [["one", "int32_t"], ["other", "int32_t"], ["row", ["struct", "", [["k", "any"]]]]],
]
SPEC = [
    "struct",
    "rich_t",
    [
        ["number", "int32_t"],
        ["data", "double[]"],
        ["flags", "bool[]"],
        ["names", "string[]"],
        ["nothing", ["struct", "", []]],
        ["inner", ["struct", "inner_t", [["text", "string"], ["wide", "uint64_t"]]]],
        ["choice", CHOICE],
        ["anything", "any"],
        ["rows", ["struct[]", "row_t", [["k", "uint8_t"], ["x", "float"]]]],
        ["choices", ["union[]", "", [["one", "int32_t"], ["other", "int32_t"]]]],
        ["things", "any[]"],
    ],
]  # fmt: skip

CONTENT: tuple[Any, ...] = (
    -5,
    struct.pack("<3d", 1.5, math.nan, -math.inf),
    b"\1\0",
    [b"NUL \0 inside", b"", b"not UTF-8 \xff", "µ".encode()],
    (),
    (b"", 2**64 - 1),
    ("row", (("string", b"text"),)),
    (["struct", "deep_t", [["a", "any"], ["b", "int16_t[]"]]], (("int8_t", -1), struct.pack("<2h", 1, -2))),
    [(4, 0.5), None, (0, -0.0)],
    [("other", 4), None, (), ("one", 0)],
    [("double", 2.5), None, (["union", "", [["u", "bool"]]], ("u", True)), ("any", ("string[]", [b"x"]))],
)

MARKED = ("anything", "data", "inner.wide")

# As aiopvxs-core 0.1.0 wrote it, with protocol 4: later ones read it.
STORED = (
    b'\x80\x04\x95\xd0\x03\x00\x00\x00\x00\x00\x00\x8c\x14aiopvxs_core._pickle\x94\x8c\rrestore_value'
    b'\x94\x93\x94(K\x01]\x94(\x8c\x06struct\x94\x8c\x06rich_t\x94]\x94(]\x94(\x8c\x06number\x94\x8c'
    b'\x07int32_t\x94e]\x94(\x8c\x04data\x94\x8c\x08double[]\x94e]\x94(\x8c\x05flags\x94\x8c\x06bool[]'
    b'\x94e]\x94(\x8c\x05names\x94\x8c\x08string[]\x94e]\x94(\x8c\x07nothing\x94]\x94(\x8c\x06struct'
    b'\x94\x8c\x00\x94]\x94ee]\x94(\x8c\x05inner\x94]\x94(\x8c\x06struct\x94\x8c\x07inner_t\x94]\x94(]'
    b'\x94(\x8c\x04text\x94\x8c\x06string\x94e]\x94(\x8c\x04wide\x94\x8c\x08uint64_t\x94eeee]\x94(\x8c'
    b'\x06choice\x94]\x94(\x8c\x05union\x94h\x17]\x94(]\x94(\x8c\x03one\x94\x8c\x07int32_t\x94e]\x94('
    b'\x8c\x05other\x94\x8c\x07int32_t\x94e]\x94(\x8c\x03row\x94]\x94(\x8c\x06struct\x94h\x17]\x94]\x94'
    b'(\x8c\x01k\x94\x8c\x03any\x94eaeeeee]\x94(\x8c\x08anything\x94\x8c\x03any\x94e]\x94(\x8c\x04rows'
    b'\x94]\x94(\x8c\x08struct[]\x94\x8c\x05row_t\x94]\x94(]\x94(h6\x8c\x07uint8_t\x94e]\x94(\x8c\x01x'
    b'\x94\x8c\x05float\x94eeee]\x94(\x8c\x07choices\x94]\x94(\x8c\x07union[]\x94h\x17]\x94(]\x94(\x8c'
    b'\x03one\x94\x8c\x07int32_t\x94e]\x94(\x8c\x05other\x94\x8c\x07int32_t\x94eeee]\x94(\x8c\x06things'
    b'\x94\x8c\x05any[]\x94eee(J\xfb\xff\xff\xffC\x18\x00\x00\x00\x00\x00\x00\xf8?\x00\x00\x00\x00\x00'
    b'\x00\xf8\x7f\x00\x00\x00\x00\x00\x00\xf0\xff\x94C\x02\x01\x00\x94]\x94(C\x0cNUL \x00 inside\x94C'
    b'\x00\x94C\x0bnot UTF-8 \xff\x94C\x02\xc2\xb5\x94e)hX\x8a\t\xff\xff\xff\xff\xff\xff\xff\xff\x00'
    b'\x86\x94\x8c\x03row\x94\x8c\x06string\x94C\x04text\x94\x86\x94\x85\x94\x86\x94]\x94(\x8c\x06struc'
    b't\x94\x8c\x06deep_t\x94]\x94(]\x94(\x8c\x01a\x94\x8c\x03any\x94e]\x94(\x8c\x01b\x94\x8c\tint16_t['
    b']\x94eee\x8c\x06int8_t\x94J\xff\xff\xff\xff\x86\x94C\x04\x01\x00\xfe\xff\x94\x86\x94\x86\x94]\x94'
    b'(K\x04G?\xe0\x00\x00\x00\x00\x00\x00\x86\x94NK\x00G\x80\x00\x00\x00\x00\x00\x00\x00\x86\x94e]\x94'
    b'(\x8c\x05other\x94K\x04\x86\x94N)\x8c\x03one\x94K\x00\x86\x94e]\x94(\x8c\x06double\x94G@\x04\x00'
    b'\x00\x00\x00\x00\x00\x86\x94N]\x94(\x8c\x05union\x94h\x17]\x94]\x94(\x8c\x01u\x94\x8c\x04bool\x94'
    b'eaeh\x80\x88\x86\x94\x86\x94\x8c\x03any\x94\x8c\x08string[]\x94]\x94C\x01x\x94a\x86\x94\x86\x94et'
    b'\x94\x8c\x08anything\x94\x8c\x04data\x94\x8c\ninner.wide\x94\x87\x94t\x94R\x94.'
)  # fmt: skip


@pytest.fixture
def rich() -> Value:
    """A value with something of everything."""
    return _pickle.restore_value(1, SPEC, CONTENT, MARKED)


def again(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))


def state(value: Value) -> Any:
    return value.__reduce__()[1]  # type: ignore[index]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_everything_comes_back(rich: Value, protocol: int) -> None:
    restored = pickle.loads(pickle.dumps(rich, protocol))
    assert restored == rich
    assert state(restored) == state(rich) == (1, SPEC, CONTENT, MARKED)
    assert restored.typedef() == rich.typedef()
    assert restored.changed() == set(MARKED)
    assert str(restored) == str(rich)
    assert restored.as_string_list("names") == ["NUL \0 inside", "", "not UTF-8 \udcff", "µ"]
    assert restored.as_int("inner.wide") == 2**64 - 1
    assert not restored.equalInst(rich)


def test_the_selected_of_two_members_of_one_type_comes_back() -> None:
    spec = ["union", "", [["one", "int32_t"], ["other", "int32_t"]]]
    for name in ("one", "other"):
        value = again(_pickle.restore_value(1, spec, (name, 3), ()))
        assert state(value) == (1, spec, (name, 3), ())
        assert value.as_int(name) == 3


@pytest.mark.parametrize("code", [code for code in T if code != T.Null])
def test_each_type(code: T) -> None:
    definition = TypeDef(code)
    value = definition.create()
    assert again(value) == value
    assert again(value).typedef() == definition
    assert not again(value).is_marked()
    value.mark()
    assert again(value).is_marked()
    assert again(definition) == definition
    member = TypeDef(T.Struct, [definition.member("x")])
    assert again(member) == member
    assert again(member.create()) == member.create()


@pytest.mark.parametrize(
    ("code", "content"),
    [
        (T.Bool, True), (T.Int8, -128), (T.Int16, -(2**15)), (T.Int32, -(2**31)), (T.Int64, -(2**63)),
        (T.UInt8, 255), (T.UInt16, 2**16 - 1), (T.UInt32, 2**32 - 1), (T.UInt64, 2**64 - 1),
        (T.Float32, 0.1), (T.Float64, 1 / 3), (T.Float64, math.inf), (T.Float64, math.nan),
        (T.Float64, 5e-324), (T.String, "a\0b"), (T.String, "\udcff\udc80"), (T.String, "😀"),
        (T.BoolA, [True, False, True]), (T.Int8A, [-128, 127]), (T.Int64A, [-(2**63), 2**63 - 1]),
        (T.UInt64A, [2**64 - 1]), (T.Float32A, [0.1, math.inf]), (T.Float64A, [math.nan, 1 / 3]),
        (T.StringA, ["", "\0", "\udcff"]), (T.StringA, []), (T.Float64A, []), (T.Float64A, range(100_000)),
    ],
)  # fmt: skip
def test_leaves(code: T, content: object) -> None:
    value = TypeDef(code).create()
    value.assign(content)
    restored = again(value)
    assert restored == value
    assert restored.type() == code
    assert restored.is_marked()
    assert math.copysign(1, again(_pickle.restore_value(1, "double", -0.0, ()))) == -1


def test_a_view_is_a_value_of_its_own(rich: Value) -> None:
    inner = again(rich.inner)
    assert inner.typedef() == rich.inner.typedef()
    assert inner.changed() == {"wide"}
    inner.text = "changed"
    assert rich.as_string("inner.text") == ""
    assert again(rich["inner.wide"]) == 2**64 - 1
    assert again(rich["inner.wide"]).is_marked()
    assert not again(rich["inner.text"]).is_marked()


def test_what_is_marked_as_a_whole() -> None:
    value = TypeDef.from_py(SPEC).create()
    value.mark("inner")
    assert again(value).changed() == {"inner.text", "inner.wide"}
    value.mark("nothing")
    assert again(value).changed() == {"inner.text", "inner.wide", "nothing"}
    value.mark()
    assert again(value).changed() == value.changed()
    assert again(value.inner).changed() == {"text", "wide"}


def test_a_null_value() -> None:
    restored = again(Value())
    assert isinstance(restored, Value)
    assert not restored
    assert restored.type() == T.Null


def test_types() -> None:
    definition = TypeDef.from_py(SPEC)
    for thing in (definition, *definition.members, TypeCode(T.Int32A), TypeCode(T.Null), T.Float64):
        for protocol in PROTOCOLS:
            restored = pickle.loads(pickle.dumps(thing, protocol))
            assert restored == thing
            assert hash(restored) == hash(thing)
            assert type(restored) is type(thing)


def test_copies_of_types_are_the_types_themselves() -> None:
    definition = TypeDef.from_py(SPEC)
    for thing in (definition, definition.members[0], TypeCode(T.Int32A)):
        assert copy.copy(thing) is thing
        assert copy.deepcopy(thing) is thing
        assert copy.deepcopy([thing])[0] is thing


def test_in_another_process(rich: Value) -> None:
    program = """
import pickle, sys
value, definition, member, code = pickle.load(sys.stdin.buffer)
assert definition == value.typedef() and member == definition.members[0] and code == member.code
value.number = 6
value.unmark("data")
pickle.dump(value, sys.stdout.buffer)
"""
    definition = rich.typedef()
    pickled = pickle.dumps((rich, definition, definition.members[0], definition.members[0].code))
    output = subprocess.run(
        [sys.executable, "-c", program], input=pickled, stdout=subprocess.PIPE, check=True
    ).stdout
    restored = pickle.loads(output)
    assert state(restored) == (1, SPEC, (6, *CONTENT[1:]), ("anything", "inner.wide", "number"))


def test_what_was_written_before_is_read(rich: Value) -> None:
    assert state(pickle.loads(STORED)) == state(rich)
    value, definition, member, code = (
        _pickle.restore_value(1, None, None, ()),
        _pickle.restore_type_def(1, SPEC),
        _pickle.restore_member(1, "number", "int32_t"),
        _pickle.restore_type_code(1, 0x22),
    )
    assert not value
    assert definition == rich.typedef()
    assert member == M(T.Int32, "number")
    assert code == T.Int32


@pytest.mark.parametrize(
    ("restore", "arguments"),
    [
        (_pickle.restore_value, (None, None, ())),
        (_pickle.restore_type_def, ("double",)),
        (_pickle.restore_member, ("x", "double")),
        (_pickle.restore_type_code, (0x22,)),
    ],
)
def test_an_unknown_format(restore: Any, arguments: tuple[Any, ...]) -> None:
    restore(1, *arguments)
    with pytest.raises(ValueError, match=rf"newer .* format 2; .* {VERSION}, reads format 1: upgrade"):
        restore(2, *arguments)
    for version in (0, None, "1", True, 1.0):
        with pytest.raises(ValueError, match="no aiopvxs-core has written"):
            restore(version, *arguments)


UNION = ["union", "", [["one", "int32_t"], ["two", ["struct", "", [["x", "bool"]]]]]]
ROWS = ["struct", "", [["sub", ["struct", "", [["rows", ["struct[]", "", [["k", "uint8_t"]]]]]]]]]


@pytest.mark.parametrize(
    ("spec", "content", "message"),
    [
        ("bool", 1, "value: a bool is the content of bool, not int 1"),
        ("int8_t", 128, "value: an int in its range is the content of int8_t, not int 128"),
        ("uint64_t", -1, "an int in its range"),
        ("uint64_t", 2**64, "an int in its range"),
        ("int64_t", 2**63, "an int in its range"),
        ("int32_t", True, "an int in its range"),
        ("int32_t", 1.0, "an int in its range"),
        ("double", 1, "a float is the content of double"),
        ("double", None, "a float is the content of double"),
        ("string", "text", "bytes is the content of string"),
        ("double[]", b"1234567", r"7 bytes are no whole number of elements of double\[\]"),
        ("double[]", [1.0], r"bytes is the content of double\[\]"),
        ("double[]", bytearray(8), r"bytes is the content of double\[\]"),
        ("bool[]", b"\2", r"the bytes of bool\[\] are 0 and 1"),
        ("string[]", (b"x",), r"a list is the content of string\[\]"),
        ("string[]", [b"x", "y"], r"value\[1\]: bytes is the content of string"),
        (UNION, "one", r"None or a tuple \(member, content\)"),
        (UNION, (), r"None or a tuple \(member, content\)"),
        (UNION, ("one",), r"None or a tuple \(member, content\)"),
        (UNION, (1, 1), r"None or a tuple \(member, content\)"),
        (UNION, ("three", 1), "value: the union has no member 'three'"),
        (UNION, ("two.x", True), "value: the union has no member 'two.x'"),
        (UNION, ("\ud800", None), r"value: the union has no member '\\ud800'"),
        (UNION, ("one\0", None), "value: the union has no member"),
        (UNION, ("", None), "value: the union has no member ''"),
        (UNION, ("one", None), "value->one: an int in its range"),
        (UNION, ("two", (1,)), "value->two.x: a bool is the content of bool"),
        ("any", ("int32_t",), r"value: None or a tuple \(type, content\)"),
        ("any", ["int32_t", 1], r"value: None or a tuple \(type, content\)"),
        ("any", ("int23_t", 1), "value: type: no type is called 'int23_t'"),
        ("any", ("null", None), "value: type: no type is called 'null'"),
        ("any", ("int8_t", 128), "value->: an int in its range"),
        ("any[]", [None, ("bool", 1)], r"value\[1\]: a bool is the content of bool"),
        ("any[]", [None, 5], r"value\[1\]: None or a tuple \(type, content\)"),
        ("any[]", None, r"value: a list is the content of any\[\]"),
        (ROWS, ((([(1,), (256,)]),),), r"value\.sub\.rows\[1\]\.k: an int in its range"),
        (ROWS, (([(1, 2)],),), r"value\.sub\.rows\[0\]: a tuple of 1 is the content of struct"),
        (ROWS, (([[1]],),), r"value\.sub\.rows\[0\]: a tuple of 1 is the content of struct"),
        (ROWS, ((None,),), r"value\.sub\.rows: a list is the content of struct\[\]"),
        (ROWS, ((), ()), "value: a tuple of 1 is the content of struct"),
        (["union[]", *UNION[1:]], [("three", 1)], r"value\[0\]: the union has no member 'three'"),
        (["struct"], (), r"type: a structure or union is a list"),
        (None, (), "a Null value has neither content nor marks"),
    ],
)  # fmt: skip
def test_malformed_content(spec: object, content: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _pickle.restore_value(1, spec, content, ())


ODD: list[Any] = [
    *(None, True, 7, -1, 2**64, 0.5, math.nan, b"", b"\1", b"12345678", "", "one", "row", "int32_t"),
    *((), (None,), ("one", 1), ("int32_t", 1), ("any", None), [], [None], [()], [b""], {}, object()),
]


def replaced(content: Any) -> Iterator[Any]:
    """Nested tuples and lists with one thing in them, or all, replaced by something odd; or one left out."""
    yield from ODD
    if isinstance(content, (tuple, list)):
        make = type(content)
        for at, item in enumerate(content):
            yield make([*content[:at], *content[at + 1 :]])
            for odd in replaced(item):
                yield make([*content[:at], odd, *content[at + 1 :]])


@pytest.mark.parametrize("given", ["content", "type"])
def test_whatever_is_restored_is_what_was_given(given: str) -> None:
    refused = restored = 0
    for odd in replaced(CONTENT if given == "content" else SPEC):
        arguments = (SPEC, odd) if given == "content" else (odd, CONTENT)
        try:
            value = _pickle.restore_value(1, *arguments, ())
        except ValueError:
            refused += 1
            continue
        restored += 1
        _, spec, content, marked = state(value)
        # repr: NaN is NaN, True is not 1; the type of a leaf may be given by any of its names
        assert (repr(content), marked) == (repr(arguments[1]), ())
        if given == "content":
            assert spec == SPEC
    assert refused > 500
    assert restored > 10


@pytest.mark.parametrize(
    "marked",
    [("nope",), ("inner",), ("",), (1,), ("rows[0]",), ("anything->b",), ("inner.wide<wide",), ("\ud800",),
     ("inner..text",)],
)  # fmt: skip
def test_malformed_marks(marked: Any) -> None:
    with pytest.raises(ValueError, match="marks: no leaf has the name"):
        _pickle.restore_value(1, SPEC, CONTENT, marked)
    with pytest.raises(ValueError, match="marks: they are a tuple"):
        _pickle.restore_value(1, SPEC, CONTENT, list(marked))  # type: ignore[arg-type]


def test_nesting_is_limited() -> None:
    anything = TypeDef(T.Any).create()
    content: Any = 1
    for _ in range(60):
        content = {"x": content}
    anything.assign(content)
    assert again(anything) == anything
    content = None
    for _ in range(200):
        content = ("any", content)
    value = _pickle.restore_value(1, "any", content, ())
    assert state(again(value)) == state(value)
    with pytest.raises(ValueError, match="nested more than 200 levels deep"):
        _pickle.restore_value(1, "any", ("any", content), ())
    for _ in range(100_000):
        content = ("any", content)
    with pytest.raises(ValueError, match="nested more than 200 levels deep"):
        _pickle.restore_value(1, "any", content, ())
