from __future__ import annotations

import numpy as np
import pytest

from aiopvxs_core.data import Member, NoConvert, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_nt import NTScalar

ALARM = [("severity", "int32_t"), ("status", "int32_t"), ("message", "string")]
TIME = [("secondsPastEpoch", "int64_t"), ("nanoseconds", "int32_t"), ("userTag", "int32_t")]
FORM = ("form", "enum_t", [("index", "int32_t"), ("choices", "string[]")])
PRIMITIVES = [
    code for code in T if code not in (T.Null, T.Struct, T.StructA, T.Union, T.UnionA, T.Any, T.AnyA)
]
NUMERIC = [code for code in PRIMITIVES if code not in (T.Bool, T.BoolA, T.String, T.StringA)]


def shape(definition: TypeDef | Member) -> list[tuple[object, ...]]:
    """Names, types and ids of the members, in order."""
    members = definition.members if isinstance(definition, TypeDef) else definition.children
    return [(m.name, m.id, shape(m)) if m.code == T.Struct else (m.name, m.code.name()) for m in members]


def limits(scalar: str, *names: str) -> list[tuple[str, str]]:
    return [(name, scalar) for name in names]


def value_alarm(scalar: str) -> list[tuple[str, str]]:
    sides = ("lowAlarm", "lowWarning", "highWarning", "highAlarm")
    return [
        ("active", "bool"),
        *limits(scalar, *(f"{side}Limit" for side in sides)),
        *limits("int32_t", *(f"{side}Severity" for side in sides)),
        ("hysteresis", "double"),
    ]


@pytest.mark.parametrize("code", PRIMITIVES, ids=lambda code: code.name)
def test_plain(code: T) -> None:
    definition = NTScalar(code).build()
    array = code.name.endswith("A")
    assert definition.id == ("epics:nt/NTScalarArray:1.0" if array else "epics:nt/NTScalar:1.0")
    assert shape(definition) == [
        ("value", definition.members[0].code.name()),
        ("alarm", "alarm_t", ALARM),
        ("timeStamp", "time_t", TIME),
    ]
    assert definition.members[0].code == code


@pytest.mark.parametrize("code", NUMERIC, ids=lambda code: code.name)
def test_everything_for_numbers(code: T) -> None:
    definition = NTScalar(code, display=True, control=True, valueAlarm=True, form=True).build()
    scalar = definition.members[0].code.scalar.name()
    texts = [("description", "string"), ("units", "string")]
    assert shape(definition)[3:] == [
        ("display", "", [*limits(scalar, "limitLow", "limitHigh"), *texts, ("precision", "int32_t"), FORM]),
        ("control", "", limits(scalar, "limitLow", "limitHigh", "minStep")),
        ("valueAlarm", "", value_alarm(scalar)),
    ]
    plain = NTScalar(code, display=True).build()
    assert shape(plain)[3:] == [("display", "", [*limits(scalar, "limitLow", "limitHigh"), *texts])]


@pytest.mark.parametrize("code", [T.Bool, T.BoolA, T.String, T.StringA])
def test_everything_for_others(code: T) -> None:
    definition = NTScalar(code, display=True, control=True, valueAlarm=True, form=True).build()
    assert shape(definition)[3:] == [("display", "", [("description", "string"), ("units", "string")])]


def test_form_needs_display() -> None:
    assert NTScalar(form=True).build() == NTScalar().build()


def test_types_by_other_names() -> None:
    assert NTScalar().build() == NTScalar(float).build() == NTScalar(T.Float64).build()
    assert NTScalar(list[int]).build() == NTScalar(T.Int64A).build()
    assert NTScalar(np.dtype("u2")).build() == NTScalar(T.UInt16).build()


def test_equal_options_share_one_type() -> None:
    assert NTScalar(int, display=True).build() is NTScalar(T.Int64, display=True).build()
    assert NTScalar(int).build() is not NTScalar(int, display=True).build()


def test_further_members() -> None:
    extra = [Member(T.String, "note"), Member(T.Struct, "more", [Member(T.Int32, "a")])]
    definition = NTScalar(T.Int32, display=True, extra=extra).build()
    assert [member.name for member in definition.members][-2:] == ["note", "more"]
    assert NTScalar(extra=iter(extra)).create({"value": 1, "note": "n"}).as_string("note") == "n"
    with pytest.raises(ValueError, match="two members of the name 'alarm'"):
        NTScalar(extra=[Member(T.Int32, "alarm")]).build()


@pytest.mark.parametrize("code", [T.Struct, T.Union, T.Any, T.StructA, T.UnionA, T.AnyA, T.Null])
def test_compound_types_are_refused(code: T) -> None:
    with pytest.raises(ValueError, match="NTScalar takes"):
        NTScalar(code)
    with pytest.raises(TypeError, match="type code"):
        NTScalar("double")  # type: ignore[arg-type]


def test_initial_values() -> None:
    assert NTScalar().create().changed() == set()
    assert NTScalar(T.Int8).create(5).as_dict(only_marked=True) == {"value": 5}
    assert NTScalar(T.String).create("x").value == "x"
    assert NTScalar(T.Int32A).create([1, 2]).value == [1, 2]
    assert NTScalar(T.Float64A).create(np.arange(3.0)).value == [0, 1, 2]
    value = NTScalar().create({"value": 1.5, "alarm": {"severity": 2}, "timeStamp.userTag": 3})
    assert value.changed() == {"value", "alarm.severity", "timeStamp.userTag"}
    again = NTScalar().create(value)
    assert (again, again.changed()) == (value, value.changed())
    assert NTScalar(T.Int32).create(NTScalar(T.Int8).create(3).value).as_dict(only_marked=True) == {
        "value": 3
    }


def test_initial_values_that_do_not_fit() -> None:
    for initial in (300, "x", 1.5, [1]):
        with pytest.raises(NoConvert, match="field 'value'"):
            NTScalar(T.Int8).create(initial)
    with pytest.raises(KeyError):
        NTScalar().create({"nope": 1})


def test_values_are_independent() -> None:
    nt = NTScalar()
    a, b = nt.create(1), nt.create(2)
    assert isinstance(a, Value)
    assert (a.value, b.value) == (1, 2)
    assert a.equalType(b)


def test_repr() -> None:
    assert repr(NTScalar(T.Int32A, display=True, form=True)) == "NTScalar(Int32A, display=True, form=True)"
