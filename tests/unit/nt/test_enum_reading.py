"""Readings of enums: their choices, members of classes, and what they are not."""

from __future__ import annotations

import enum

import numpy as np
import pytest

from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_nt import (
    EnumReading,
    NTEnum,
    NTScalar,
    assign,
    unwrap,
)


class Mode(enum.Enum):
    OFF = "off"
    ON = "on"
    FAULT = "Fault state"


class Level(enum.IntEnum):
    LOW = 0
    HIGH = 1


def test_enums() -> None:
    value = NTEnum(Mode).create(Mode.FAULT)
    assert value.as_string_list("value.choices") == ["off", "on", "Fault state"]
    reading = unwrap(value)
    assert isinstance(reading, EnumReading)
    assert (reading.value, reading.index, reading.choice) == (2, 2, "Fault state")
    assert str(reading) == "Fault state"
    assert reading == 2
    assert reading == "Fault state"
    assert unwrap(value, Mode) is Mode.FAULT
    assert NTEnum(Mode).unwrap(value).value is Mode.FAULT
    assert NTEnum().unwrap(value).value == 2
    assign(value, Mode.ON)
    assert value.as_int("value.index") == 1
    assign(value, {"value": Mode.OFF})
    assert value.as_int("value.index") == 0
    assign(value, "on")
    assert unwrap(value, str) == "on"
    with pytest.raises(ValueError, match=r"'nope' is not among the choices"):
        assign(value, "nope")
    # a member of an IntEnum stands for its own value where no choice has its name
    assign(value, Level.HIGH)
    assert value.as_int("value.index") == 1


def test_an_index_without_choice_is_no_other_choice() -> None:
    value = NTEnum(["off", "on"]).create({"value.index": 7})
    reading = unwrap(value)
    assert (reading.value, reading.choice, str(reading)) == (7, None, "7")  # type: ignore[attr-defined]
    for cls in (Mode, Level):
        with pytest.raises(ValueError, match="index 7 has no choice"):
            unwrap(value, cls)
    with pytest.raises(ValueError, match="has no choice"):
        unwrap(value, str)
    value["value.index"] = -1
    with pytest.raises(ValueError, match="index -1 has no choice"):
        unwrap(value, Mode)
    for wrong in (2, -1, 7):
        with pytest.raises(ValueError, match=f"the index {wrong} has no choice"):
            assign(value, wrong)
    assert value.as_int("value.index") == -1


def test_choices_of_another_kind_are_not_read_as_members() -> None:
    value = NTEnum(["on", "off", "other"]).create({"value.index": 0})
    assert unwrap(value, Mode) is Mode.ON
    value["value.index"] = 2
    with pytest.raises(ValueError, match="'other' .* no member of Mode"):
        unwrap(value, Mode)
    # other words for the same numbers
    assert unwrap(NTEnum(["niedrig", "hoch"]).create(1), Level) is Level.HIGH
    # the same words in another order: the words count
    assert unwrap(NTEnum(["high", "low"]).create(0), Level) is Level.HIGH
    with pytest.raises(ValueError, match="no member"):
        unwrap(NTEnum(["low", "medium"]).create(1), Level)


def test_two_enums_do_not_meet() -> None:
    first, second = NTEnum(["a", "b"]).create(1), NTEnum(["x", "y"]).create(0)
    readings = [unwrap(first), unwrap(second), unwrap(first)]
    assert [reading.choice for reading in readings] == ["b", "x", "b"]  # type: ignore[attr-defined]


def test_enums_and_bool() -> None:
    value = NTEnum(["no", "yes"]).create(True)
    assert unwrap(value, bool) is True
    assign(value, np.bool_(False))
    assert unwrap(value, bool) is False
    assert unwrap(NTScalar(T.Int8).create(1), bool) is True
    with pytest.raises(ValueError, match="no bool"):
        unwrap(NTEnum(["a", "b", "c"]).create(2), bool)


def test_enum_classes_of_integers() -> None:
    class Gap(enum.IntEnum):
        ONE = 1
        THREE = 3

    assert NTEnum(Gap).choices == ("", "ONE", "", "THREE")
    assert unwrap(NTEnum(Gap).create(Gap.THREE), Gap) is Gap.THREE

    class Negative(enum.IntEnum):
        A = -1

    with pytest.raises(ValueError, match="not all indices"):
        NTEnum(Negative)
    with pytest.raises(TypeError, match="one text"):
        NTEnum("abc")
    assert repr(NTEnum(Mode)) == "NTEnum(Mode)"
