from __future__ import annotations

import copy
import math
import pickle
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiopvxs_nt import NTScalar, Timestamp, assign, unwrap
from strategies import examples

NS = 1_000_000_000
FIRST = 631_152_000 * NS  # 1990
LAST = 9_214_646_400 * NS  # 2262


@examples(200)
@given(st.integers(FIRST, LAST))
def test_nanoseconds_survive_every_way(ns: int) -> None:
    stamp = Timestamp(ns)
    assert (stamp.ns, stamp.seconds, stamp.nanoseconds) == (ns, ns // NS, ns % NS)
    assert Timestamp((stamp.seconds, stamp.nanoseconds)).ns == ns
    assert Timestamp(stamp.datetime64).ns == ns
    assert Timestamp(stamp.datetime).ns == ns // 1000 * 1000
    assert abs(Timestamp(stamp.posix).ns - ns) < 2000
    assert datetime.fromisoformat(stamp.isoformat()[:26] + "+00:00") == stamp.datetime
    assert stamp.isoformat().endswith(f"{ns % NS:09d}Z")
    value = NTScalar().create({"value": 1.0, "timeStamp": stamp})
    assert unwrap(value).timestamp == stamp
    assert value.as_int("timeStamp.secondsPastEpoch") * NS + value.as_int("timeStamp.nanoseconds") == ns


@pytest.mark.parametrize(
    "moment",
    [
        1_700_000_000 * NS + 123_456_000,
        (1_700_000_000, 123_456_000),
        np.int64(1_700_000_000 * NS + 123_456_000),
        np.datetime64(1_700_000_000 * NS + 123_456_000, "ns"),
        np.datetime64(1_700_000_000_123_456, "us"),
        datetime.fromtimestamp(1_700_000_000, timezone.utc) + timedelta(microseconds=123_456),
        datetime(2023, 11, 15, 9, 13, 20, 123_456, tzinfo=timezone(timedelta(hours=11))),
        Timestamp(1_700_000_000 * NS + 123_456_000),
    ],
    ids=lambda moment: type(moment).__name__,
)
def test_ways_in(moment: object) -> None:
    assert Timestamp(moment).ns == 1_700_000_000 * NS + 123_456_000
    value = NTScalar().create()
    assign(value, {"timeStamp": moment})
    assert value.changed() == {"timeStamp.secondsPastEpoch", "timeStamp.nanoseconds"}
    assert unwrap(value).timestamp == Timestamp(moment)


def test_floats() -> None:
    assert Timestamp(1.5).ns == 1_500_000_000
    assert Timestamp(-0.25).ns == -250_000_000
    assert Timestamp(np.float32(0.5)).ns == 500_000_000
    assert Timestamp(-0.25).posix == -0.25
    for nothing in (math.nan, math.inf, -math.inf):
        with pytest.raises(ValueError, match="no moment"):
            Timestamp(nothing)


def test_coarse_datetime64() -> None:
    assert Timestamp(np.datetime64("2024-02-29")).isoformat() == "2024-02-29T00:00:00.000000000Z"
    assert Timestamp(np.datetime64("2024-02")).isoformat() == "2024-02-01T00:00:00.000000000Z"
    assert Timestamp(np.datetime64("1969-12-31T23:59:59")).ns == -NS
    with pytest.raises(ValueError, match="finer than"):
        Timestamp(np.datetime64(1, "ps"))
    with pytest.raises(ValueError, match="NaT"):
        Timestamp(np.datetime64("NaT", "s"))


def test_a_datetime_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no zone"):
        Timestamp(datetime(2024, 1, 1))
    value = NTScalar().create(1.0)
    with pytest.raises(ValueError, match="has no zone"):
        assign(value, {"value": 2.0, "timeStamp": datetime(2024, 1, 1)})
    assert value.as_float("value") == 1.0


def test_pandas_timestamps_keep_their_nanoseconds() -> None:
    import pandas as pd

    assert Timestamp(pd.Timestamp(1_700_000_000 * NS + 123_456_789, tz="UTC")).ns % NS == 123_456_789
    assert Timestamp(pd.Timestamp(1_700_000_000 * NS + 789, tz="Europe/Berlin")).ns % NS == 789


def test_daylight_saving_and_leap_seconds() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    # the hour that comes twice
    first = datetime(2024, 10, 27, 2, 30, tzinfo=berlin, fold=0)
    second = datetime(2024, 10, 27, 2, 30, tzinfo=berlin, fold=1)
    assert Timestamp(second).ns - Timestamp(first).ns == 3600 * NS
    # POSIX time knows no leap second: midnight is one second after 23:59:59
    before = datetime(2016, 12, 31, 23, 59, 59, 999_999, tzinfo=timezone.utc)
    after = datetime(2017, 1, 1, tzinfo=timezone.utc)
    assert Timestamp(after).ns - Timestamp(before).ns == 1000
    assert Timestamp(after).datetime == after


# half an hour of daylight saving, an hour, none, a day that was left out, a negative hour in winter
ZONES = ["Australia/Lord_Howe", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Europe/Dublin", "UTC"]


@examples(300)
@given(st.integers(FIRST, LAST), st.sampled_from(ZONES), st.booleans())
def test_a_moment_is_the_same_in_each_zone(ns: int, zone: str, near: bool) -> None:
    if near:
        # within a day of a change of 2024, of either half of the year
        ns = (1_711_846_800 + ns % (2 * 86_400) - 86_400) * NS + ns % NS
    stamp = Timestamp(ns)
    there = stamp.datetime.astimezone(ZoneInfo(zone))
    assert Timestamp(there).ns == ns // 1000 * 1000
    assert Timestamp(there).datetime == stamp.datetime
    value = NTScalar().create({"timeStamp": there})
    found = unwrap(value).timestamp
    assert found is not None
    assert found.ns == ns // 1000 * 1000
    assert found.datetime.tzinfo is timezone.utc


@pytest.mark.parametrize("second", [78_796_800, 915_148_800, 1_341_100_800, 1_483_228_800])
def test_around_leap_seconds(second: int) -> None:
    # POSIX time: the leap second has the number of the second after it, and none is skipped or doubled
    for ns in (second * NS - 1, second * NS, second * NS + 1):
        stamp = Timestamp(ns)
        assert (stamp.seconds, stamp.nanoseconds) == divmod(ns, NS)
        assert Timestamp(stamp.datetime64).ns == ns
        assert Timestamp(stamp.datetime).ns == ns // 1000 * 1000
    assert Timestamp(second * NS).datetime.strftime("%H:%M:%S") == "00:00:00"
    assert Timestamp(second * NS - 1).isoformat().endswith("23:59:59.999999999Z")
    # what counts leap seconds, as TAI does, is no zone of a datetime: 23:59:60 cannot be said
    with pytest.raises(ValueError, match="second"):
        datetime(2016, 12, 31, 23, 59, 60, tzinfo=timezone.utc)


def test_datetime_is_aware_and_utc() -> None:
    found = Timestamp(1_700_000_000 * NS + 1999).datetime
    assert found.tzinfo is timezone.utc
    assert found.microsecond == 1
    assert Timestamp(-1).datetime.microsecond == 999_999


def test_what_is_not_set() -> None:
    assert not Timestamp(0).is_set
    assert not Timestamp((631_152_000, 0)).is_set
    assert Timestamp(1).is_set
    assert Timestamp((631_152_000, 1)).is_set
    assert repr(Timestamp(0)) == "Timestamp(1970-01-01T00:00:00.000000000Z, not set)"


def test_a_server_may_send_anything() -> None:
    value = NTScalar().create({"timeStamp.secondsPastEpoch": 2**63 - 1, "timeStamp.nanoseconds": -1})
    stamp = unwrap(value).timestamp
    assert stamp is not None
    assert stamp.ns == (2**63 - 1) * NS - 1
    with pytest.raises(OverflowError, match="1 to 9999"):
        _ = stamp.datetime
    with pytest.raises(OverflowError, match="1678 to 2262"):
        _ = stamp.datetime64
    assert str(stamp) == f"{stamp.ns} ns"


@pytest.mark.parametrize("moment", ["2024-01-01", None, True, [1, 2], (1.5, 2), 1j, object()], ids=repr)
def test_what_is_no_moment(moment: object) -> None:
    with pytest.raises(TypeError, match="time stamp is|are two int"):
        Timestamp(moment)


def test_wrong_tuples_and_ranges() -> None:
    with pytest.raises(ValueError, match="within one second"):
        Timestamp((1, NS))
    with pytest.raises(ValueError, match="within one second"):
        Timestamp((1, -1))
    with pytest.raises(ValueError, match=r"\(seconds, nanoseconds\)"):
        Timestamp((1, 2, 3))
    with pytest.raises(ValueError, match="out of the range"):
        Timestamp(2**63 * NS)


def test_order_hash_and_copies() -> None:
    early, late = Timestamp(1, user_tag=3), Timestamp(2)
    assert early < late
    assert late >= early
    assert early != late
    assert early == Timestamp(1)
    assert {early: 1}[Timestamp(1)] == 1
    assert early != 1
    for again in (copy.deepcopy(early), pickle.loads(pickle.dumps(early))):
        assert (again.ns, again.user_tag) == (1, 3)
    with pytest.raises(TypeError):
        early < 2  # noqa: B015


def test_format_and_now() -> None:
    assert f"{Timestamp(1_700_000_000 * NS):%Y/%m}" == "2023/11"
    assert abs(Timestamp.now().posix - datetime.now(timezone.utc).timestamp()) < 20
    with pytest.raises(AttributeError):
        Timestamp(1).ns = 3  # type: ignore[misc]


def test_user_tag() -> None:
    value = NTScalar().create({"timeStamp": Timestamp(5, user_tag=7)})
    stamp = unwrap(value).timestamp
    assert stamp is not None
    assert (stamp.ns, stamp.user_tag) == (5, 7)
