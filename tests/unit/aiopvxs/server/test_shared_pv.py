"""SharedPV without a network."""

from __future__ import annotations

import contextlib
import threading
import time

import pytest

from aiopvxs.data import FieldLookupError, Member, NoConvert, OutOfRange, TypeDef, Value
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTEnum, NTScalar
from aiopvxs.server import Closed, SharedPV


def seconds(value: Value) -> int:
    return value.as_int("timeStamp.secondsPastEpoch")


def test_opened_with_a_value() -> None:
    value = NTScalar(T.Int32A).create()
    value["value"] = [1, 2]
    pv = SharedPV()
    assert not pv.is_open
    before = int(time.time())
    pv.open(value)
    assert pv.is_open
    assert pv.current.as_int_list("value") == [1, 2]
    assert before <= seconds(pv.current) <= time.time()
    assert seconds(value) == 0  # the PV has a copy of its own


def test_a_given_time_stamp_stays() -> None:
    pv = SharedPV(NTScalar(T.Float64), {"value": 1.0, "timeStamp": {"secondsPastEpoch": 7, "nanoseconds": 8}})
    assert (seconds(pv.current), pv.current.as_int("timeStamp.nanoseconds")) == (7, 8)
    pv.post({"value": 2.0, "timeStamp.secondsPastEpoch": 9})
    assert (seconds(pv.current), pv.current.as_int("timeStamp.nanoseconds")) == (9, 8)
    pv.post(3.0)
    assert seconds(pv.current) > 9


@pytest.mark.parametrize(
    "nt",
    [
        TypeDef(T.Struct, [Member(T.Int32, "value")]),
        TypeDef(T.Struct, [Member(T.Int32, "value"), Member(T.Float64, "timeStamp")]),
        TypeDef(T.Struct, [Member(T.Int32, "value"), Member(T.Struct, "timeStamp", [Member(T.Int32, "x")])]),
        TypeDef(
            T.Struct,
            [
                Member(T.Int32, "value"),
                Member(
                    T.Struct,
                    "timeStamp",
                    [Member(T.String, "secondsPastEpoch"), Member(T.Int32A, "nanoseconds")],
                ),
            ],
        ),
    ],
)
def test_what_is_no_time_stamp_is_left_alone(nt: TypeDef) -> None:
    pv = SharedPV(nt, 3)
    pv.post(4)
    assert pv.current.changed() == {"value"}


def test_opened_with_plain_dict_or_nothing() -> None:
    assert SharedPV(NTScalar(T.Int32), 5).current.as_int("value") == 5
    pv = SharedPV(NTScalar(T.Int32).build(), {"value": 5, "alarm.message": "text"})
    assert pv.current.as_string("alarm.message") == "text"
    pv = SharedPV(NTScalar(T.Int32))
    pv.open()
    assert pv.current.as_int("value") == 0
    assert "value" not in pv.current.changed()


def test_without_a_type_only_a_value_opens() -> None:
    pv = SharedPV()
    with pytest.raises(TypeError, match=r"made without a type.*int"):
        pv.open(5)
    with pytest.raises(TypeError, match="made without a type"):
        pv.open()
    with pytest.raises(TypeError, match="made without a type"):
        pv.open(NTScalar(T.Int32).create()["value"])
    assert not pv.is_open


def test_a_leaf_stands_for_its_plain_value() -> None:
    other = NTScalar(T.Int32).create(8)
    pv = SharedPV(NTScalar(T.Float64), other["value"])
    assert pv.current.as_float("value") == 8.0
    other["value"] = 9
    pv.post(other["value"])
    assert pv.current.as_float("value") == 9.0


@pytest.mark.parametrize("nt", [5, "double", NTScalar, TypeDef(T.Float64), object()])
def test_what_is_no_type(nt: object) -> None:
    with pytest.raises(TypeError, match="PV"):
        SharedPV(nt)  # type: ignore[arg-type]


def test_open_twice_and_again_with_another_type() -> None:
    pv = SharedPV(NTScalar(T.Int32), 5)
    with pytest.raises(RuntimeError, match="open already"):
        pv.open(6)
    assert pv.current.as_int("value") == 5
    pv.close()
    pv.close()
    assert not pv.is_open
    pv.open(NTScalar(T.String).create("text"))
    assert pv.current.as_string("value") == "text"


def test_closed() -> None:
    pv = SharedPV(NTScalar(T.Int32))
    for value in (5, {"value": 5}, NTScalar(T.Int32).create(5)):
        with pytest.raises(Closed, match="This PV is not open"):
            pv.post(value)
    with pytest.raises(Closed):
        _ = pv.current


def test_post_takes_plain_dict_and_equal_types() -> None:
    pv = SharedPV(NTScalar(T.Float64), 1.0)
    pv.post(2)
    assert pv.current.as_float("value") == 2.0
    pv.post({"value": 3.0, "alarm": {"severity": 2}})
    assert pv.current.as_int("alarm.severity") == 2
    value = NTScalar(T.Float64).create()  # built separately
    value["value"] = 4.0
    pv.post(value)
    assert (pv.current.as_float("value"), pv.current.as_int("alarm.severity")) == (4.0, 2)
    copy = pv.current
    copy["alarm.severity"] = 0
    pv.post(copy)
    assert pv.current.as_int("alarm.severity") == 0


