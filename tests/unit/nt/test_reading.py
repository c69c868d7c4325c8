from __future__ import annotations

import copy
import enum
import math
import pickle
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import xarray as xr

from aiopvxs_core.data import Member, TypeDef
from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_nt import (
    MAJOR,
    MINOR,
    Alarm,
    AlarmSeverity,
    AlarmStatus,
    ArrayReading,
    Control,
    Display,
    EnumReading,
    Form,
    NTEnum,
    NTMatrix,
    NTNDArray,
    NTScalar,
    NTScalarArray,
    NTTable,
    ScalarReading,
    StructureReading,
    ValueAlarm,
    assign,
    load,
    nt_of,
    unwrap,
)


class Mode(enum.Enum):
    ON = "on"


class Level(enum.IntEnum):
    LOW = 0
    HIGH = 1


def full(code: Any = T.Float64, value: Any = 3.14159, **options: Any) -> Any:
    nt = NTScalar(code, units="mm", precision=2, limits=(0, 90), alarms=(1, 5, 85, 89), **options)
    return nt.create({"value": value})


def test_all_parts() -> None:
    reading = unwrap(full(description="height", hysteresis=0.5))
    assert isinstance(reading, ScalarReading)
    assert reading.value == 3.14159
    assert reading.display == Display((0, 90), "mm", "height", 2, Form.DEFAULT)
    assert reading.control == Control((0, 90), None)
    assert reading.value_alarm == ValueAlarm(True, (1, 89), (5, 85), MAJOR, MINOR, MINOR, MAJOR, 0.5)
    assert reading.alarm == Alarm()
    assert reading.timestamp is not None
    assert not reading.timestamp.is_set
    assert reading.raw["value"] == 3.14159


def test_parts_that_are_not_there_are_none() -> None:
    reading = unwrap(TypeDef(T.Struct, [Member(T.Int32, "value")]).create())
    assert isinstance(reading, ScalarReading)
    parts = (reading.alarm, reading.timestamp, reading.display, reading.control, reading.value_alarm)
    assert parts == (None,) * 5
    reading = unwrap(full(), fields="value, alarm.severity".replace(" ", ""))
    assert reading.alarm is not None
    assert (reading.timestamp, reading.display, reading.control, reading.value_alarm) == (None,) * 4
    assert unwrap(full(), fields=["timeStamp"]).alarm is None


def test_it_cannot_be_set() -> None:
    reading = unwrap(full())
    for name in ("value", "alarm", "timestamp", "display", "control", "value_alarm", "raw", "other"):
        with pytest.raises(AttributeError):
            setattr(reading, name, 1)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 0.0, None),
        (5.0, 5.0, None),
        (9.0, 1.0, None),
        (math.nan, math.nan, None),
        (-math.inf, math.inf, None),
        (0.0, 1.0, (0.0, 1.0)),
        (math.nan, 1.0, (-math.inf, 1.0)),
        (-1.0, math.nan, (-1.0, math.inf)),
    ],
)
def test_limits_by_the_convention_of_the_ioc(low: float, high: float, expected: Any) -> None:
    value = NTScalar(display=True, control=True).create(
        {"display": {"limitLow": low, "limitHigh": high}, "control": {"limitLow": low, "limitHigh": high}}
    )
    reading = unwrap(value)
    assert reading.display is not None
    assert reading.control is not None
    assert reading.display.limits == reading.control.limits == expected


def test_alarms() -> None:
    value = NTScalar().create({"alarm": Alarm(MAJOR, "stuck", AlarmStatus.DEVICE)})
    assert value.as_dict("alarm") == {"severity": 2, "status": 1, "message": "stuck"}
    alarm = unwrap(value).alarm
    assert alarm == Alarm(AlarmSeverity.MAJOR, "stuck", AlarmStatus.DEVICE)
    assert alarm
    assert str(alarm) == "MAJOR DEVICE stuck"
    assert not Alarm()
    assert "MAJOR DEVICE stuck" in repr(unwrap(value))
    assert Alarm(2).severity is MAJOR  # type: ignore[arg-type]


