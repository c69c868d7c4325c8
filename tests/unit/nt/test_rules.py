from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_core.data import Value
from aiopvxs_nt import (
    INVALID,
    MAJOR,
    MINOR,
    NO_ALARM,
    Alarm,
    AlarmLevel,
    AlarmStatus,
    NTEnum,
    NTScalar,
    Rules,
    RulesError,
    Timestamp,
    alarm_level,
    apply_rules,
    unwrap,
)
from strategies import examples

NOW = Timestamp(1_700_000_000_000_000_001)
NT = NTScalar(float, limits=(0, 100), alarms=(5, 10, 80, 90), hysteresis=2)


def sent(present: Value, fields: Any) -> Value:
    """What a PV would become: its present value with what was sent laid over, that marked."""
    value = present.clone()
    value.unmark()
    value.assign(fields)
    return value


def moved(*numbers: float, nt: NTScalar = NT) -> Value:
    """The value after these puts."""
    present = nt.create(50)
    for number in numbers:
        value = sent(present, {"value": number})
        apply_rules(value, present, put=True, now=NOW)
        present = value
    return present


@pytest.mark.parametrize(
    ("number", "severity", "level"),
    [
        (50, NO_ALARM, ""), (80, MINOR, "HIGH"), (79.99, NO_ALARM, ""), (89.9, MINOR, "HIGH"),
        (90, MAJOR, "HIHI"), (100, MAJOR, "HIHI"), (10, MINOR, "LOW"), (10.01, NO_ALARM, ""),
        (5.01, MINOR, "LOW"), (5, MAJOR, "LOLO"), (0, MAJOR, "LOLO"),
    ],
)  # fmt: skip
def test_limits_make_alarms(number: float, severity: Any, level: str) -> None:
    alarm = unwrap(moved(number)).alarm
    assert alarm is not None
    assert (alarm.severity, alarm.message) == (severity, level)
    assert alarm.status == (AlarmStatus.NONE if not level else AlarmStatus.DEVICE)


@pytest.mark.parametrize(
    ("numbers", "level"),
    [
        ((80, 78), "HIGH"),
        ((80, 77.9), ""),
        ((80, 77.9, 79), ""),
        ((90, 88), "HIHI"),
        ((90, 87.9), "HIGH"),
        ((90, 88, 88), "HIHI"),
        ((10, 12), "LOW"),
        ((10, 12.1), ""),
        ((5, 7), "LOLO"),
        ((5, 7.1), "LOW"),
        ((90, 5), "LOLO"),
        # one level's hysteresis is not another's
        ((79, 78), ""),
    ],
)
def test_hysteresis(numbers: tuple[float, ...], level: str) -> None:
    assert moved(*numbers).as_string("alarm.message") == level


def test_the_order_of_the_limits() -> None:
    """Where several hold, the first of highAlarm, lowAlarm, highWarning, lowWarning does."""
    value = NT.create(50)
    value["valueAlarm"] = {
        "highAlarmLimit": 40,
        "lowAlarmLimit": 60,
        "highWarningLimit": 30,
        "lowWarningLimit": 70,
    }
    order = []
    for level in (AlarmLevel.HIHI, AlarmLevel.LOLO, AlarmLevel.HIGH, AlarmLevel.LOW):
        order.append(alarm_level(50, value["valueAlarm"]))
        value[f"valueAlarm.{level.value}Severity"] = 0
    assert order == [AlarmLevel.HIHI, AlarmLevel.LOLO, AlarmLevel.HIGH, AlarmLevel.LOW]
    assert alarm_level(50, value["valueAlarm"]) is None


def test_inactive_clears_the_alarm() -> None:
    present = moved(95)
    assert present.as_int("alarm.severity") == MAJOR
    value = sent(present, {"valueAlarm.active": False})
    apply_rules(value, present, put=False, now=NOW)
    assert unwrap(value).alarm == Alarm()
    # nobody's limits hold now: an alarm of another origin stays
    value.assign({"alarm": {"severity": 3, "message": "link"}})
    later = sent(value, {"value": 96})
    apply_rules(later, value, put=True, now=NOW)
    assert later.as_string("alarm.message") == "link"


def test_an_alarm_that_was_sent_is_kept() -> None:
    present = NT.create(50)
    value = sent(present, {"value": 95, "alarm": {"severity": 3, "message": "sensor"}})
    apply_rules(value, present, put=False, now=NOW)
    assert unwrap(value).alarm == Alarm(INVALID, "sensor")


def test_no_number_is_undefined() -> None:
    present = NT.create(50)
    value = sent(present, {"value": math.nan})
    apply_rules(value, present, put=False, now=NOW)
    assert (value.as_int("alarm.severity"), value.as_string("alarm.message")) == (INVALID, "UDF")
    with pytest.raises(RulesError, match="nan is outside"):
        apply_rules(sent(present, {"value": math.nan}), present, put=True)
    with pytest.raises(RulesError, match="nan is outside"):
        apply_rules(sent(present, {"value": math.nan}), present, Rules(control="clamp"), put=True)


