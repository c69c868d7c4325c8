from __future__ import annotations

import copy
import enum
import pickle

import pytest

from aiopvxs_core.data import Member, NoConvert, OutOfRange
from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_nt import NTEnum, unwrap

CHOICES = ["off", "on", "fault"]


def test_structure() -> None:
    assert (
        str(NTEnum().create())
        == """struct "epics:nt/NTEnum:1.0" {
    struct "enum_t" {
        int32_t index = 0
        string[] choices = {?}[]
    } value
    struct "alarm_t" {
        int32_t severity = 0
        int32_t status = 0
        string message = ""
    } alarm
    struct "time_t" {
        int64_t secondsPastEpoch = 0
        int32_t nanoseconds = 0
        int32_t userTag = 0
    } timeStamp
    struct {
        string description = ""
    } display
}"""
    )


def test_equal_options_share_one_type() -> None:
    assert NTEnum().build() is NTEnum().build()
    extra = [Member(T.Int32, "more")]
    assert NTEnum(extra=extra).build() is NTEnum(extra=extra).build()
    assert NTEnum(extra=extra).create().keys()[-1] == "more"


class Mode(enum.IntEnum):
    ON = 1


@pytest.mark.parametrize(
    ("initial", "index"),
    [
        (2, 2),
        (Mode.ON, 1),
        ({"value": {"index": 1, "choices": CHOICES}}, 1),
        ({"value": 1}, 1),
        ({"value.index": 2}, 2),
        ({"value": "on", "value.choices": CHOICES}, 1),
        ({"value.choices": CHOICES}, 0),
        (None, 0),
    ],
)
def test_initial_values(initial: object, index: int) -> None:
    assert NTEnum().create(initial).as_int("value.index") == index


def test_initial_value_of_a_value() -> None:
    first = NTEnum().create({"value": "fault", "value.choices": CHOICES})
    again = NTEnum().create(first)
    assert again == first
    assert again.changed() == {"value.index", "value.choices"}
    assert NTEnum().create({"value": first.value}).value == first.value
    assert NTEnum().create({"value": first.value.index}).as_int("value.index") == 2


def test_initial_values_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match=r"'12' is not among the choices \['off', 'on', 'fault'\]"):
        NTEnum().create({"value": "12", "value.choices": CHOICES})
    with pytest.raises(ValueError, match=r"'on' is not among the choices \[\]"):
        NTEnum().create("on")
    with pytest.raises(NoConvert, match=r"field 'value\.index'"):
        NTEnum().create(1.5)
    with pytest.raises(OutOfRange):
        NTEnum().create(2**31)
    with pytest.raises(KeyError):
        NTEnum().create({"nope": 1})


def test_a_dict_is_left_as_it_was() -> None:
    given = {"value": 1}
    NTEnum().create(given)
    assert given == {"value": 1}


class Mode(enum.Enum):
    OFF = "off"
    ON = "on"


def test_a_pickled_reading_keeps_its_class() -> None:
    reading = NTEnum(Mode).unwrap(NTEnum(Mode).create(Mode.ON))
    assert reading.value is Mode.ON
    for again in (pickle.loads(pickle.dumps(reading)), copy.deepcopy(reading), copy.copy(reading)):
        assert again.value is Mode.ON
        assert (again.index, again.choice) == (1, "on")
    plain = NTEnum(CHOICES).unwrap(NTEnum(CHOICES).create(2))
    assert pickle.loads(pickle.dumps(plain)).value == 2


def test_a_format_for_texts_is_for_the_choice() -> None:
    reading = unwrap(NTEnum(["idle", "busy"]).create("busy"))
    assert (f"{reading}", f"{reading:>6}", f"{reading:d}", f"{reading:03d}") == ("busy", "  busy", "1", "001")


def test_an_index_equals_the_member_of_its_choice() -> None:
    class Mode(enum.Enum):
        IDLE = "idle"
        BUSY = "busy"

    class Other(enum.Enum):
        NONE = "none"

    reading = unwrap(NTEnum(["idle", "busy"]).create("busy"))
    assert reading == Mode.BUSY
    assert reading != Mode.IDLE
    assert reading != Other.NONE
    member = NTEnum(Mode).unwrap(NTEnum(Mode).create(Mode.BUSY))
    assert member == Mode.BUSY
    assert member != Other.NONE
