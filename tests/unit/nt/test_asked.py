from __future__ import annotations

import copy
import gc
import pickle
from dataclasses import dataclass

import pytest

from aiopvxs_core.data import Member, TypeDef
from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_nt import NTURI, Alarm, Display, NTEnum, NTScalar, NTTable, asked, load, unwrap
from aiopvxs_nt.asked import Asked, asked_of


def test_what_of_a_field_was_asked_for() -> None:
    some = Asked(["value", "alarm.severity", "display.form.index"])
    assert [some.all_of(path) for path in ("value", "value.index", "alarm", "alarm.severity")] == [
        True, True, False, True,
    ]  # fmt: skip
    assert [some.any_of(path) for path in ("alarm", "alarm.status", "display", "display.form", "time")] == [
        True, False, True, True, False,
    ]  # fmt: skip
    assert some.within("value") is None
    below = some.within("display")
    assert below is not None
    assert str(below) == "form.index"
    assert str(some.within("time")) == "nothing"
    # a name that begins like another is another
    assert not some.any_of("val")
    assert not some.any_of("values")


def test_notes_live_as_long_as_their_values() -> None:
    before = len(asked.noted)
    value = NTScalar().create(1.0)
    assert asked_of(value) is None
    Asked(["value"]).note_on(value)
    Asked(["alarm"]).note_on(value)
    assert str(asked_of(value)) == "alarm"
    assert asked_of(value.clone()) is None
    assert len(asked.noted) == before + 1
    del value
    gc.collect()
    assert len(asked.noted) == before


def test_a_reading_has_what_was_asked_for() -> None:
    value = NTScalar(units="mm", precision=2).create(3.14159)
    part = unwrap(value, fields="value, display.units")
    assert (part.alarm, part.timestamp, part.control) == (None, None, None)
    assert part.display == Display(units="mm")
    # a precision that was not asked for is none, and not 0
    assert str(part) == "3.14159 mm"
    # the value itself is as it was
    assert unwrap(value).alarm == Alarm()
    without = unwrap(value, fields=["alarm"])
    assert (without.value, without.alarm) == (None, Alarm())
    assert "no value" in without._repr_html_()


def test_copies_know_it_too() -> None:
    value = NTScalar().create(1.0)
    Asked(["value"]).note_on(value)
    for reading in (unwrap(value), NTScalar().unwrap(value), unwrap(value.clone(), fields="value")):
        for again in (pickle.loads(pickle.dumps(reading)), copy.deepcopy(reading)):
            assert (again.value, again.alarm) == (1.0, None)
    table = unwrap(NTTable({"x": int, "s": str}).create([[1, "a"]]), fields="alarm")
    assert table.value is None
    assert repr(table) == "<TableReading no value>"
    assert "no value" in table._repr_html_()
    uri = unwrap(NTURI({"a": int}).create({"path": "p", "query": {"a": 1}}), fields="query")
    assert uri.value == {"a": 1}
    assert unwrap(NTURI({"a": int}).create({"path": "p"}), fields="path").value is None
    assert repr(unwrap(NTEnum(["a"]).create(0), fields="value.choices")) == "<EnumReading no index>"


@dataclass
class Inner:
    a: int
    b: int = 5


@dataclass
class Outer:
    inner: Inner
    title: str = "none"


def test_a_model_takes_its_defaults_for_the_rest() -> None:
    inner = Member(T.Struct, "inner", [Member(T.Int32, "a"), Member(T.Int32, "b")])
    value = TypeDef(T.Struct, [inner, Member(T.String, "title")]).create()
    value.assign({"inner": {"a": 1, "b": 2}, "title": "t"})
    assert unwrap(value, Outer) == Outer(Inner(1, 2), "t")
    assert unwrap(value, Outer, fields="inner") == Outer(Inner(1, 2), "none")
    assert unwrap(value, Outer, fields="inner.a") == Outer(Inner(1, 5), "none")
    with pytest.raises(ValueError, match=r"Outer\.inner\.a: the field was not asked for, only b"):
        unwrap(value, Outer, fields="inner.b")
    Asked(["inner.a"]).note_on(value)
    assert load(Outer, value) == Outer(Inner(1, 5), "none")