def test_a_severity_that_nobody_knows_is_kept() -> None:
    value = NTScalar().create({"alarm.severity": 17, "alarm.status": -3})
    alarm = unwrap(value).alarm
    assert alarm is not None
    assert (int(alarm.severity), int(alarm.status)) == (17, -3)
    assert str(alarm) == "UNKNOWN_17 UNKNOWN_-3"
    with pytest.raises(ValueError):
        AlarmSeverity("MAJOR")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "value", "form", "precision", "text"),
    [
        (T.Float64, 3.14159, None, 2, "3.14 mm"),
        (T.Float64, 3.14159, None, None, "3.14159 mm"),
        (T.Float64, 3.14159, None, 0, "3.14159 mm"),
        (T.Float64, 3.14159, Form.EXPONENTIAL, 1, "3.1e+00 mm"),
        (T.Float64, 31415.9, Form.ENGINEERING, 2, "31.42e+03 mm"),
        (T.Float64, 0.00031412, Form.ENGINEERING, 1, "314.1e-06 mm"),
        (T.Float64, 999_999.9, Form.ENGINEERING, 0, "999.999900e+03 mm"),
        (T.Float64, 999.99, Form.ENGINEERING, 1, "1.0e+03 mm"),
        (T.Float64, 0.0, Form.ENGINEERING, 1, "0.0e+00 mm"),
        (T.Float64, math.nan, None, 2, "nan mm"),
        (T.Int32, 255, Form.HEX, None, "0xff mm"),
        (T.Int32, 5, Form.BINARY, None, "0b101 mm"),
        (T.Int32, -5, None, 3, "-5 mm"),
        (T.Float64, 2.5, Form.DECIMAL, 3, "2.500 mm"),
    ],
)
def test_text(code: T, value: Any, form: Form | None, precision: int | None, text: str) -> None:
    nt = NTScalar(code, display=True, form=True)
    fields = {"value": value, "display.units": "mm", "display.precision": precision or 0}
    if form is not None:
        fields["display.form.index"] = int(form)
    assert str(unwrap(nt.create(fields))) == f"{unwrap(nt.create(fields))}" == text


def test_format_of_its_own() -> None:
    reading = unwrap(full())
    assert f"{reading}" == "3.14 mm"
    assert f"{reading:.4f}" == "3.1416"
    assert f"{reading:>10.1f}|" == "       3.1|"
    assert str(unwrap(NTScalar(T.String).create("x"))) == "x"
    assert str(unwrap(NTScalar(T.Bool, units="?").create(True))) == "True ?"


def test_as_a_number() -> None:
    reading = unwrap(full(value=2.5))
    assert (float(reading), int(reading), round(reading), math.floor(float(reading))) == (2.5, 2, 2, 2)  # type: ignore[arg-type, call-overload]
    assert reading == 2.5
    assert reading != 3
    assert reading < 3
    assert 3 > reading  # noqa: SIM300
    assert reading >= unwrap(full(value=2.5))
    assert hash(reading) == hash(2.5)
    assert [10, 20, 30][unwrap(NTScalar(T.Int8).create(1))] == 20  # type: ignore[index, call-overload]
    assert bool(unwrap(NTScalar().create(0.0))) is False
    assert min(unwrap(full(value=2)), unwrap(full(value=1))) == 1
    with pytest.raises(TypeError):
        reading < "a"  # noqa: B015


