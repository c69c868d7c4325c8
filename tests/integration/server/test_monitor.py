"""Subscriptions to a SharedPV."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from aiopvxs import Context
from aiopvxs.data import Member, TypeDef
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import MAJOR, Alarm, NTScalar
from aiopvxs.server import Config, Server, SharedPV
from aiopvxs_core import LINE
from waiting import eventually

if TYPE_CHECKING:
    from peers import CommandClient

    from .conftest import StartProgram


def test_a_slow_subscriber_does_not_disturb_another(start_program: StartProgram) -> None:
    """pvxs's own SharedPV lets the squashing of one edit what waits for the other."""
    pv = SharedPV(NTScalar(T.Int32), 0)
    last = 5000
    with Server({"x": pv}, Config.isolated()) as server:
        watch = start_program("watch", server, "x", last, 2, 10000)
        watch.wait(lambda message: message.get("event") == "ready", count=2)
        for number in range(1, last + 1):
            pv.post(number)
        small = watch.wait(lambda message: message.get("queue") == 2)["seen"]
        large = watch.wait(lambda message: message.get("queue") == 10000)["seen"]
    assert large == list(range(last + 1))
    assert small == sorted(set(small))
    assert small[-1] == last
    assert len(small) < len(large)


async def test_a_queue_of_200_beside_one_of_2_gets_every_update_in_order() -> None:
    """Bursts that the larger queue holds, and the smaller does not."""
    pv = SharedPV(NTScalar(T.Int32), 0)
    bursts, burst = 30, 150
    async with (
        Server({"x": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as slow,
        Context(server.client_config(), use_env=False, timeout=20.0) as fast,
    ):
        two = slow.monitor("x", server_queue=2, max_queue=None)
        many = fast.monitor("x", server_queue=200, max_queue=None)
        await eventually(lambda: two.stats().arrived and many.stats().arrived)
        for number in range(1, bursts * burst + 1):
            pv.post(number)
            if number % burst == 0:
                await eventually(lambda count=number: many.stats().arrived == count + 1)  # type: ignore[misc]
        assert [int((await many.first(20)).value) for _ in range(bursts * burst + 1)] == list(
            range(bursts * burst + 1)
        )
        seen = [0]
        while seen[-1] != bursts * burst:
            seen.append(int((await two.first(20)).value))
    assert seen[1:] == sorted(set(seen))
    assert len(seen) < bursts * burst  # some were squashed, or the two did not differ


async def test_elements_edited_after_a_post_do_not_reach_anybody() -> None:
    """Elements of structure arrays are shared inside pvxs, by its clone() too."""
    pv = SharedPV(TypeDef(T.Struct, [Member(T.StructA, "rows", [Member(T.Int32, "n")])]))
    pv.open({"rows": [{"n": 0}]})
    async with (
        Server({"x": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        subs = [ctx.monitor("x", server_queue=200, max_queue=None) for _ in range(2)]
        await eventually(lambda: all(sub.stats().arrived for sub in subs))
        value = pv.current
        for number in range(1, 101):
            value["rows"] = [{"n": number}]
            pv.post(value)
            value["rows[0].n"] = -1  # what was posted is on its way
        assert pv.current.as_dict() == {"rows": [{"n": 100}]}
        for sub in subs:
            got = [(await sub.first(20)).as_dict()["rows"][0]["n"] for _ in range(101)]
            assert got == list(range(101))


def test_posts_of_many_threads_all_arrive(start_program: StartProgram) -> None:
    pv = SharedPV(NTScalar(T.Int32), 0)
    threads, each = 8, 200
    with Server({"x": pv}, Config.isolated()) as server:
        watch = start_program("watch", server, "x", -5, 10000)

        def post(first: int) -> None:
            for number in range(first, first + each):
                pv.post(number)

        posters = [threading.Thread(target=post, args=(1 + each * index,)) for index in range(threads)]
        for poster in posters:
            poster.start()
        for poster in posters:
            poster.join()
        pv.post(-5)
        seen = watch.wait(lambda message: "seen" in message)["seen"]
    assert sorted(seen[1:-1]) == list(range(1, threads * each + 1))
    for index in range(threads):  # each thread's in its order
        own = [value for value in seen if 1 + each * index <= value < 1 + each * (index + 1)]
        assert own == sorted(own)


async def test_the_first_update_marks_what_was_ever_assigned(command_client: type[CommandClient]) -> None:
    pv = SharedPV(NTScalar(T.Int32), 3)
    async with Server({"x": pv}, Config.isolated()) as server:
        client = command_client(server.client_config())
        for verb in (("get", "x"), ("monitor", "x", 1)):
            outcome = await client(*verb)
            marked = outcome.lines[0]["marked"]
            assert set(marked) == {"value", "timeStamp"}
            assert set(marked["timeStamp"]) == {"secondsPastEpoch", "nanoseconds"}
        pv.post({"alarm.severity": 1, "timeStamp": {"secondsPastEpoch": 7}})
        outcome = await client("get", "x")
        assert outcome.lines[0]["marked"]["alarm"] == {"severity": 1}
        assert outcome.value["timeStamp"]["secondsPastEpoch"] == 7


async def test_each_client_has_its_own_mask_and_marks() -> None:
    pv = SharedPV(NTScalar(T.Int32), 0)
    async with (
        Server({"x": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
        ctx.monitor("x") as every,
        ctx.monitor("x", fields="value") as values,
        ctx.monitor("x", fields="alarm.severity") as alarms,
    ):
        for sub in (every, values, alarms):
            await sub.first(20)
        pv.post(alarm=Alarm(MAJOR, "hot"))
        pv.post(7)
        stamp = {"timeStamp.secondsPastEpoch", "timeStamp.nanoseconds"}
        expected = {"alarm.severity", "alarm.status", "alarm.message", *stamp}
        assert (await every.first(20)).changed() == expected
        assert (await every.first(20)).changed() == {"value", *stamp}
        update = await values.first(20)  # that of the alarm is none for it
        assert (update.changed(), update.as_int("value")) == ({"value"}, 7)
        update = await alarms.first(20)
        assert (update.changed(), update.as_int("alarm.severity")) == ({"alarm.severity"}, 2)
        pv.post(alarm=Alarm())
        update = await alarms.first(20)
        assert (update.changed(), update.as_int("alarm.severity")) == ({"alarm.severity"}, 0)
        found = await ctx.get("x", fields="value")
        assert (found.changed(), found.as_string("alarm.message")) == ({"value"}, "")


def test_a_union_put_null_by_a_client(start_program: StartProgram) -> None:
    """pvxs's own SharedPV keeps the old member, or throws and leaves the client waiting."""
    union = Member(T.Union, "value", [Member(T.Int32, "number"), Member(T.String, "text")])
    pv = SharedPV(TypeDef(T.Struct, [union, Member(T.Int32, "other")]))
    pv.open()
    with Server({"x": pv}, Config.isolated()) as server:
        client = start_program("unions", server, "x")
        for line, value in [
            ("null", None),
            ("number 5", 5),
            ("text abc", "abc"),
            ("null", None),
            ("null", None),
        ]:
            start = len(client.messages())
            client.send(line)
            assert client.wait(lambda _: True, start=start) == {"value": value}
        assert pv.is_open
        pv.post({"other": 3})
        assert pv.current.as_int("other") == 3


def test_a_subscriber_sees_null_though_updates_were_squashed(start_program: StartProgram) -> None:
    """Squashing inside pvxs keeps the old member of a union, or throws."""
    union = Member(T.Union, "value", [Member(T.Int32, "number"), Member(T.String, "text")])
    pv = SharedPV(TypeDef(T.Struct, [union, Member(T.Int32, "other")]))
    pv.open()
    with Server({"x": pv}, Config.isolated()) as server:
        client = start_program("unions", server, "x")
        client.send("burst 30")
        assert client.wait(lambda message: "event" not in message) == {"value": None}
        assert pv._core.stat().squashed > 0 or LINE < 15  # counted from pvxs 1.5.2 on
