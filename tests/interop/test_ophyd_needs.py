"""What a signal backend of a control framework needs of the client, against the IOC it would talk to.

The numbers O1 to O20 are those of the requirements that were found in ophyd-async; those that concern
normative types (O16, O17 in part) are tested with aiopvxs-nt.
"""

from __future__ import annotations

import asyncio
import enum
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from aiopvxs import Context, Disconnected, RemoteError, Timeout
from aiopvxs.client import ConnectionState
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.data import Value
from complaints import complaints

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from peers import Ioc, P4pServer, ScriptedServer


@pytest.fixture
async def ctx(ioc: Ioc) -> AsyncIterator[Context]:
    async with Context(ioc.config, use_env=False, timeout=20.0) as context:
        yield context


@pytest.fixture
async def scripted_ctx(scripted_server: ScriptedServer) -> AsyncIterator[Context]:
    async with Context(scripted_server.config, use_env=False, timeout=20.0) as context:
        yield context


def test_o1_one_context_before_any_loop_and_for_several(ioc: Ioc) -> None:
    ctx = Context(ioc.config, use_env=False, timeout=20.0)
    values: list[float] = []

    async def read() -> None:
        values.append((await ctx.get("IOC:ai")).as_float("value"))

    asyncio.run(read())
    other = threading.Thread(target=lambda: asyncio.run(read()))  # as a RunEngine's
    other.start()
    other.join()
    asyncio.run(read())
    assert values == [1.5] * 3
    ctx.close()


async def test_o2_timeouts_name_the_pv_and_tell_absent_from_slow(
    scripted_server: ScriptedServer, scripted_ctx: Context
) -> None:
    scripted_server.add("slow")
    scripted_server.on("slow", "exec", "get", "never")
    with pytest.raises(TimeoutError, match="'nowhere'.*was not found") as caught:
        await scripted_ctx.get("nowhere", timeout=0.2)
    assert isinstance(caught.value, Timeout)
    assert caught.value.phase == "connect"
    with pytest.raises(TimeoutError, match="'slow'") as caught:
        await scripted_ctx.get("slow", timeout=0.2)
    assert isinstance(caught.value, Timeout)
    assert caught.value.phase == "exec"


async def test_o3_connecting_reads_nothing(scripted_server: ScriptedServer, scripted_ctx: Context) -> None:
    scripted_server.add("x", "double")
    channel = await scripted_ctx.connect("x")
    assert channel.connected
    assert (await channel.info())["value"].type() == T.Float64
    assert scripted_server.counts("x")["exec get"] == 0
    await channel.put(2.5, wait=True)
    assert (await channel.get(fields="value")).as_py("value") == 2.5
    assert scripted_server.counts("x")["create"] == 1
    channel.close()


async def test_o4_types_are_hashable_and_options_can_be_asked_for(ctx: Context) -> None:
    datatypes: dict[tuple[str, object], type] = {
        ("epics:nt/NTScalar:1.0", T.Float64): float,
        ("epics:nt/NTScalar:1.0", T.String): str,
    }
    ai, text = await asyncio.gather(ctx.get("IOC:ai"), ctx.get("IOC:stringout"))
    assert datatypes[ai.id(), ai["value"].type()] is float
    assert datatypes[text.id(), text["value"].type()] is str
    assert ai.as_py("display.precision", default=None) == 3
    assert text.as_py("display.precision", default=None) is None
    assert text.get("control") is None


@pytest.mark.parametrize(("given", "fetches"), [(1, 0), ("on", 1), ({"value.index": 1}, 0)])
async def test_o6_present_value_is_fetched_for_a_choice_only(
    scripted_server: ScriptedServer, scripted_ctx: Context, given: object, fetches: int
) -> None:
    scripted_server.add("e", "enum", **{"value.choices": ["off", "on"]})
    await scripted_ctx.put("e", given, wait=True)
    assert scripted_server.value("e")["value"]["index"] == 1
    counts = scripted_server.counts("e")
    assert counts["exec get"] + counts["exec fetch"] == fetches


async def test_o6_array_is_never_read_before_it_is_written(
    scripted_server: ScriptedServer, scripted_ctx: Context
) -> None:
    scripted_server.add("big", "double[]")
    await scripted_ctx.put("big", np.arange(1000.0), wait=False)
    counts = scripted_server.counts("big")
    assert (counts["exec put"], counts["exec get"], counts["exec fetch"]) == (1, 0, 0)


@pytest.mark.parametrize("verb", ["get", "put"])
async def test_o7_cancelled_operations_end_at_the_server_and_can_be_tried_again(
    scripted_server: ScriptedServer, scripted_ctx: Context, verb: str
) -> None:
    scripted_server.add("x")
    scripted_server.on("x", "exec", verb, "never", times=2)  # type: ignore[arg-type]
    for attempt in range(1, 3):
        operation = scripted_ctx.get("x") if verb == "get" else scripted_ctx.put("x", attempt, wait=True)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(operation, 0.1)
        await scripted_server.event("cancel", pv="x", kind=verb, count=attempt)
    await (scripted_ctx.get("x") if verb == "get" else scripted_ctx.put("x", 3, wait=True))