def test_as_numpy() -> None:
    reading = unwrap(full(value=2.0))
    assert np.asarray(reading).dtype == np.float64
    assert np.sqrt(reading) == math.sqrt(2)  # type: ignore[call-overload]
    array = unwrap(NTScalar(T.Int16A).create([1, 2, 3]))
    assert np.asarray(array).dtype == np.int16
    assert np.asarray(array).base is not None
    assert np.shares_memory(np.asarray(array), array.value)
    assert not np.shares_memory(np.array(array, copy=True), array.value)
    assert np.array(array, np.float32).tolist() == [1, 2, 3]
    assert (array == np.array([1, 5, 3])).tolist() == [True, False, True]
    assert np.mean(array) == 2  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="copy"):
        array.__array__(np.float32, copy=False)


def test_arrays() -> None:
    reading = unwrap(NTScalar(T.Float64A, units="V").create([1.5, 2.5]))
    assert isinstance(reading, ArrayReading)
    assert reading.value.flags.writeable is False
    assert (len(reading), reading[1], list(reading)) == (2, 2.5, [1.5, 2.5])
    assert bool(reading)
    assert not unwrap(NTScalarArray(T.Float64).create([]))
    texts = unwrap(NTScalar(T.StringA).create(["a", "ü"]))
    assert texts.value == ["a", "ü"]
    with pytest.raises(TypeError):
        hash(texts)
    assert unwrap(NTScalar(T.BoolA).create([True, False])).value.tolist() == [True, False]
    assert NTScalarArray(int).build() == NTScalar(T.Int64A).build()


@pytest.mark.parametrize("code", [T.Int8A, T.UInt8A])
def test_long_strings(code: T) -> None:
    value = NTScalar(code).create("grün")
    assert value.as_list("value")[-1] == 0
    reading = unwrap(value)
    assert isinstance(reading, ArrayReading)
    assert reading.text == "grün"
    assert unwrap(value, str) == "grün"
    assign(value, {"value": "shorter"})
    assert unwrap(value, str) == "shorter"
    value["value"] = [65, 66, 0, 67]
    assert unwrap(value, str) == "AB"
    with pytest.raises(ValueError, match="NUL"):
        assign(value, "a\0b")
    with pytest.raises(TypeError, match="8-bit"):
        unwrap(NTScalar(T.Int16A).create([1]), str)


def test_the_id_does_not_decide() -> None:
    odd = TypeDef(T.Struct, [Member(T.Float64A, "value")], id="epics:nt/NTScalar:1.0").create()
    assert isinstance(unwrap(odd), ArrayReading)
    odd = TypeDef(T.Struct, NTEnum().build().members, id="site:mine/2.0").create()
    assert isinstance(unwrap(odd), EnumReading)
    odd = TypeDef(T.Struct, NTScalar().build().members).create()
    assert isinstance(unwrap(odd), ScalarReading)
    group = TypeDef(T.Struct, [Member(T.Int32, "a"), Member(T.String, "b")]).create()
    group.assign({"a": 1, "b": "x"})
    reading = unwrap(group)
    assert isinstance(reading, StructureReading)
    assert reading.value == {"a": 1, "b": "x"}
    assert reading["a"] == 1
    assert str(reading) == "structure of a, b"


def test_a_leaf_is_refused() -> None:
    with pytest.raises(TypeError, match="a structure, not double"):
        unwrap(NTScalar().create(1.0)["value"])


def test_conversions() -> None:
    value = NTScalar(T.Int32).create(1)
    assert unwrap(value, int) == 1
    assert unwrap(value, float) == 1.0
    assert unwrap(value, str) == "1"
    assert unwrap(value, Level) is Level.HIGH
    assert unwrap(NTScalar(T.String).create("on"), Mode) is Mode.ON
    assert isinstance(unwrap(value, ScalarReading), ScalarReading)
    with pytest.raises(TypeError, match="not a EnumReading"):
        unwrap(value, EnumReading)
    with pytest.raises(TypeError, match="nothing is known"):
        unwrap(value, complex)
    with pytest.raises(TypeError, match="as_ is a class"):
        unwrap(value, 5)  # type: ignore[call-overload]


def test_copies() -> None:
    reading = unwrap(full())
    assert copy.copy(reading) is reading
    again = pickle.loads(pickle.dumps(reading))
    assert (again.value, again.display) == (reading.value, reading.display)


