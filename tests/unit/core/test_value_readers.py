from __future__ import annotations

import math

import numpy as np
import pytest

from aiopvxs_core.data import FieldLookupError, Member, NoConvert, OutOfRange, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T

CONTENT = {
    "i": (T.Int8, -5),
    "big": (T.UInt64, 2**64 - 1),
    "one": (T.UInt8, 1),
    "f": (T.Float64, 2.5),
    "whole": (T.Float32, 2.0),
    "b": (T.Bool, True),
    "s": (T.String, "text"),
    "n": (T.String, "-12"),
    "ia": (T.Int16A, [1, 2]),
    "fa": (T.Float64A, [1.5, math.inf]),
    "f32a": (T.Float32A, [0.1]),
    "ba": (T.BoolA, [True, False]),
    "sa": (T.StringA, ["a", "b"]),
    "na": (T.StringA, ["1", "2"]),
}


@pytest.fixture
def value() -> Value:
    members = [Member(code, name) for name, (code, _) in CONTENT.items()]
    top = TypeDef(T.Struct, [Member(T.Struct, "s", members), Member(T.Any, "nothing")]).create()
    top.assign({"s": {name: content for name, (_, content) in CONTENT.items()}})
    return top


@pytest.mark.parametrize(
    ("reader", "name", "expected"),
    [
        ("as_int", "i", -5),
        ("as_int", "big", 2**64 - 1),
        ("as_int", "b", 1),
        ("as_int", "n", -12),
        ("as_float", "i", -5.0),
        ("as_float", "f", 2.5),
        ("as_float", "n", -12.0),
        ("as_float", "b", 1.0),
        ("as_bool", "b", True),
        ("as_bool", "one", True),
        ("as_string", "i", "-5"),
        ("as_string", "big", str(2**64 - 1)),
        ("as_string", "f", "2.5"),
        ("as_string", "b", "true"),
        ("as_string", "s", "text"),
        ("as_list", "ia", [1, 2]),
        ("as_list", "sa", ["a", "b"]),
        ("as_int_list", "ia", [1, 2]),
        ("as_int_list", "ba", [1, 0]),
        ("as_int_list", "na", [1, 2]),
        ("as_float_list", "ia", [1.0, 2.0]),
        ("as_float_list", "fa", [1.5, math.inf]),
        ("as_float_list", "na", [1.0, 2.0]),
        ("as_string_list", "sa", ["a", "b"]),
        ("as_string_list", "ia", ["1", "2"]),
        ("as_string_list", "fa", ["1.5", "inf"]),
        ("as_string_list", "f32a", ["0.1"]),
        ("as_string_list", "ba", ["true", "false"]),
        ("as_py", "i", -5),
        ("as_py", "ia", [1, 2]),
        ("as_py", "s", "text"),
    ],
)
def test_readers(value: Value, reader: str, name: str, expected: object) -> None:
    for got in (getattr(value, reader)(f"s.{name}"), getattr(value["s"][name], reader)()):
        assert got == expected
        assert type(got) is type(expected)
        if isinstance(expected, list):
            assert [type(item) for item in got] == [type(item) for item in expected]


@pytest.mark.parametrize(
    ("reader", "name", "text"),
    [
        ("as_int", "f", "'float' object cannot be interpreted as an integer"),
        ("as_int", "whole", "'float' object cannot be interpreted as an integer"),
        ("as_int", "s", "as int: this text is not an integer"),
        ("as_int", "ia", "as int"),
        ("as_float", "s", "not a number"),
        ("as_float", "fa", "as float"),
        ("as_bool", "f", "as bool"),
        ("as_bool", "i", "neither 0 nor 1"),
        ("as_bool", "s", "'true' and 'false'"),
        ("as_string", "ia", "as str"),
        ("as_list", "i", "as list"),
        ("as_list", "s", "as list"),
        ("as_int_list", "fa", "'float' object cannot be interpreted as an integer"),
        ("as_int_list", "sa", "element 0 of field .*as list of int"),
        ("as_int_list", "i", "as list of int"),
        ("as_float_list", "sa", "element 0 of field .*not a number"),
        ("as_string_list", "s", "as list of str"),
        ("as_array", "i", "as array"),
        ("as_dict", "i", "as dict"),
    ],
)
def test_wrong_types_name_the_field(value: Value, reader: str, name: str, text: str) -> None:
    with pytest.raises(
        TypeError, match=rf"field 's\.{name}' \(.*\).* {text}" if "element" not in text else text
    ):
        getattr(value, reader)(f"s.{name}", default=7)
    with pytest.raises(NoConvert, match=rf"field 's\.{name}'"):
        getattr(value.s, reader)(name)
    with pytest.raises(NoConvert, match=rf"field 's\.{name}'"):
        getattr(value["s"][name], reader)()


def test_structures_are_no_scalars(value: Value) -> None:
    for reader in ("as_int", "as_float", "as_bool", "as_string", "as_list", "as_array", "as_int_list"):
        with pytest.raises(NoConvert, match=r"field 's' \(struct\)"):
            getattr(value, reader)("s")


READERS = [
    *[
        "as_bool",
        "as_int",
        "as_float",
        "as_string",
        "as_list",
        "as_int_list",
        "as_float_list",
        "as_string_list",
        "as_array",
    ],
    *["as_py", "as_dict"],
]


@pytest.mark.parametrize("reader", READERS)
def test_defaults(value: Value, reader: str) -> None:
    read = getattr(value, reader)
    assert read("nope", default=7) == 7
    assert read("s.nope", default=None) is None
    assert read("nothing", default=7) == 7
    assert read("nothing->x", default=7) == 7
    with pytest.raises(FieldLookupError, match=r"no field 's\.nope'"):
        read("s.nope")
    if reader == "as_py":
        assert read("nothing") is None
    else:
        with pytest.raises(KeyError, match="field 'nothing' is Null"):
            read("nothing")


def test_as_array(value: Value) -> None:
    out = value.as_array("s.ia")
    assert (out.dtype, out.tolist(), out.flags.writeable) == (np.int16, [1, 2], False)


def test_as_dict(value: Value) -> None:
    expected = {name: content for name, (_, content) in CONTENT.items()}
    got = value.as_dict("s")
    assert got.pop("f32a") == [pytest.approx(0.1)]
    del expected["f32a"]
    assert got == expected
    assert list(value.as_dict()) == ["s", "nothing"]
    assert value.as_dict()["nothing"] is None
    assert value.as_py("s") == value["s"].as_dict()


def test_as_dict_with_numpy_arrays(value: Value) -> None:
    got = value.as_dict("s", arrays="numpy")
    assert isinstance(got["ia"], np.ndarray)
    assert got["sa"] == ["a", "b"]
    assert isinstance(value.as_py("s.ia", arrays="numpy"), np.ndarray)
    with pytest.raises(ValueError, match="'list' or 'numpy'"):
        value.as_dict(arrays="tuple")  # type: ignore[call-overload]


def test_as_dict_of_marked_leaves(value: Value) -> None:
    value.unmark()
    assert value.as_dict(only_marked=True) == {}
    value["s.i"] = 3
    assert value.as_dict(only_marked=True) == {"s": {"i": 3}}
    assert value.s.as_dict(only_marked=True) == {"i": 3}
    value.mark("s")
    assert value.s.as_dict(only_marked=True) == value.s.as_dict()


def test_strings_as_integers_of_64_bits() -> None:
    text = TypeDef(T.String).create()
    for number in (2**64 - 1, -(2**63), 0):
        text.assign(str(number))
        assert text.as_int() == number
    text.assign(str(2**64))
    with pytest.raises(OutOfRange):
        text.as_int()
