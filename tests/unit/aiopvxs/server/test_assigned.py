"""What open(), post() and a get take: all that aiopvxs.nt.assign does."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from aiopvxs import nt as nts
from aiopvxs.data import FieldLookupError, Member, NoConvert, TypeDef, Value
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import MAJOR, Alarm, NTEnum, NTNDArray, NTScalar, NTTable, Timestamp
from aiopvxs.server import Closed, SharedPV


class Mode(enum.Enum):
    idle = "idle"
    run = "run"


@dataclass
class Stage:
    position: float
    mode: Mode


def table() -> SharedPV:
    return SharedPV(NTTable({"x": float, "s": str}, labels=["X", "S"]), [{"x": 1.5, "s": "a"}])


def test_what_the_options_say_is_served() -> None:
    pv = SharedPV(NTEnum(Mode), Mode.run)
    assert pv.current.as_dict("value") == {"index": 1, "choices": ["idle", "run"]}
    pv = SharedPV(NTScalar(float, units="mm", limits=(0, 90)), 2.5)
    reading = nts.unwrap(pv.current)
    assert reading == 2.5
    assert reading.display is not None
    assert (reading.display.units, reading.display.limits) == ("mm", (0, 90))
    pv = SharedPV(NTScalar(float, units="mm"), {"display.units": "m"})
    assert pv.current.as_string("display.units") == "m"
    assert table().current.as_string_list("labels") == ["X", "S"]
    pv = SharedPV(NTEnum(Mode))
    pv.open()
    assert pv.current.changed() >= {"value.choices"}


def test_a_builder_of_somebody_else_needs_no_create() -> None:
    class Own:
        def build(self) -> TypeDef:
            return NTScalar(T.Int32).build()

    assert SharedPV(Own(), 3).current.as_int("value") == 3


def test_each_opening_has_a_new_value() -> None:
    pv = SharedPV(NTScalar(float, units="mm"), {"value": 1.0, "display.units": "m"})
    pv.close()
    pv.open(2.0)
    assert pv.current.as_string("display.units") == "mm"


@pytest.mark.parametrize("given", [Mode.idle, "idle", 0, np.int8(0), False, {"value": Mode.idle}])
def test_enum(given: object) -> None:
    pv = SharedPV(NTEnum(Mode), Mode.run)
    pv.post(given)
    assert pv.current.as_dict("value") == {"index": 0, "choices": ["idle", "run"]}


def test_tables() -> None:
    import pandas as pd

    pv = table()
    for given in (
        pd.DataFrame({"x": [2.5], "s": ["ü"]}),
        np.array([(2.5, "ü")], [("x", float), ("s", "U3")]),
        [{"x": 2.5, "s": "ü"}],
        {"value": {"x": [2.5], "s": ["ü"]}},
        {"value.x": [2.5], "value.s": ["ü"]},
    ):
        pv.post({"value.x": [], "value.s": []})
        pv.post(given)
        assert pv.current.as_dict("value") == {"x": [2.5], "s": ["ü"]}
        assert pv.current.as_string_list("labels") == ["X", "S"]


def test_images() -> None:
    pv = SharedPV(NTNDArray(), np.arange(6, dtype=np.uint16).reshape(2, 3))
    pv.post({"attribute": [{"name": "gain", "value": 3}]})
    pv.post(np.ones((4, 2, 3), np.uint8))
    image = nts.unwrap(pv.current)
    assert image.value.shape == (4, 2, 3)
    assert image.value.dtype == np.uint8
    assert image.attributes == {"gain": 3, "ColorMode": nts.ColorMode.RGB1}  # type: ignore[attr-defined]


def test_models() -> None:
    pv = SharedPV(initial=Stage(1.5, Mode.run))
    assert nts.load(Stage, pv.current) == Stage(1.5, Mode.run)
    assert pv.current.as_string_list("mode.choices") == ["idle", "run"]
    pv.post(Stage(2.5, Mode.idle))
    assert nts.load(Stage, pv.current) == Stage(2.5, Mode.idle)
    pv = SharedPV(nts.type_of(Stage), Stage(1.5, Mode.run))
    assert pv.current.as_string_list("mode.choices") == ["idle", "run"]


def test_readings() -> None:
    reading = nts.unwrap(NTScalar(float).create({"value": 3.5, "alarm.message": "text"}))
    pv = SharedPV(initial=reading)
    assert pv.current.as_string("alarm.message") == "text"
    pv = SharedPV(NTScalar(float), 0.0)
    pv.post(reading, alarm=Alarm())
    assert (pv.current.as_float("value"), pv.current.as_string("alarm.message")) == (3.5, "")
    assert reading.raw.as_string("alarm.message") == "text"


def test_moments_and_texts() -> None:
    moment = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    pv = SharedPV(NTScalar(float), {"value": 1.0, "timeStamp": moment})
    assert pv.current.as_int("timeStamp.secondsPastEpoch") == moment.timestamp()
    pv = SharedPV(NTScalar(T.UInt8A), "long text")
    pv.post("another")
    assert pv.current.as_list("value") == list(b"another\0")


def test_alarm() -> None:
    pv = SharedPV(NTScalar(float), {"value": 1.0, "timeStamp.secondsPastEpoch": 7})
    pv.post(alarm=Alarm(MAJOR, "stuck"))
    now = pv.current
    assert (now.as_float("value"), nts.unwrap(now).alarm) == (1.0, Alarm(MAJOR, "stuck"))
    assert now.as_int("timeStamp.secondsPastEpoch") > 7
    pv.post({"value": 2.0, "alarm.severity": 1}, alarm={"severity": 0, "message": "moves"})
    now = pv.current
    assert now.as_dict("alarm") == {"severity": 0, "status": 0, "message": "moves"}
    given = NTScalar(float).create(3.0)
    pv.post(given, alarm=Alarm(MAJOR))
    assert pv.current.as_int("alarm.severity") == 2
    assert given.changed() == {"value"}


@pytest.mark.parametrize(
    "moment",
    [
        5_000_000_007,
        (5, 7),
        np.datetime64(5_000_000_007, "ns"),
        Timestamp(5_000_000_007, user_tag=3),
    ],
)
def test_time_stamp(moment: object) -> None:
    pv = SharedPV(NTScalar(float), 1.0)
    pv.post(2.0, timestamp=moment)
    tag = 3 if isinstance(moment, Timestamp) else 0
    stamp = {"secondsPastEpoch": 5, "nanoseconds": 7, "userTag": tag}
    assert pv.current.as_dict("timeStamp") == stamp
    pv.post(NTScalar(float).create(), timestamp=moment)  # nothing of the value, and a time stamp
    assert pv.current.as_dict("timeStamp") == stamp
    pv.post(timestamp=6.5)
    assert pv.current.as_dict("timeStamp") == stamp | {"secondsPastEpoch": 6, "nanoseconds": 500_000_000}
    pv.post(2.0)
    assert pv.current.as_int("timeStamp.secondsPastEpoch") > 6


NAIVE = datetime.datetime(2026, 1, 1)


@pytest.mark.parametrize(
    ("make", "post", "error", "text"),
    [
        (
            table,
            lambda pv: pv.post({"x": [1.0], "s": ["a"]}),
            FieldLookupError,
            "'x', 's' are in the field 'value'",
        ),
        (table, lambda pv: pv.post("text"), NoConvert, "this PV: a table takes"),
        (table, lambda pv: pv.post(5), NoConvert, "this PV: a table takes"),
        (table, lambda pv: pv.post([{"x": 1.0}]), NoConvert, "row 0 has the columns"),
        (table, lambda pv: pv.post([("x", "y")]), NoConvert, "this PV: "),
        (table, lambda pv: pv.post(NTTable({"x": int}).create()), TypeError, "another structure"),
        (table, lambda pv: pv.post(NTTable().create(), alarm=Alarm()), TypeError, "another structure"),
        (table, lambda pv: pv.post(nts.unwrap(NTScalar().create())), TypeError, "another structure"),
        (table, lambda pv: pv.post(), TypeError, "takes a value, an alarm or a time stamp"),
        (table, lambda pv: pv.post(alarm=2), NoConvert, r"Alarm\(MAJOR, "),
        (table, lambda pv: pv.post(alarm={"level": 2}), FieldLookupError, "no field 'level'"),
        (table, lambda pv: pv.post(timestamp=NAIVE), NoConvert, "this PV: the datetime .* has no zone"),
        (table, lambda pv: pv.post(timestamp="now"), NoConvert, "not a str"),
        (table, lambda pv: pv.post([{"x": 2.5, "s": "b"}], timestamp=True), NoConvert, "not a bool"),
    ],
)
def test_an_error_changes_nothing(
    make: Callable[[], SharedPV], post: Callable[[SharedPV], None], error: type[Exception], text: str
) -> None:
    pv = make()
    before = pv.current
    with pytest.raises(error, match=text):
        post(pv)
    assert pv.current == before
    assert pv.current.changed() == before.changed()


def test_an_index_without_choice() -> None:
    pv = SharedPV(NTEnum(Mode), Mode.run)
    for given in (2, -1, {"value": 2}):
        with pytest.raises(NoConvert, match="has no choice.*'idle', 'run'"):
            pv.post(given)
    assert pv.current.as_int("value.index") == 1
    with pytest.raises(NoConvert, match=r"'stop' is not among the choices \['idle', 'run'\]"):
        SharedPV(NTEnum(Mode), "stop")


def test_what_has_no_alarm_or_time() -> None:
    pv = SharedPV(TypeDef(T.Struct, [Member(T.Int32, "value")]), 1)
    with pytest.raises(FieldLookupError, match="this PV has no field 'alarm'"):
        pv.post(2, alarm=Alarm())
    with pytest.raises(FieldLookupError, match="this PV has no field 'timeStamp'"):
        pv.post(2, timestamp=5)
    assert pv.current.as_int("value") == 1


@pytest.mark.parametrize("given", [Mode.run, "run", {"value": "run"}, [1], np.zeros(3)])
def test_closed(given: object) -> None:
    pv = SharedPV(NTEnum(Mode))
    with pytest.raises(Closed):
        pv.post(given)
    with pytest.raises(Closed):
        pv.post(alarm=Alarm())


def test_a_value_to_open_with_is_taken_as_it_is() -> None:
    value: Value = NTScalar(T.String).create("text")
    pv = SharedPV(NTScalar(float, units="mm"), value)
    assert pv.current.as_string("value") == "text"