def test_html_and_ipython() -> None:
    value = full(description="<height>")
    value["alarm"] = Alarm(MINOR, "<b>")._fields()
    html = unwrap(value)._repr_html_()
    assert "3.14 mm" in html
    assert "&lt;height&gt;" in html
    assert "MINOR &lt;b&gt;" in html
    assert "<b>" not in html
    assert len(unwrap(NTScalar(T.String).create("x" * 10_000))._repr_html_()) < 2000


def test_written_again() -> None:
    first = full()
    second = full(value=0)
    assign(second, unwrap(first))
    assert second["value"] == first["value"]
    assert NTScalar(T.Int32).create({"value": 3, "alarm": {"severity": 1}}).as_int("alarm.severity") == 1
    with pytest.raises(KeyError):
        assign(second, {"nope": 1})


def test_types_that_were_met_are_told_apart() -> None:
    """The same id again and again, with other fields each time."""
    for round_ in range(3):
        for count in range(20):
            extra = [Member(T.Int32, f"x{number}") for number in range(count)]
            assert isinstance(unwrap(NTEnum(extra=extra).create(1)), EnumReading), round_
            other = TypeDef(T.Struct, [Member(T.Int32A, "value"), *extra], id="epics:nt/NTEnum:1.0")
            assert isinstance(unwrap(other.create()), ArrayReading), round_
    for number in range(600):
        odd = TypeDef(T.Struct, [Member(T.Float64A, "value")], id=f"site:{number}").create()
        odd["value"] = [number]
        assert unwrap(odd).value.tolist() == [number]


