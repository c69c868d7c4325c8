"""Our client against an IOC with QSRV 2: the records of ``tests/peers/records.db``."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from aiopvxs import Context, Disconnected, RemoteError
from aiopvxs.data import NoConvert, OutOfRange
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs_core import LINE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from peers import Ioc

SLOW = 0.5  # seconds that the record "slow" takes

no_group_puts = pytest.mark.skipif(LINE == 14, reason="QSRV of 1.4 takes no puts to scalars of a group")


@pytest.fixture
async def ctx(ioc: Ioc) -> AsyncIterator[Context]:
    async with Context(ioc.config, use_env=False, timeout=20.0) as context:
        yield context


async def value_of(ctx: Context, name: str) -> Any:
    return (await ctx.get(name)).as_py("value")


# --- what each kind of record looks like


@pytest.mark.parametrize(
    ("record", "type_id", "code"),
    [
        ("ai", "epics:nt/NTScalar:1.0", T.Float64),
        ("ao", "epics:nt/NTScalar:1.0", T.Float64),
        ("longout", "epics:nt/NTScalar:1.0", T.Int32),
        ("int64out", "epics:nt/NTScalar:1.0", T.Int64),
        ("slow", "epics:nt/NTScalar:1.0", T.Int32),
        ("stringout", "epics:nt/NTScalar:1.0", T.String),
        ("lso", "epics:nt/NTScalar:1.0", T.String),
        ("text", "epics:nt/NTScalar:1.0", T.String),
        ("bo", "epics:nt/NTEnum:1.0", T.Struct),
        ("mbbo", "epics:nt/NTEnum:1.0", T.Struct),
        ("wf:CHAR", "epics:nt/NTScalarArray:1.0", T.Int8A),
        ("wf:UCHAR", "epics:nt/NTScalarArray:1.0", T.UInt8A),
        ("wf:SHORT", "epics:nt/NTScalarArray:1.0", T.Int16A),
        ("wf:USHORT", "epics:nt/NTScalarArray:1.0", T.UInt16A),
        ("wf:LONG", "epics:nt/NTScalarArray:1.0", T.Int32A),
        ("wf:ULONG", "epics:nt/NTScalarArray:1.0", T.UInt32A),
        ("wf:INT64", "epics:nt/NTScalarArray:1.0", T.Int64A),
        ("wf:UINT64", "epics:nt/NTScalarArray:1.0", T.UInt64A),
        ("wf:FLOAT", "epics:nt/NTScalarArray:1.0", T.Float32A),
        ("wf:DOUBLE", "epics:nt/NTScalarArray:1.0", T.Float64A),
        ("wf:STRING", "epics:nt/NTScalarArray:1.0", T.StringA),
        ("tbl", "epics:nt/NTTable:1.0", T.Struct),
        ("grp", "aiopvxs:test/pair:1.0", None),
    ],
)
async def test_types_of_records(ctx: Context, record: str, type_id: str, code: T | None) -> None:
    got = await ctx.get(f"IOC:{record}")
    assert got.id() == type_id
    if code is not None:
        assert got["value"].type() == code


async def test_what_a_record_tells_besides_its_value(ctx: Context) -> None:
    got = await ctx.get("IOC:ai")
    assert (got.as_string("display.units"), got.as_int("display.precision")) == ("mm", 3)
    assert got.as_string("display.description") == "a position"
    assert (got.as_float("display.limitLow"), got.as_float("display.limitHigh")) == (-100.0, 100.0)
    limits = (await ctx.get("IOC:ao")).as_dict()
    assert (limits["control"]["limitLow"], limits["control"]["limitHigh"]) == (-50.0, 50.0)
    assert [limits["valueAlarm"][f"{name}Limit"] for name in ("lowAlarm", "lowWarning")] == [-20.0, -10.0]
    assert [limits["valueAlarm"][f"{name}Limit"] for name in ("highWarning", "highAlarm")] == [10.0, 20.0]


async def test_fields_narrow_what_is_sent(ctx: Context) -> None:
    got = await ctx.get("IOC:ai", fields="value,alarm.severity")
    assert got.changed() == {"value", "alarm.severity"}
    assert got.as_string("display.units") == ""  # not asked for: its default
    with pytest.raises(RemoteError, match="must select at least one field|Op Create implied error"):
        await ctx.get("IOC:ai", fields="nothing")


async def test_fields_of_a_record_are_channels(ctx: Context) -> None:
    assert await value_of(ctx, "IOC:ao.EGU") == "V"
    await ctx.put("IOC:longout.EGU", "counts")
    assert await value_of(ctx, "IOC:longout.EGU") == "counts"
    assert (await ctx.get("IOC:longout")).as_string("display.units") == "counts"
    assert bytes(await value_of(ctx, "IOC:ai.DESC$")).rstrip(b"\0") == b"a position"
    scan = await ctx.get("IOC:counter.SCAN")
    assert scan.as_string_list("value.choices")[scan.as_int("value.index")] == ".1 second"


async def test_time_stamp_is_that_of_the_last_processing(ctx: Context) -> None:
    before = datetime.now(timezone.utc)
    await ctx.put("IOC:ao", 1)
    got = await ctx.get("IOC:ao", fields="timeStamp")
    stamp = datetime.fromtimestamp(got.as_int("timeStamp.secondsPastEpoch"), timezone.utc)
    stamp += timedelta(microseconds=got.as_int("timeStamp.nanoseconds") / 1000)
    assert before <= stamp <= datetime.now(timezone.utc)
    never = await ctx.get("IOC:wf:CHAR", fields="timeStamp")
    assert never.as_int("timeStamp.secondsPastEpoch") == 631152000  # EPICS's own epoch: never processed


@pytest.mark.parametrize(
    ("value", "severity", "text"), [(0, 0, ""), (12, 1, "HIGH"), (30, 2, "HIHI"), (-12, 1, "LOW")]
)
async def test_alarms(ctx: Context, value: float, severity: int, text: str) -> None:
    await ctx.put("IOC:ao", value)
    alarm = (await ctx.get("IOC:ao", fields="alarm")).as_dict()["alarm"]
    assert (alarm["severity"], alarm["message"]) == (severity, text)


async def test_drive_limits_are_the_records_own(ctx: Context) -> None:
    await ctx.put("IOC:ao", 1000)
    assert await value_of(ctx, "IOC:ao") == 50.0


# --- values


@pytest.mark.parametrize(
    ("record", "given", "stored"),
    [
        ("ao", 3.25, 3.25),
        ("ao", np.float32(0.5), 0.5),
        ("ao", "7", 7.0),
        ("longout", -(2**31), -(2**31)),
        ("int64out", 2**63 - 1, 2**63 - 1),
        ("int64out", np.int64(-(2**63)), -(2**63)),
        ("stringout", "grün", "grün"),
        ("stringout", "", ""),
        ("lso", "x" * 399, "x" * 399),
        ("text", "y" * 200, "y" * 200),
        ("text", "grün µ", "grün µ"),
        ("wf:CHAR", [-128, 127], [-128, 127]),
        ("wf:UCHAR", np.array([0, 255], np.uint8), [0, 255]),
        ("wf:SHORT", [-(2**15), 2**15 - 1], [-(2**15), 2**15 - 1]),
        ("wf:USHORT", range(3), [0, 1, 2]),
        ("wf:LONG", [-(2**31), 2**31 - 1], [-(2**31), 2**31 - 1]),
        ("wf:ULONG", [2**32 - 1], [2**32 - 1]),
        ("wf:INT64", [-(2**63), 2**63 - 1], [-(2**63), 2**63 - 1]),
        ("wf:UINT64", [2**64 - 1], [2**64 - 1]),
        ("wf:FLOAT", np.arange(8, dtype=">f4")[::2], [0.0, 2.0, 4.0, 6.0]),
        ("wf:DOUBLE", [0.1, -1e300], [0.1, -1e300]),
        ("wf:STRING", ["a", "", "grün"], ["a", "", "grün"]),
    ],
)
async def test_put_and_get(ctx: Context, record: str, given: object, stored: object) -> None:
    await ctx.put(f"IOC:{record}", given)
    assert await value_of(ctx, f"IOC:{record}") == stored


@pytest.mark.parametrize(
    ("record", "given", "error"),
    [
        ("longout", 2**31, OutOfRange),
        ("longout", 1.5, NoConvert),
        ("int64out", 2**63, OutOfRange),
        ("wf:UCHAR", [256], OutOfRange),
        ("wf:SHORT", [0.5], NoConvert),
        ("wf:DOUBLE", ["x"], NoConvert),
        ("bo", 1.0, NoConvert),
    ],
)
async def test_what_does_not_fit_is_never_sent(
    ctx: Context, record: str, given: object, error: type[Exception]
) -> None:
    before = await ctx.get(f"IOC:{record}")
    with pytest.raises(error):
        await ctx.put(f"IOC:{record}", given)
    assert await ctx.get(f"IOC:{record}") == before  # time stamp and all: not processed


async def test_longer_than_the_record_is_cut_by_the_server(ctx: Context) -> None:
    """QSRV's doing, which no client can see; pinned, so that a change is noticed."""
    await ctx.put("IOC:wf:DOUBLE", np.arange(20.0))
    assert await value_of(ctx, "IOC:wf:DOUBLE") == list(range(8))
    await ctx.put("IOC:stringout", "s" * 60)
    assert await value_of(ctx, "IOC:stringout") == "s" * 39


