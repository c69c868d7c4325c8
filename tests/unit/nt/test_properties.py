"""What holds for values of any type, whatever a server sends."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_core.data import TypeDef, Value
from aiopvxs_nt import (
    NTPVI,
    NTURI,
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
    Reading,
    assign,
    nt_of,
    unwrap,
)
from strategies import Content, contents, examples, structures

TYPES: dict[str, TypeDef] = {
    "NTScalar": NTScalar(T.Float64, display=True, control=True, valueAlarm=True, form=True).build(),
    "NTScalarArray": NTScalarArray(T.UInt8, display=True).build(),
    "NTScalarArray of str": NTScalarArray(T.String).build(),
    "NTEnum": NTEnum().build(),
    "NTMatrix": NTMatrix(display=True).build(),
    "NTURI": NTURI({"a": float, "b": list[str]}).build(),
    "NTNameValue": NTNameValue().build(),
    "NTTable": NTTable({"x": float, "s": str}).build(),
    "NTAttribute": NTAttribute().build(),
    "NTMultiChannel": NTMultiChannel().build(),
    "NTScalarMultiChannel": NTScalarMultiChannel().build(),
    "NTNDArray": NTNDArray().build(),
    "NTContinuum": NTContinuum().build(),
    "NTHistogram": NTHistogram().build(),
    "NTAggregate": NTAggregate().build(),
    "NTUnion": NTUnion().build(),
    "NTPVI": NTPVI({"a": {"r": "A"}, "b": [{"d": "B"}, None]}).build(),
}
# an image may name a codec that nobody has, which is an ImportError
_QUIET = (ValueError, TypeError, OverflowError, ImportError)


def look(value: Value) -> Reading[Any]:
    """Read all there is: what is wrong is an error that says so, and nothing else happens."""
    reading = unwrap(value)
    assert reading.raw is value
    assert reading.alarm is None or reading.alarm.severity is not None
    _ = (reading.timestamp, reading.display, reading.control, reading.value_alarm)
    cls = nt_of(value)
    if cls is not None:
        with contextlib.suppress(NotNormative):
            cls.validate(value)
    kind = type(reading)
    shows: list[Callable[[Any], object]] = [repr, str, kind._repr_html_, Reading._repr_html_]
    parts = [getattr(kind, name) for name in dir(kind)]
    shows += [part.fget for part in parts if isinstance(part, property)]
    for show in shows:
        with contextlib.suppress(*_QUIET):
            show(reading)
    return reading


@st.composite
def any_structures(draw: st.DrawFn) -> tuple[TypeDef, Content]:
    definition = draw(structures())
    return definition, draw(contents(definition))


@examples(200)
@given(any_structures())
def test_any_structure_is_read(case: tuple[TypeDef, Content]) -> None:
    value = case[0].create()
    value.assign(case[1].given)
    look(value)


@pytest.mark.parametrize("name", TYPES)
def test_any_content_of_each_type_is_read(name: str) -> None:
    definition = TYPES[name]

    @examples(60)
    @given(contents(definition))
    def check(content: Content) -> None:
        value = definition.create()
        value.assign(content.given)
        reading = look(value)
        # what was read is written to another value, and is there the same
        other = value.cloneEmpty()
        assign(other, reading)
        assert other == value

    check()
