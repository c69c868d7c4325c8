"""What all normative types have in common, and the rules of each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from aiopvxs_core.data import Member, NoConvert, ShapeError, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_nt import (
    NTPVI,
    NTURI,
    Alarm,
    NotNormative,
    NTAggregate,
    NTAttribute,
    NTContinuum,
    NTEnum,
    NTHistogram,
    NTMatrix,
    NTMultiChannel,
    NTNameValue,
    NTNDArray,
    NTScalar,
    NTScalarArray,
    NTScalarMultiChannel,
    NTTable,
    NTUnion,
    Timestamp,
    nt_of,
    unwrap,
)

IMAGE = np.arange(6, dtype=np.uint16).reshape(2, 3)

#: a builder of each type, and a value of it that is right
EXAMPLES: dict[str, tuple[Any, Any]] = {
    "NTScalar": (NTScalar(T.Int32), 5),
    "NTScalarArray": (NTScalarArray(T.Int32), [1, 2]),
    "NTEnum": (NTEnum(["a", "b"]), "b"),
    "NTMatrix": (NTMatrix(), np.arange(6.0).reshape(2, 3)),
    "NTURI": (NTURI({"a": float, "b": str}), {"path": "calc", "query": {"a": 1.5, "b": "x"}}),
    "NTNameValue": (NTNameValue(T.Int32), {"name": ["x", "y"], "value": [1, 2]}),
    "NTTable": (NTTable({"x": float, "s": str}), {"value": {"x": [1.5], "s": ["a"]}}),
    "NTAttribute": (NTAttribute(), {"name": "gain", "value": 2.5, "tags": ["t"]}),
    "NTMultiChannel": (NTMultiChannel(), {"value": [1.5, "x"], "channelName": ["p", "q"]}),
    "NTScalarMultiChannel": (
        NTScalarMultiChannel(),
        {"value": [1.5, 2.5], "channelName": ["p", "q"], "severity": [0, 2], "message": ["", "bad"]},
    ),
    "NTNDArray": (NTNDArray(), IMAGE),
    "NTContinuum": (NTContinuum(), {"base": [1, 2], "value": [1, 2, 3, 4], "units": ["V", "A", "s"]}),
    "NTHistogram": (NTHistogram(), {"ranges": [0, 1, 2], "value": [5, 6]}),
    "NTAggregate": (NTAggregate(), {"value": 1.5, "N": 3, "min": 1, "max": 2, "first": 1, "last": 2}),
    "NTUnion": (NTUnion([Member(T.Int32, "i"), Member(T.String, "s")]), {"value": "text"}),
    "NTPVI": (NTPVI({"pos": {"rw": "P:POS"}, "arm": {"x": "P:ARM"}}), {"display.description": "d"}),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_type_is_itself(name: str) -> None:
    nt, initial = EXAMPLES[name]
    value = nt.create(initial)
    assert value.id() == f"epics:nt/{name}:1.0"
    assert nt.build() == type(nt).build(nt) == value.typedef()
    assert hash(nt.build()) == hash(nt.build())
    assert nt.matches(value)
    assert nt.matches(nt.build())
    nt.validate(value)
    nt.validate(nt.build())
    found = nt_of(value)
    assert found is not None
    assert found.__name__ == name
    assert type(nt.unwrap(value)) is type(unwrap(value))
    assert repr(nt)
    assert repr(unwrap(value))
    assert str(unwrap(value))
    assert "<table>" in unwrap(value)._repr_html_()


@pytest.mark.parametrize("name", EXAMPLES)
def test_alarm_time_and_further_fields(name: str) -> None:
    nt, initial = EXAMPLES[name]
    extra = [Member(T.Int32, "mine"), Member(T.Struct, "more", [Member(T.String, "s")])]
    wider = type(nt).__new__(type(nt))
    for cls in type(nt).__mro__:
        for slot in getattr(cls, "__slots__", ()):
            setattr(wider, slot, getattr(nt, slot))
    wider.extra = tuple(extra)
    value = wider.create(initial)
    value["mine"] = 3
    assert nt.matches(value)
    nt.validate(value)
    assert type(unwrap(value)) is type(unwrap(nt.create(initial)))
    if name == "NTURI":
        return
    value["alarm"] = Alarm(2, "bad")._fields()  # type: ignore[arg-type]
    nt.assign(value, {"timeStamp": Timestamp(5)})
    reading = unwrap(value)
    assert (reading.alarm, reading.timestamp) == (Alarm(2, "bad"), Timestamp(5))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_optional_may_be_left_out(name: str) -> None:
    nt, initial = EXAMPLES[name]
    optional = {rule.field for rule in nt._rules if not rule.required}
    fewer = TypeDef(T.Struct, [member for member in nt.build().members if member.name not in optional])
    value = fewer.create()
    whole = nt.create(initial).as_dict()
    value.assign({key: whole[key] for key in value.keys() if key not in ("value", "dimension", "query")})  # noqa: SIM118
    assert nt.matches(value)
    nt.validate(fewer)
    assert unwrap(value).alarm is None


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_missing_field_is_named(name: str) -> None:
    nt, _ = EXAMPLES[name]
    for rule in nt._rules:
        if not rule.required:
            continue
        fewer = TypeDef(T.Struct, [member for member in nt.build().members if member.name != rule.field])
        with pytest.raises(NotNormative, match=f"{type(nt).__name__}: the field '{rule.field}' is missing"):
            nt.validate(fewer)
        assert nt.matches(fewer) is rule.lenient


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_field_of_another_type_is_named(name: str) -> None:
    nt, _ = EXAMPLES[name]
    for rule in nt._rules:
        others = [member for member in nt.build().members if member.name != rule.field]
        wrong = TypeDef(T.Struct, [*others, Member(T.StructA, rule.field, [Member(T.Int32, "x")])])
        with pytest.raises(NotNormative, match=f"{type(nt).__name__}: the field '{rule.field}' "):
            nt.validate(wrong)
        assert not nt.matches(wrong)
        with pytest.raises(TypeError, match=f"this is no {type(nt).__name__}: the field '{rule.field}' "):
            nt.unwrap(wrong.create())


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "NTURI"])
def test_alarm_and_time_are_checked(name: str) -> None:
    nt, initial = EXAMPLES[name]
    for field, content, text in (
        ("alarm.severity", 5, "alarm.severity is 5"),
        ("alarm.status", -1, "alarm.status is -1"),
        ("timeStamp.nanoseconds", 1_000_000_000, "not within one second"),
    ):
        value = nt.create(initial)
        value[field] = content
        with pytest.raises(NotNormative, match=text):
            nt.validate(value)


def wrong_dimension(value: Value) -> None:
    value["dimension"] = [{"size": 4}, {"size": 2}]


@pytest.mark.parametrize(
    ("name", "fields", "text"),
    [
        ("NTEnum", {"value.index": 2}, "value.index is 2, and there are 2 choices"),
        ("NTMatrix", {"dim": [2, 4]}, "which is 8 elements, and value has 6"),
        ("NTMatrix", {"dim": [1, 2, 3]}, "one or two sizes"),
        ("NTMatrix", {"dim": [0, 6]}, "one or two sizes"),
        ("NTURI", {"path": ""}, "path is empty"),
        ("NTNameValue", {"name": ["x"]}, "1 names for 2 values"),
        ("NTNameValue", {"name": ["x", "x"]}, "a name is there twice"),
        ("NTTable", {"value": {"x": [1, 2]}}, "different lengths: x 2, s 1"),
        ("NTTable", {"labels": ["x"]}, "1 labels for 2 columns"),
        ("NTMultiChannel", {"channelName": ["p"]}, "channelName has 1 names, and value has 2"),
        ("NTScalarMultiChannel", {"severity": [1]}, "channelName has 2 names, and severity has 1"),
        ("NTContinuum", {"units": ["V", "s"]}, "value has to have 2 elements, and has 4"),
        ("NTContinuum", {"units": []}, "value has to have 0 elements, and has 4"),
        ("NTHistogram", {"ranges": [0, 1]}, "2 edges for 2 counts"),
        ("NTHistogram", {"ranges": [0, 2, 1]}, "do not rise"),
        ("NTAggregate", {"N": -1}, "cannot be negative"),
        ("NTNDArray", {"compressedSize": 5}, "compressedSize is 5, and value has 12 bytes"),
        ("NTNDArray", {"uncompressedSize": 5}, "uncompressedSize is 5, and the dimensions say 12"),
        ("NTNDArray", {"dimension": [{"size": -1}]}, r"dimension\[0\] has the size -1"),
        ("NTNDArray", {"dimension": [None]}, r"dimension\[0\] has the size None"),
    ],
)
def test_each_rule_of_the_contents(name: str, fields: dict[str, Any], text: str) -> None:
    nt, initial = EXAMPLES[name]
    value = nt.create(initial)
    value.assign(fields)
    with pytest.raises(NotNormative, match=f"{type(nt).__name__}: .*{text}"):
        nt.validate(value)
    assert nt.matches(value)


def test_no_type_takes_what_is_no_structure() -> None:
    for nt, _ in EXAMPLES.values():
        with pytest.raises(NotNormative, match="it is a double, not a structure"):
            nt.validate(NTScalar().create(1.0)["value"])


def test_readings_of_the_smaller_types() -> None:
    def read(name: str) -> Any:
        nt, initial = EXAMPLES[name]
        return unwrap(nt.create(initial))

    assert read("NTMatrix").value.tolist() == [[0, 1, 2], [3, 4, 5]]
    uri = read("NTURI")
    assert (uri.scheme, uri.authority, uri.path, uri.value) == ("pva", "", "calc", {"a": 1.5, "b": "x"})
    assert read("NTNameValue").value == {"x": 1, "y": 2}
    attribute = read("NTAttribute")
    assert (attribute.name, attribute.value, attribute.tags) == ("gain", 2.5, ["t"])
    many = read("NTMultiChannel")
    assert (many.value, many.channel_names) == ([1.5, "x"], ["p", "q"])
    assert many.channels["q"].value == "x"
    assert many.channels["q"].alarm is None
    same = read("NTScalarMultiChannel").channels
    assert (same["p"].alarm, same["q"].alarm) == (Alarm(), Alarm(2, "bad"))
    assert (same["q"].timestamp, same["q"].connected) == (None, None)
    continuum = read("NTContinuum")
    assert (continuum.value.tolist(), continuum.base.tolist()) == ([[1, 2], [3, 4]], [1, 2])
    assert continuum.units == ["V", "A", "s"]
    histogram = read("NTHistogram")
    assert (histogram.value.tolist(), histogram.ranges.tolist()) == ([5, 6], [0, 1, 2])
    aggregate = read("NTAggregate")
    assert (aggregate.value, aggregate.n, aggregate.min, aggregate.max) == (1.5, 3, 1, 2)
    assert (aggregate.first, aggregate.last, aggregate.dispersion) == (1, 2, 0)
    assert aggregate.first_timestamp == aggregate.last_timestamp == Timestamp(0)
    union = read("NTUnion")
    assert (union.value, union.selected) == ("text", "s")
    assert unwrap(NTUnion().create({"value": [1.5]})).value.tolist() == [1.5]


def test_damaged_ones_say_what_is_wrong() -> None:
    for name, fields in (
        ("NTMatrix", {"dim": [7, 7]}),
        ("NTNameValue", {"name": []}),
        ("NTContinuum", {"units": ["V", "s"]}),
    ):
        nt, initial = EXAMPLES[name]
        value = nt.create(initial)
        value.assign(fields)
        with pytest.raises(ValueError, match=f"{name}: "):
            _ = unwrap(value).value
    nt, initial = EXAMPLES["NTScalarMultiChannel"]
    value = nt.create({**initial, "severity": [1, 2, 3]})
    with pytest.raises(ValueError, match="severity has 3 elements"):
        _ = unwrap(value).channels  # type: ignore[attr-defined]


def test_types_that_do_not_fit_are_refused() -> None:
    for make in (
        lambda: NTHistogram(T.Float64),
        lambda: NTNameValue(T.Struct),
        lambda: NTScalarMultiChannel(T.Any),
        lambda: NTTable({"x": T.Struct}),
        lambda: NTTable({"x": float}, labels=["a", "b"]),
        lambda: NTPVI({"x": {"read": "P"}}),
    ):
        with pytest.raises(ValueError):
            make()


def test_options_of_ntscalar() -> None:
    value = NTScalar(T.Int32, limits=(0, 9), alarms=(None, 2, 7, None)).create()
    assert value.as_dict("control") == {"limitLow": 0, "limitHigh": 9, "minStep": 0}
    assert value.as_int("valueAlarm.lowAlarmSeverity") == 0
    assert value.as_int("valueAlarm.lowWarningSeverity") == 1
    assert "valueAlarm" in NTScalar(hysteresis=1.0).create()
    assert "display" not in NTScalar().create()
    for options in (
        {"limits": (1, 1)},
        {"limits": (2, 1)},
        {"alarms": (1, 2, 3)},
        {"alarms": (4, 3, 2, 1)},
        {"hysteresis": -1.0},
    ):
        with pytest.raises(ValueError, match=f"{next(iter(options))}="):
            NTScalar(**options)  # type: ignore[arg-type]
    for name in ("limits", "precision", "alarms", "hysteresis"):
        with pytest.raises(ValueError, match=f"{name}= is for numbers"):
            NTScalar(T.String, **{name: 3})  # type: ignore[arg-type]


def test_pvi() -> None:
    entries = {
        "pos": {"rw": "P:POS"},
        "temp": {"r": "P:T"},
        "go": {"x": "P:GO"},
        "axes": [{"d": "P:X:PVI"}, None, {"d": "P:Z:PVI"}],
    }
    value = NTPVI(entries, description="stage").create()
    reading: Any = unwrap(value)
    assert reading.value == entries
    assert reading.tree.pos.rw == "P:POS"
    assert reading.tree.axes[2].d == "P:Z:PVI"
    assert reading.devices == {"axes": ["P:X:PVI", None, "P:Z:PVI"]}
    assert reading.display.description == "stage"
    assert NTPVI().create().as_dict("value") == {}


def test_pvi_vectors_by_their_names() -> None:
    entries = {"axis__0": {"d": "A"}, "axis__2": {"d": "C"}, "b__x": {"r": "B"}, "huge__999999": {"r": "H"}}
    reading: Any = unwrap(NTPVI(entries).create())
    assert reading.value["axis"] == [{"d": "A"}, None, {"d": "C"}]
    assert reading.value["b__x"] == {"r": "B"}
    assert reading.value["huge__999999"] == {"r": "H"}


def test_a_matrix_of_rows() -> None:
    value = NTMatrix().create([[1, 2, 3], [4, 5, 6]])
    assert unwrap(value).value.tolist() == [[1, 2, 3], [4, 5, 6]]
    with pytest.raises(ShapeError, match="a matrix is rows of equal length"):
        NTMatrix().create([[1, 2], [3]])
    with pytest.raises(NoConvert, match="some of its elements are masked"):
        NTMatrix().create(np.ma.masked_greater(np.eye(2), 0.5))


def test_builders_say_what_they_are() -> None:
    assert repr(NTNameValue(float)).startswith("NTNameValue(type=")
    assert repr(NTMatrix()) == "NTMatrix()"


def test_options_that_make_no_sense() -> None:
    wrong: Any = 5
    with pytest.raises(ValueError, match=r"limits=5: there are two, \(low, high\)"):
        NTScalar(limits=wrong)
    with pytest.raises(ValueError, match="precision=-1: it has to be 0 or more"):
        NTScalar(precision=-1)