async def test_o8_the_initial_value_is_put_again(ctx: Context) -> None:
    initial = (await ctx.get("IOC:passive")).as_py("value")
    before = (await ctx.get("IOC:processed")).as_py("value")
    await ctx.put("IOC:passive", initial, wait=True)
    assert (await ctx.get("IOC:processed")).as_py("value") == before + 1
    assert (await ctx.get("IOC:passive")).as_py("value") == initial


class Mode(str, enum.Enum):
    idle = "idle"
    moving = "moving"


class Plain(enum.Enum):
    moving = "moving"


class Number(enum.IntEnum):
    one = 1
    two = 2


@pytest.mark.parametrize(
    ("record", "given", "stored"),
    [
        ("mbbo", Mode.moving, {"index": 1, "choices": ["idle", "moving", "fault", "3"]}),
        ("mbbo", Plain.moving, {"index": 1, "choices": ["idle", "moving", "fault", "3"]}),
        ("mbbo", Number.two, {"index": 2, "choices": ["idle", "moving", "fault", "3"]}),
        ("bo", True, {"index": 1, "choices": ["closed", "open"]}),
        ("bo", np.bool_(False), {"index": 0, "choices": ["closed", "open"]}),
        ("longout", np.int16(-3), -3),
        ("ao", np.float64(0.25), 0.25),
        ("stringout", Mode.idle, "idle"),
        ("wf:STRING", ["a", "b"], ["a", "b"]),
        ("wf:STRING", np.array(["a", "b"]), ["a", "b"]),
        ("wf:UCHAR", np.array([True, False]), [1, 0]),
    ],
)
async def test_o9_what_is_accepted_on_writing(ctx: Context, record: str, given: object, stored: Any) -> None:
    await ctx.put(f"IOC:{record}", given)
    assert (await ctx.get(f"IOC:{record}")).as_py("value") == stored


async def test_o10_bad_choice(ctx: Context) -> None:
    with pytest.raises(ValueError, match="'idle', 'moving', 'fault', '3'"):
        await ctx.put("IOC:mbbo", "missing")


async def test_o5_updates_are_whole_and_tell_what_changed(ctx: Context) -> None:
    await ctx.put("IOC:ao", 1)
    async with ctx.monitor("IOC:ao") as updates:
        await anext(updates)
        await ctx.put("IOC:ao", 2)
        update = await anext(updates)
    assert "value" in update.changed()
    assert "display.units" not in update.changed()
    assert update.as_string("display.units") == "V"


@pytest.mark.parametrize("kind", ["sync", "async"])
async def test_o11_callback_that_raises_is_told_and_called_again(ctx: Context, kind: str) -> None:
    await ctx.put("IOC:longout", 0)
    errors: list[Exception] = []
    seen: asyncio.Queue[int] = asyncio.Queue()

    def take(value: Value) -> None:
        seen.put_nowait(value.as_int("value"))
        raise ZeroDivisionError("in the callback")

    async def take_later(value: Value) -> None:
        await asyncio.sleep(0)
        take(value)

    subscription = ctx.monitor("IOC:longout", take if kind == "sync" else take_later, on_error=errors.append)
    for number in range(5):
        assert await asyncio.wait_for(seen.get(), 20) == number
        await ctx.put("IOC:longout", number + 1)
    assert await asyncio.wait_for(seen.get(), 20) == 5
    await asyncio.sleep(0)
    subscription.close()
    assert {type(error) for error in errors} == {ZeroDivisionError}
    assert len(errors) >= 5


async def test_o12_first_update_comes_though_the_pv_was_connected(ctx: Context) -> None:
    await ctx.put("IOC:ao", 3)
    for _ in range(3):
        async with ctx.monitor("IOC:ao") as updates:
            assert (await asyncio.wait_for(anext(updates), 20)).as_py("value") == 3.0


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({"max_queue": None, "max_bytes": None}, list(range(200))),
        ({"max_queue": 1}, [199]),
        ({"max_queue": 10, "overflow": "drop_oldest"}, list(range(190, 200))),
    ],
)
async def test_o13_policy_of_the_queue(
    scripted_server: ScriptedServer, scripted_ctx: Context, options: dict[str, Any], kept: list[int]
) -> None:
    scripted_server.add("x", "int32", value=-1)
    async with scripted_ctx.monitor("x", server_queue=500, **options) as updates:
        await updates.first()
        for number in range(200):
            assert scripted_server.post("x", {"value": number}) == 1
        async with scripted_ctx.monitor("x") as later:  # whose first update comes behind them all
            await later.first()
        stats = updates.stats()
        assert stats.queued == len(kept)
        assert stats.received + stats.queued + stats.squashed + stats.dropped == 201
        assert [(await anext(updates)).as_int("value") for _ in kept] == kept


