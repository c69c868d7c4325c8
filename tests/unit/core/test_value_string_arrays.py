"""Arrays of strings and numpy: nothing is cut, nothing is invented."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from aiopvxs_core.data import NoConvert, ShapeError, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T

STRINGS = ["", "a", "NUL at the end\0\0", "\0", "a\0b", "µ😀", "x" * 1000]
HAS_STRING_DTYPE = hasattr(getattr(np, "dtypes", None), "StringDType")

needs_string_dtype = pytest.mark.skipif(not HAS_STRING_DTYPE, reason="StringDType came with numpy 2.0")


def string_dtype(**arguments: Any) -> Any:
    return np.dtypes.StringDType(**arguments)


@pytest.fixture
def value() -> Value:
    return TypeDef(T.StringA).create()


@pytest.mark.parametrize("strings", [STRINGS, []])
def test_as_array(value: Value, strings: list[str]) -> None:
    value.assign(strings)
    for out in (value.as_array(), np.asarray(value)):
        assert out.dtype == (string_dtype() if HAS_STRING_DTYPE else object)
        assert out.shape == (len(strings),)
        assert out.tolist() == strings
        assert not out.flags.writeable
    assert np.array(value).flags.writeable
    again = value.cloneEmpty()
    again.assign(value.as_array())
    assert again == value


def test_what_is_not_utf_8(value: Value) -> None:
    value.assign([*STRINGS, "\udcff"])
    for out in (value.as_array(), np.asarray(value)):
        assert out.dtype == object
        assert out.tolist() == [*STRINGS, "\udcff"]
        assert not out.flags.writeable
    again = value.cloneEmpty()
    again.assign(value.as_array())
    assert again == value


def test_another_dtype_may_be_asked_for(value: Value) -> None:
    value.assign(["1", "22"])
    assert np.asarray(value, dtype="U2").tolist() == ["1", "22"]
    assert np.asarray(value, dtype=object).dtype == object
    assert np.asarray(value, dtype="i4").tolist() == [1, 22]


def test_fixed_widths_in(value: Value) -> None:
    fits = [text for text in STRINGS if not text.endswith("\0")]  # numpy itself cuts those
    for given in (np.array(fits), np.array(fits, dtype=">U1000"), np.array([*fits, "-"])[:-1]):
        value.assign(given)
        assert value.as_list() == fits
    encoded = [text.encode() for text in fits]
    value.assign(np.array(encoded))
    assert value.as_list() == fits
    value.assign(np.array([b"\xff\xfe", b"a\0b"]))
    assert value.as_list() == ["\udcff\udcfe", "a\0b"]
    value.assign(np.array(fits)[::-2])
    assert value.as_list() == fits[::-2]


def test_objects_in(value: Value) -> None:
    given = np.array([*STRINGS, "\udcff", b"bytes \xff", np.str_("n")], dtype=object)
    value.assign(given)
    assert value.as_list() == [*STRINGS, "\udcff", "bytes \udcff", "n"]
    for wrong in (None, ["a"], 1j, np.datetime64("2020-01-01")):
        with pytest.raises(NoConvert, match=r"element 1 of the value \(string\[\]\)"):
            value.assign(["a", wrong])
    assert value.as_list()[-1] == "n"


@needs_string_dtype
def test_variable_widths_in(value: Value) -> None:
    for given in (
        np.array(STRINGS, dtype=string_dtype()),
        np.array(STRINGS, dtype=string_dtype(na_object=None)),
        np.array([item for text in STRINGS for item in (text, "-")], dtype=string_dtype())[::2],
    ):
        value.assign(given)
        assert value.as_list() == STRINGS
    value.assign(np.array([], dtype=string_dtype()))
    assert value.as_list() == []
    with pytest.raises(ShapeError, match="2, 1"):
        value.assign(np.array([["a"], ["b"]], dtype=string_dtype()))
    numbers = TypeDef(T.Float64A).create()
    numbers.assign(np.array(["1.5", "2"], dtype=string_dtype()))
    assert numbers == [1.5, 2.0]


@needs_string_dtype
@pytest.mark.parametrize("missing", [None, np.nan, float("nan")])
def test_a_missing_string_is_no_string(value: Value, missing: object) -> None:
    value.assign(["before"])
    given = np.array(["a", missing], dtype=string_dtype(na_object=missing))
    with pytest.raises(NoConvert, match=r"element 1 of the value \(string\[\]\).*missing"):
        value.assign(given)
    assert value.as_list() == ["before"]
    value.assign(given[:1])
    assert value.as_list() == ["a"]
