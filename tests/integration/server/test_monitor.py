"""Subscriptions to a SharedPV."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from aiopvxs.data import Member, TypeDef
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Server, SharedPV
from aiopvxs_core import LINE

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