@pytest.mark.parametrize(
    ("record", "given", "index"),
    [
        ("bo", "open", 1),
        ("bo", "closed", 0),
        ("bo", True, 1),
        ("mbbo", "fault", 2),
        ("mbbo", 1, 1),
        ("mbbo", "3", 3),  # a choice of that name
        ("mbbo", {"value": "idle"}, 0),
        ("mbbo", {"value.index": 2}, 2),
    ],
)
async def test_enum_by_index_and_by_choice(ctx: Context, record: str, given: object, index: int) -> None:
    await ctx.put(f"IOC:{record}", given)
    assert (await ctx.get(f"IOC:{record}")).as_int("value.index") == index


async def test_choice_that_the_record_does_not_have(ctx: Context) -> None:
    with pytest.raises(ValueError, match="'broken' is no choice of PV 'IOC:mbbo'.*'idle', 'moving', 'fault'"):
        await ctx.put("IOC:mbbo", "broken")


async def test_choices_changed_in_the_ioc_count_at_once(ctx: Context, ioc: Ioc) -> None:
    await ctx.put("IOC:mbbo", "moving")
    ioc.put("mbbo.ONST", "running")
    try:
        with pytest.raises(ValueError, match="'running'"):
            await ctx.put("IOC:mbbo", "moving")
        await ctx.put("IOC:mbbo", "running")
    finally:
        ioc.put("mbbo.ONST", "moving")