def test_a_put_outside_the_control_limits() -> None:
    present = NT.create(50)
    for number in (-0.1, 100.1, math.inf):
        value = sent(present, {"value": number})
        before = value.clone()
        with pytest.raises(RulesError, match=rf"{number} is outside the control limits 0\.0 to 100\.0"):
            apply_rules(value, present, put=True)
        assert value == before
        apply_rules(value, present, put=False)
        assert value["value"] == number
    value = sent(present, {"value": 1e9})
    apply_rules(value, present, Rules(control="clamp"), put=True)
    assert (value["value"], value.as_string("alarm.message")) == (100, "HIHI")
    value = sent(present, {"value": 1e9})
    apply_rules(value, present, Rules(control="ignore"), put=True)
    assert value["value"] == 1e9
    # limits that come with the put are not in force yet
    value = sent(present, {"value": 150, "control.limitHigh": 200})
    with pytest.raises(RulesError):
        apply_rules(value, present, put=True)


def test_limits_that_are_not_set() -> None:
    nt = NTScalar(T.Int32, control=True, valueAlarm=True)
    present = nt.create(1)
    value = sent(present, {"value": 2**31 - 1})
    apply_rules(value, present, put=True)
    assert unwrap(value).alarm == Alarm()
    first = nt.create(5)
    apply_rules(first, None, put=False, now=NOW)
    assert unwrap(first).timestamp == NOW


def test_the_smallest_step() -> None:
    present = NT.create({"value": 50, "control.minStep": 0.5})
    with pytest.raises(RulesError, match=r"50\.25 is 0\.25 from 50\.0: the smallest step .* is 0\.5"):
        apply_rules(sent(present, {"value": 50.25}), present, put=True)
    for number in (50.5, 50, 49.5, 60):
        apply_rules(sent(present, {"value": number}), present, put=True)
    value = sent(present, {"value": 50.25})
    apply_rules(value, present, Rules(control="clamp"), put=True)
    assert value["value"] == 50


def test_the_smallest_step_is_that_of_the_pv() -> None:
    present = NT.create({"value": 50, "control.minStep": 0.5})
    with pytest.raises(RulesError, match="the smallest step"):
        apply_rules(sent(present, {"value": 50.25, "control.minStep": 0}), present, put=True)


def test_what_is_read_only() -> None:
    rules = Rules(read_only=("alarm", "control.limitHigh"))
    present = NT.create(50)
    for fields, leaf in (
        ({"value": 51, "alarm": {"message": "x"}}, "alarm.message"),
        ({"control.limitHigh": 1000}, "control.limitHigh"),
    ):
        value = sent(present, fields)
        before = value.clone()
        with pytest.raises(RulesError, match=f"{leaf} is read-only"):
            apply_rules(value, present, rules, put=True)
        assert value == before
        apply_rules(value, present, rules, put=False)
    # as it was found, by clients that send everything
    apply_rules(sent(present, present.as_dict()), present, rules, put=True)
    with pytest.raises(ValueError, match="a tuple of names"):
        Rules(read_only="alarm")  # type: ignore[arg-type]


def test_arrays() -> None:
    nt = NTScalar(T.Int16A, limits=(0, 10))
    present = nt.create([1, 2])
    value = sent(present, {"value": [0, 10]})
    apply_rules(value, present, put=True)
    with pytest.raises(RulesError, match="11 is outside the control limits 0 to 10"):
        apply_rules(sent(present, {"value": [1, 11, 12]}), present, put=True)
    value = sent(present, {"value": [-5, 5, 50]})
    apply_rules(value, present, Rules(control="clamp"), put=True)
    assert value["value"] == [0, 5, 10]
    doubles = NTScalar(T.Float64A, limits=(0, 10)).create([1])
    for rules in (Rules(), Rules(control="clamp")):
        with pytest.raises(RulesError, match="nan"):
            apply_rules(sent(doubles, {"value": [1, np.nan]}), doubles, rules, put=True)


def test_time() -> None:
    present = NT.create(50)
    value = sent(present, {"value": 51})
    apply_rules(value, present, put=True, now=NOW)
    assert unwrap(value).timestamp == NOW
    value = sent(present, {"value": 51, "timeStamp.secondsPastEpoch": 5})
    apply_rules(value, present, put=True, now=NOW)
    assert unwrap(value).timestamp == Timestamp((5, 0))
    value = sent(present, {"value": 51})
    apply_rules(value, present, Rules(timestamp=False), put=True, now=NOW)
    assert not value.is_marked("timeStamp")
    apply_rules(value, present, put=True)
    assert abs(unwrap(value).timestamp.ns - Timestamp.now().ns) < 20e9  # type: ignore[union-attr]


def test_what_has_no_limits() -> None:
    for nt, number in (
        (NTScalar(T.String), "x"),
        (NTEnum(["a", "b"]), {"index": 1}),
        (NTScalar(T.Bool), True),
    ):
        present = nt.create()
        value = sent(present, {"value": number})
        apply_rules(value, present, put=True, now=NOW)
        assert unwrap(value).alarm == Alarm()
        assert unwrap(value).timestamp == NOW


def test_only_the_rules_that_hold() -> None:
    present = NT.create(50)
    value = sent(present, {"value": 95})
    apply_rules(value, present, Rules(alarm=False), put=True, now=NOW)
    assert unwrap(value).alarm == Alarm()
    with pytest.raises(ValueError, match="control is 'clip'"):
        Rules(control="clip")  # type: ignore[arg-type]


@examples(100)
@given(st.lists(st.floats(0, 100), min_size=1, max_size=10))
def test_without_hysteresis_only_the_latest_counts(numbers: list[float]) -> None:
    nt = NTScalar(float, limits=(0, 100), alarms=(5, 10, 80, 90))
    assert moved(*numbers, nt=nt).as_dict("alarm") == moved(numbers[-1], nt=nt).as_dict("alarm")
