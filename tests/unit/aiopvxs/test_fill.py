"""From what a user gives to the value that is served."""

from __future__ import annotations

import enum

import numpy as np
import pytest

from aiopvxs._fill import fill, is_structure
from aiopvxs.data import FieldLookupError, Member, NoConvert, TypeDef
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTEnum, NTScalar

CHOICES = ["off", "on"]


def no_choices() -> list[str]:
    raise AssertionError("nobody needs the choices here")


def test_marks_exactly_what_was_given() -> None:
    for given, marked in [
        (5, {"value"}),
        ({"alarm.severity": 1}, {"alarm.severity"}),
        ({"value": 5, "alarm": {"status": 2}}, {"value", "alarm.status"}),
        ({}, set()),
    ]:
        value = fill("PV", NTScalar(T.Int32).create(), given, no_choices)
        assert value.changed() == marked


class Switch(enum.Enum):
    closed = "on"


class Number(enum.Enum):
    one = 1


@pytest.mark.parametrize(
    "given",
    [
        *("on", 1, True, np.bool_(True), np.uint8(1), Switch.closed, Number.one),
        *({"value": "on"}, {"value": 1}, {"value": Switch.closed}, {"value": {"index": 1}}),
    ],
)
def test_enum(given: object) -> None:
    value = fill("PV", NTEnum().create(), given, lambda: CHOICES)
    assert value.as_int("value.index") == 1
    assert value.changed() == {"value.index"}


def test_an_enum_s_own_choices_count() -> None:
    value = fill("PV", NTEnum().create(), {"value": "b", "value.choices": ["a", "b"]}, no_choices)
    assert value.as_int("value.index") == 1
    assert value.as_string_list("value.choices") == ["a", "b"]


def test_a_leaf_of_another_enum() -> None:
    other = NTEnum().create({"value.index": 1})
    value = fill("PV", NTEnum().create(), other["value.index"], no_choices)
    assert value.as_int("value.index") == 1


def test_what_looks_like_an_enum_in_part() -> None:
    for members in ([Member(T.Int32, "index")], [Member(T.Int32, "index"), Member(T.Int32, "choices")]):
        value = TypeDef(T.Struct, [Member(T.Struct, "value", members)]).create()
        fill("PV", value, {"value": {"index": 3}}, no_choices)
        assert value.as_int("value.index") == 3
        with pytest.raises(NoConvert):
            fill("PV", value, 3, no_choices)


def test_messages_name_the_pv() -> None:
    with pytest.raises(ValueError, match=r"'x' is no choice of PV \"n\"; its choices are \['off', 'on'\]"):
        fill('PV "n"', NTEnum().create(), "x", lambda: CHOICES)
    with pytest.raises(NoConvert, match=r'PV "n" is an enum, .* not a float'):
        fill('PV "n"', NTEnum().create(), 1.5, no_choices)
    with pytest.raises(NoConvert, match=r'PV "n" is an enum, .* not a ndarray'):
        fill('PV "n"', NTEnum().create(), np.array([True]), no_choices)
    with pytest.raises(FieldLookupError, match=r'PV "n" has no field \'value\''):
        fill('PV "n"', TypeDef(T.Struct, [Member(T.Int32, "x")]).create(), 1, no_choices)


def test_is_structure() -> None:
    value = NTScalar().create()
    assert is_structure(value)
    assert is_structure(value["alarm"])
    assert not is_structure(value["value"])
    assert not is_structure({"value": 1})