# --- what a put does to a record


@pytest.mark.parametrize(("process", "times"), [(None, 1), (True, 1), (False, 0), ("passive", 1)])
async def test_process(ctx: Context, process: bool | str | None, times: int) -> None:
    before = await value_of(ctx, "IOC:processed")
    await ctx.put("IOC:passive", 1, process=process)
    assert await value_of(ctx, "IOC:processed") - before == times


@pytest.mark.parametrize(
    ("options", "value", "times"),
    [
        ({}, 0.0, 1),
        ({"wait": True, "process": True}, *((17.0, 0) if LINE >= 15 else (0.0, 1))),
    ],
)
async def test_put_without_a_value(ctx: Context, options: dict[str, Any], value: float, times: int) -> None:
    """QSRV's doing, pinned: it writes ``value`` though it was not sent; with block=true it does nothing."""
    await ctx.put("IOC:passive", 17)
    before = await value_of(ctx, "IOC:processed")
    await ctx.put("IOC:passive", {"alarm.severity": 1}, **options)
    assert await value_of(ctx, "IOC:passive") == value
    assert await value_of(ctx, "IOC:processed") - before == times


async def test_processing_alone(ctx: Context) -> None:
    await ctx.put("IOC:passive", 17)
    for wait in (None, True):
        before = await value_of(ctx, "IOC:processed")
        await ctx.put("IOC:passive.PROC", 1, wait=wait)
        assert await value_of(ctx, "IOC:processed") - before == 1
        assert await value_of(ctx, "IOC:passive") == 17.0