def test_a_posted_value_is_copied() -> None:
    pv = SharedPV(NTScalar(T.Float64A), [1.0])
    value = NTScalar(T.Float64A).create([2.0])
    pv.post(value)
    value["value"] = [3.0]
    assert pv.current.as_float_list("value") == [2.0]
    pv.current["value"] = [4.0]
    assert pv.current.as_float_list("value") == [2.0]


def test_nothing_marked_is_no_event() -> None:
    pv = SharedPV(NTScalar(T.Float64), {"value": 1.0, "timeStamp.secondsPastEpoch": 7})
    pv.post(NTScalar(T.Float64).create())
    pv.post({})
    assert seconds(pv.current) == 7


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("text", NoConvert),
        (None, NoConvert),
        ([1], NoConvert),
        ({"value": 1, "alarm.severity": 2**40}, OutOfRange),
        ({"value": 1, "nothing": 2}, FieldLookupError),
        (2**31, OutOfRange),
        (1.5, NoConvert),
        (NTScalar(T.Float64).create(5.0), TypeError),
    ],
)
def test_a_bad_post_leaves_the_value_as_it_was(value: object, error: type[Exception]) -> None:
    pv = SharedPV(NTScalar(T.Int32), 3)
    before = pv.current
    with pytest.raises(error):
        pv.post(value)
    after = pv.current
    assert after == before
    assert after.changed() == before.changed()


def test_a_type_without_value_takes_no_plain_value() -> None:
    pv = SharedPV(TypeDef(T.Struct, [Member(T.Int32, "x")]), {"x": 1})
    with pytest.raises(FieldLookupError, match="no field 'value'"):
        pv.post(2)
    pv.post({"x": 2})
    assert pv.current.as_int("x") == 2


def test_enum() -> None:
    pv = SharedPV(NTEnum(), {"value.choices": ["off", "on"], "value": "on"})
    assert pv.current.as_int("value.index") == 1
    pv.post(0)
    assert pv.current.as_int("value.index") == 0
    pv.post("on")
    assert pv.current.as_int("value.index") == 1
    pv.post({"value": "off", "alarm.severity": 1})
    assert pv.current.as_int("value.index") == 0
    pv.post({"value": {"index": 1}})
    assert pv.current.as_int("value.index") == 1
    assert pv.current.as_string_list("value.choices") == ["off", "on"]
    for text in ("maybe", "1"):
        with pytest.raises(ValueError, match=f"'{text}' is no choice.*'off', 'on'"):
            pv.post(text)
    with pytest.raises(NoConvert, match="float"):
        pv.post(1.0)
    assert pv.current.as_int("value.index") == 1


def test_readonly_is_so_for_clients_alone() -> None:
    pv = SharedPV.readonly(NTScalar(T.Int32), 3)
    pv.post(4)
    assert pv.current.as_int("value") == 4
    assert "read-only" in repr(pv)
    assert "mailbox" in repr(SharedPV())


def test_many_threads() -> None:
    pv = SharedPV(NTScalar(T.Int32), 0)
    start = threading.Barrier(6)
    unexpected: list[BaseException] = []

    def reopen() -> None:
        start.wait()
        for number in range(200):
            pv.close()
            pv.open(number)

    def step(number: int) -> None:
        with contextlib.suppress(Closed):
            pv.post(number)
            assert pv.current.as_int("value") < 500

    def work() -> None:
        start.wait()
        try:
            for number in range(500):
                step(number)
        except BaseException as error:
            unexpected.append(error)
            raise

    threads = [threading.Thread(target=reopen), *(threading.Thread(target=work) for _ in range(5))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert unexpected == []
    assert pv.is_open


@pytest.mark.parametrize("code", [T.Int32, T.Float64])
def test_what_was_filled_before_the_pv_was_opened_again(code: T) -> None:
    """Of an equal type, though built separately, it is posted; of another it is refused."""
    pv = SharedPV()
    pv.open(NTScalar(T.Int32).create(1))
    filled = pv._core.cloneEmpty()
    filled["value"] = 5
    pv.close()
    with pytest.raises(Closed):
        pv._core.post_own(filled.clone())
    pv.open(NTScalar(code).create(2))
    if code == T.Int32:
        pv._core.post_own(filled)
        assert pv.current.as_int("value") == 5
        with pytest.raises(TypeError, match="Null"):  # it was handed over
            pv._core.post_own(filled)
    else:
        with pytest.raises(TypeError, match="another structure"):
            pv._core.post_own(filled)
        assert pv.current.as_float("value") == 2.0


@pytest.mark.parametrize("given", [5, 5.0, True, "5"])
def test_a_plain_value_is_posted_as_it_is_put(given: object) -> None:
    pv = SharedPV(NTScalar(T.Float64), 1.0)
    pv.post(given)
    assert pv.current.as_float("value") == float(given)  # type: ignore[arg-type]
    enum = SharedPV(NTEnum(), {"value.choices": ["a", "b"], "value.index": 0})
    enum.post(1)
    assert enum.current.as_int("value.index") == 1
    with pytest.raises(FieldLookupError, match="no field 'value'"):
        SharedPV(TypeDef(T.Struct, [Member(T.Int32, "x")]), {"x": 1}).post(given)