async def test_o14_loss_of_the_connection_is_an_event_that_is_asked_for(
    scripted_server: ScriptedServer, scripted_ctx: Context
) -> None:
    scripted_server.add("x", "int32", value=1)
    async with (
        scripted_ctx.monitor("x") as values,
        scripted_ctx.monitor("x", events=True) as events,
        scripted_ctx.monitor("x", stale="raise") as stale,
    ):
        await anext(values)
        await anext(stale)
        seen = [await anext(events), await anext(events)]
        scripted_server.stop()
        seen.append(await anext(events))
        with pytest.raises(Disconnected, match="'x'"):
            await anext(stale)
        assert not values.connected
        scripted_server.set("x", {"value": 2})
        scripted_server.start()
        assert (await anext(values)).as_py("value") == 2  # never an exception that ends the iteration
        seen += [await anext(events), await anext(events)]
    states = [event.connected for event in seen if isinstance(event, ConnectionState)]
    assert states == [True, False, True]
    assert [event.as_py("value") for event in seen if isinstance(event, Value)] == [1, 2]


async def test_o15_no_callback_after_close_from_whatever_thread(
    scripted_server: ScriptedServer, scripted_ctx: Context
) -> None:
    scripted_server.add("x", "int32")
    seen: list[Value] = []
    begun = asyncio.Event()

    def take(value: Value) -> None:
        seen.append(value)
        begun.set()

    subscription = scripted_ctx.monitor("x", take)
    await begun.wait()
    for number in range(100):
        scripted_server.post("x", {"value": number})
    closer = threading.Thread(target=subscription.close)
    closer.start()
    closer.join()
    count = len(seen)
    await scripted_server.event("end", pv="x", kind="monitor")
    assert len(seen) == count
    subscription.close()


async def test_o17_table_without_labels_comes_back_as_it_went(ctx: Context) -> None:
    table = {"position": np.array([0.5, 1.5]), "name": ["a", "b"]}
    await ctx.put("IOC:tbl", {"value": table})
    got = await ctx.get("IOC:tbl", fields="value")
    back = got["value"].as_dict(arrays="numpy")
    assert isinstance(back["position"], np.ndarray)
    assert not back["position"].flags.writeable
    back["position"].copy()[0] = 1.0
    await ctx.put("IOC:tbl", {"value": back})
    assert (await ctx.get("IOC:tbl")).as_dict()["value"] == {"position": [0.5, 1.5], "name": ["a", "b"]}


async def test_o18_nesting_becomes_plain_python(p4p_server: P4pServer) -> None:
    async with Context(p4p_server.config, use_env=False, timeout=20.0) as ctx:
        await ctx.put("nested", {"rows": [{"id": 1}, None, {"id": 2}]})
        plain = (await ctx.get("nested")).as_dict()
        assert plain["rows"] == [{"id": 1, "label": ""}, None, {"id": 2, "label": ""}]
        assert plain["choice"] == "chosen"
        assert plain["any"] == 2.5


WITHOUT_CARE = """
import asyncio
from aiopvxs import Context

ctx = Context({config!r}, use_env=False)

async def main():
    assert (await ctx.get("IOC:ai")).as_py("value") == 1.5
    await ctx.put("IOC:ao", 1, wait=True)

asyncio.run(main(), debug=True)
"""


def test_o15_o19_no_warning_and_no_noise_with_a_context_that_nobody_closes(ioc: Ioc) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", WITHOUT_CARE.format(config=ioc.config)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, complaints(done.stderr)) == (0, "", "")


async def test_o20_names_may_say_the_protocol(ctx: Context) -> None:
    got = await ctx.get("pva://IOC:ai")
    assert isinstance(got, Value)
    assert got.as_py("value") == 1.5
    await ctx.put("pva://IOC:ao", 2)
    assert (await ctx.get("IOC:ao")).as_py("value") == 2.0


async def test_fastcs_monitor_feeds_a_queue(ctx: Context) -> None:
    await ctx.put("IOC:longout", 0)
    queue: asyncio.Queue[Value] = asyncio.Queue()
    subscription = ctx.monitor("IOC:longout", queue.put)
    for number in range(10):
        assert (await asyncio.wait_for(queue.get(), 20)).as_py("value") == number
        await ctx.put("IOC:longout", number + 1)
    subscription.close()


async def test_fastcs_options_are_text_and_refusals_come_word_for_word(
    scripted_server: ScriptedServer, scripted_ctx: Context
) -> None:
    scripted_server.add("command", "bool")
    scripted_server.on("command", "exec", "put", "refuse", text="Commands only take the value `True`")
    with pytest.raises(RemoteError) as caught:
        await scripted_ctx.put("command", False, wait=True)
    assert str(caught.value) == "Commands only take the value `True`"
    (put,) = scripted_server.events("exec", pv="command", request_kind="put")
    assert put["request"]["record"]["_options"] == {"block": "true"}