async def test_waiting_put_ends_with_the_record(ctx: Context) -> None:
    before = await value_of(ctx, "IOC:slow:done")
    begun = time.monotonic()
    await ctx.put("IOC:slow", 1, wait=True)
    assert time.monotonic() - begun > SLOW * 0.9
    assert await value_of(ctx, "IOC:slow:done") == before + 1
    await ctx.put("IOC:slow", 1)  # given to the record, no more
    assert await value_of(ctx, "IOC:slow:done") == before + 1
    await ctx.put("IOC:slow", 1, wait=True)  # after the one before


async def test_others_are_not_held_up_by_a_waiting_put(ctx: Context) -> None:
    waiting = ctx.put("IOC:slow", 2, wait=True)
    await ctx.put("IOC:ao", 4)
    await ctx.put("IOC:slow.DESC", "on its way")  # the same record
    assert await value_of(ctx, "IOC:ao") == 4.0
    assert not waiting.done()
    await waiting


async def test_cancelled_waiting_put_can_be_tried_again(ctx: Context) -> None:
    for _ in range(3):
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(ctx.put("IOC:slow", 3, wait=True), 0.1)
    await ctx.put("IOC:slow", 4, wait=True)
    assert await value_of(ctx, "IOC:slow") == 4


async def test_put_that_access_security_denies(ctx: Context) -> None:
    for wait in (None, True):
        with pytest.raises(RemoteError, match="Put not permitted") as caught:
            await ctx.put("IOC:readonly", 5, wait=wait)
        assert caught.value.pv == "IOC:readonly"
    assert await value_of(ctx, "IOC:readonly") == 3.0


async def test_put_to_a_disabled_record(ctx: Context) -> None:
    with pytest.raises(RemoteError, match="Disabled"):
        await ctx.put("IOC:disabled", 5)


async def test_builder(ctx: Context) -> None:
    await ctx.put("IOC:longout", 41)
    await ctx.put("IOC:longout", lambda present: int(present.value) + 1)
    assert await value_of(ctx, "IOC:longout") == 42


async def test_value_read_back(ctx: Context) -> None:
    got = await ctx.put("IOC:ao", 1000, wait=True, get_after=True)
    assert got.as_py("value") == 50.0  # what the record made of it


async def test_many_at_once(ctx: Context) -> None:
    await ctx.put({"IOC:ao": 3, "IOC:longout": 4, "IOC:mbbo": "fault"}, wait=True)
    ao, longout, mbbo = await ctx.get(["IOC:ao", "IOC:longout", "IOC:mbbo"])
    assert (ao.as_py("value"), longout.as_py("value"), mbbo.as_int("value.index")) == (3.0, 4, 2)


async def test_info(ctx: Context) -> None:
    info = await ctx.info("IOC:mbbo")
    assert info.id() == "epics:nt/NTEnum:1.0"
    assert info.typedef() == (await ctx.get("IOC:mbbo")).typedef()


async def test_records_take_no_calls(ctx: Context) -> None:
    with pytest.raises(RemoteError, match="(?i)rpc not implemented"):
        await ctx.rpc("IOC:ao", a=1)