def test_operators_are_those_of_the_value() -> None:
    reading = unwrap(NTScalar(float, units="mm").create(2.5))
    number = unwrap(NTScalar(int).create(6))
    text = unwrap(NTScalar(str).create("a"))
    array = unwrap(NTScalar(list[float]).create([1.0, 2.0]))
    assert (reading + 1, 1 - reading, reading * reading) == (3.5, -1.5, 6.25)
    assert (-reading, +reading, abs(-reading)) == (-2.5, 2.5, 2.5)
    assert (number // 4, number % 4, divmod(number, 4), 2**number, number & 3) == (1, 2, (1, 2), 64, 2)
    assert (number | 1, number ^ 3, number << 1, number >> 1, ~number) == (7, 5, 12, 3, -7)
    assert type(reading + 1) is float
    assert (text + "b", "b" + text) == ("ab", "ba")
    assert (array * reading).tolist() == (reading * array).tolist() == [2.5, 5.0]
    assert (array - array).tolist() == [0.0, 0.0]
    assert array @ array == 5.0
    assert (np.array([1.0, 2.0]) + array).tolist() == [2.0, 4.0]
    assert (np.float64(1) + reading) == 3.5
    with pytest.raises(TypeError):
        _ = text + 1


def test_the_text_of_arrays_has_precision_and_form() -> None:
    array = NTScalar(list[float], units="V", precision=1).create([1.26, 2.0])
    assert str(unwrap(array)) == "[1.3 2.0] V"
    assert f"{unwrap(array):.2f}" == "[1.26 2.00]"
    assert f"{unwrap(NTScalar(list[int]).create([10, 11])):x}" == "[a b]"
    assert f"{unwrap(NTScalar(list[str]).create(['a', 'b'])):>2}" == "[ a  b]"
    hexadecimal = NTScalar(list[int], form=True, display=True).create([10, 11])
    hexadecimal["display.form.index"] = 4
    assert str(unwrap(hexadecimal)) == "[0xa 0xb]"
    # without either, numpy decides
    assert str(unwrap(NTScalar(list[np.float32], units="V").create([0.1]))) == "[0.1] V"


def test_the_text_of_a_float32_has_its_own_digits() -> None:
    reading = unwrap(NTScalar(np.float32, units="V").create(0.1))
    assert str(reading) == "0.1 V"
    assert repr(reading) == "<ScalarReading 0.1 V, no time>"
    assert reading.value == float(np.float32(0.1))


def test_what_contradicts_itself_is_shown() -> None:
    matrix = NTMatrix().create(np.eye(2))
    matrix["dim"] = [3, 3]
    assert "damaged: NTMatrix" in repr(unwrap(matrix))
    assert "damaged: NTMatrix" in unwrap(matrix)._repr_html_()


def test_no_number_is_cut_off() -> None:
    value = NTScalar(float).create(2.5)
    with pytest.raises(ValueError, match=r"2\.5 is no whole number"):
        unwrap(value, int)
    assert unwrap(NTScalar(float).create(3.0), int) == 3
    with pytest.raises(ValueError, match="a ScalarReading of nan makes no int"):
        unwrap(NTScalar(float).create(math.nan), int)
    with pytest.raises(ValueError, match="a ScalarReading of 'abc' makes no float"):
        unwrap(NTScalar(str).create("abc"), float)
    with pytest.raises(TypeError, match=r"a ArrayReading of array\(\[1\., 2\.\]\) makes no float"):
        unwrap(NTScalar(list[float]).create([1, 2]), float)


def test_what_is_no_value() -> None:
    wrong: Any = 5
    with pytest.raises(TypeError, match=r"unwrap\(\) makes readings of Values, not of a int"):
        unwrap(wrong)
    with pytest.raises(TypeError, match="writes to a Value, not to a int"):
        assign(wrong, 1)
    with pytest.raises(TypeError, match="takes a Value, not a int"):
        load(Point, wrong)
    with pytest.raises(TypeError, match="a normative type is a structure, not int"):
        nt_of(wrong)
    for check in (NTScalar.matches, NTScalar.validate, NTScalar().unwrap):
        with pytest.raises(TypeError, match="a Value or a TypeDef has fields, a int has not"):
            check(wrong)


@dataclass
class Point:
    x: float


def test_arrays_and_tables_as_what_is_asked_for() -> None:
    array = NTScalar(list[float]).create([1.0, 2.0])
    texts = NTScalar(list[str]).create(["a"])
    table = NTTable({"x": float, "s": str}).create([(1.5, "a")])
    image = NTNDArray().create(np.eye(2))
    assert unwrap(array, list) == [1.0, 2.0]
    assert type(unwrap(array, list)[0]) is float
    assert unwrap(texts, list) == ["a"]
    assert unwrap(array, np.ndarray).tolist() == [1.0, 2.0]
    assert unwrap(image, list) == [[1.0, 0.0], [0.0, 1.0]]
    assert unwrap(image, np.ndarray).shape == (2, 2)
    assert unwrap(image, xr.DataArray).dims == ("y", "x")
    assert {name: list(column) for name, column in unwrap(table, dict).items()} == {"x": [1.5], "s": ["a"]}
    assert unwrap(table, list) == [{"x": 1.5, "s": "a"}]
    assert unwrap(table, pd.DataFrame).to_dict("list") == {"x": [1.5], "s": ["a"]}
    assert unwrap(table, pl.DataFrame).rows() == [(1.5, "a")]
    assert unwrap(table, pa.Table).to_pylist() == [{"x": 1.5, "s": "a"}]
    assert unwrap(table, np.ndarray)["s"].tolist() == ["a"]
    assert unwrap(TypeDef(T.Struct, [Member(T.Int32, "a")]).create(), dict) == {"a": 0}
    for value, kind in ((array, dict), (NTScalar().create(1), list), (array, pd.DataFrame), (table, set)):
        with pytest.raises(TypeError, match="nothing is known of how to read a"):
            unwrap(value, kind)
    for value in (array, table):
        with pytest.raises(ValueError, match="ndarray is made of the field 'value', and only alarm"):
            unwrap(value, np.ndarray, fields="alarm")
