"""What becomes of the result of an RPC."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass
from typing import Annotated

import msgspec
import pydantic
import pytest

from aiopvxs import nt as nts
from aiopvxs.data import Member, NoConvert, TypeDef, Value
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import MAJOR, Alarm, NTScalar, NTTable, Timestamp
from aiopvxs.server._answer import is_empty, rpc_value


class Mode(enum.Enum):
    idle = "idle"
    run = "run"


@nts.model(id="site:stage/1.0")
@dataclass
class Stage:
    position: Annotated[float, nts.Units("mm")]
    mode: Mode


@dataclass
class Loose:
    content: object


class Pydantic(pydantic.BaseModel):
    count: int


class Msgspec(msgspec.Struct):
    count: int


def test_values_and_readings() -> None:
    value = NTTable({"x": int}).create([{"x": 1}])
    assert rpc_value(value) is value
    assert rpc_value(nts.unwrap(value)) is value


def test_models() -> None:
    found = rpc_value(Stage(1, Mode.run))
    assert found.id() == "site:stage/1.0"
    assert found["position.value"].type() == T.Float64
    assert found.as_string("position.display.units") == "mm"
    assert nts.load(Stage, found) == Stage(1.0, Mode.run)
    for given in (Pydantic(count=3), Msgspec(3)):
        assert rpc_value(given).as_dict() == {"count": 3}


def test_a_dataclass_whose_annotations_say_nothing() -> None:
    assert rpc_value(Loose(3)).as_dict() == {"content": 3}
    assert rpc_value(Loose(Loose([1.5]))).as_dict() == {"content": {"content": [1.5]}}


def test_rows() -> None:
    found = rpc_value([{"a": 1, "b": 2.5}, None, {"b": 3, "a": 4}])
    assert found["value"].type() == T.StructA
    assert found.as_dict() == {"value": [{"a": 1, "b": 2.5}, None, {"a": 4, "b": 3.0}]}
    found = rpc_value([Stage(1.5, Mode.run), Stage(2.5, Mode.idle)])
    assert [nts.load(Stage, one) for one in found["value"]] == [Stage(1.5, Mode.run), Stage(2.5, Mode.idle)]
    found = rpc_value({"rows": ({"a": "x"},), "nested": [{"inner": [{"n": 1}]}, {"inner": []}][:1]})
    assert found.as_dict() == {"rows": [{"a": "x"}], "nested": [{"inner": [{"n": 1}]}]}
    found = rpc_value([NTScalar(int).create(1), NTScalar(int).create(2)])
    assert [one.as_int("value") for one in found["value"]] == [1, 2]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ([{"a": 1}, {"b": 2}], r"the elements of value have different fields, \['a'\] and \['b'\]"),
        ({"rows": [{"a": 1}, {"a": "x"}]}, "a in the elements of rows is int64_t and string"),
        ([{"a": object()}], "no type follows from a="),
        ([{1: 2}], "fields named by str"),
    ],
)
def test_rows_that_differ(given: object, text: str) -> None:
    with pytest.raises(NoConvert, match=text):
        rpc_value(given)


def test_moments_and_alarms() -> None:
    moment = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    found = rpc_value({"at": moment, "stamp": Timestamp(5_000_000_007), "alarm": Alarm(MAJOR, "stuck")})
    assert found["at"].id() == "time_t"
    assert found.as_int("at.secondsPastEpoch") == moment.timestamp()
    assert found.as_dict("stamp") == {"secondsPastEpoch": 5, "nanoseconds": 7, "userTag": 0}
    assert found.as_dict("alarm") == {"severity": 2, "status": 0, "message": "stuck"}
    assert found["alarm"].id() == "alarm_t"


def test_plain() -> None:
    for given, name in [(3, "NTScalar"), ([1, 2], "NTScalarArray"), ("text", "NTScalar")]:
        found = rpc_value(given)
        assert found.id() == f"epics:nt/{name}:1.0"
        assert found.as_py("value") == given
    assert rpc_value((T.UInt8, 255))["value"].type() == T.UInt8


def test_values_of_fields() -> None:
    choices = [Member(T.Int32, "a"), Member(T.String, "b")]
    for of, content in [
        (TypeDef(T.Union, choices), None),
        (TypeDef(T.Any), None),
        (TypeDef(T.UnionA, choices), []),
        (TypeDef(T.Int16), 0),
    ]:
        found = rpc_value(of.create())
        assert (found["value"].type(), found.as_py("value")) == (of.create().type(), content)


def test_nothing() -> None:
    assert is_empty(None)
    assert is_empty(Value())
    assert not is_empty(TypeDef(T.Any).create())
    assert not is_empty(0)
    with pytest.raises(NoConvert, match="x is None, from which no type follows"):
        rpc_value({"x": Value()})