# --- groups


@no_group_puts
async def test_atomic_group_is_written_and_read_together(ctx: Context) -> None:
    for number in range(20):
        got, _ = await asyncio.gather(
            ctx.get("IOC:grp"), ctx.put("IOC:grp", {"x.value": number, "y.value": number})
        )
        assert number == 0 or got.as_float("x.value") == got.as_float("y.value")
    assert (await ctx.get("IOC:grp", fields="x.value")).changed() <= {"x.value", "record._options.atomic"}
    assert await value_of(ctx, "IOC:grp:x") == 19.0
    assert got.as_py("record._options.atomic") is True


@no_group_puts
async def test_group_without_value_takes_fields_only(ctx: Context) -> None:
    with pytest.raises(KeyError, match="PV 'IOC:grp' has no field 'value'"):
        await ctx.put("IOC:grp", 1)
    await ctx.put("IOC:grp", {"x.value": -1.0, "y.value": -1.0})
    await ctx.put("IOC:grp", {"y.value": -2.0})  # the other is left alone
    assert await value_of(ctx, "IOC:grp:x") == -1.0
    assert await value_of(ctx, "IOC:grp:y") == -2.0


async def test_group_of_plain_fields(ctx: Context) -> None:
    await ctx.put("IOC:loose", {"a": 5, "sub.b": "text"})
    got = await ctx.get("IOC:loose")
    assert (got.as_int("a"), got.as_string("sub.b")) == (5, "text")
    assert got.as_py("record._options.atomic") is False
    assert (await ctx.get("IOC:loose", request="record[atomic=true]")).as_py("record._options.atomic") is True


async def test_table_group(ctx: Context) -> None:
    await ctx.put("IOC:tbl", {"value.position": [1.5, 2.5, 3.5], "value.name": ["a", "b", "c"]})
    got = await ctx.get("IOC:tbl")
    assert got.as_string_list("labels") == ["Position", "Name"]
    assert got.as_dict()["value"] == {"position": [1.5, 2.5, 3.5], "name": ["a", "b", "c"]}
    assert next(iter(got.as_dict())) == "record"  # before the table's own fields


# --- connections


async def test_server_by_address_without_searching(ioc: Ioc) -> None:
    nowhere = {"EPICS_PVA_ADDR_LIST": "", "EPICS_PVA_AUTO_ADDR_LIST": "NO"}
    names = {**nowhere, "EPICS_PVA_NAME_SERVERS": ioc.address}
    async with Context(names, use_env=False, timeout=20.0) as ctx:
        assert await value_of(ctx, "IOC:ao.EGU") == "V"
    async with Context(nowhere, use_env=False, timeout=20.0) as ctx:
        assert (await ctx.get("IOC:ao.EGU", server=ioc.address)).as_py("value") == "V"
        await ctx.put("IOC:longout", 5, server=ioc.address)
        assert (await ctx.get("IOC:longout", server=ioc.address)).as_py("value") == 5


async def test_gets_while_the_ioc_is_killed_and_restarted(own_ioc: Ioc) -> None:
    async with Context(own_ioc.config, use_env=False, timeout=60.0) as ctx:
        assert await value_of(ctx, "IOC:ai") == 1.5
        waiting = ctx.put("IOC:slow", 5, wait=True)
        await ctx.get("IOC:slow")  # the put is on its way: one connection keeps its order
        own_ioc.kill()
        with pytest.raises(Disconnected) as caught:
            await waiting
        assert caught.value.pv == "IOC:slow"
        got = ctx.get("IOC:ai")  # waits for the server
        own_ioc.start()
        assert (await got).as_py("value") == 1.5
        assert await value_of(ctx, "IOC:slow") == 0  # the put was not sent again
        own_ioc.stop()
        got = ctx.get("IOC:ai")
        own_ioc.start()
        assert (await got).as_py("value") == 1.5
