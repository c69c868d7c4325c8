"""Posts of numbers, texts and arrays, which take a way of their own through the core."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from aiopvxs import Closed, Context, Server, SharedPV
from aiopvxs.data import Member, NoConvert, OutOfRange, TypeCodeEnum, TypeDef
from aiopvxs.nt import NTEnum, NTScalar
from aiopvxs.server import Config

T = TypeCodeEnum
GOOD: list[tuple[TypeCodeEnum, Any]] = [
    (T.Float64, 2.5),
    (T.Float64, 3),
    (T.Float32, math.inf),
    (T.Int8, -128),
    (T.UInt64, 2**64 - 1),
    (T.Bool, True),
    (T.String, "äöü €"),
    (T.String, ""),
    (T.String, "a\0b"),
    (T.Float64A, np.array([1.0, 2.0])),
    (T.Int16A, np.array([1, -2], dtype=np.int16)),
    (T.UInt8A, np.zeros(0, dtype=np.uint8)),
    (T.Float64A, np.arange(10.0)[::-3]),
]
BAD: list[tuple[TypeCodeEnum, Any]] = [
    (T.Int8, 128),
    (T.UInt8, -1),
    (T.Int32, 2.5),
    (T.Float32, 1e300),
    (T.Int32, "five"),
    (T.Float64, np.array([1.0, 2.0])),
    (T.Int16A, np.array([1, 70000])),
    (T.Float64A, np.ones((2, 2))),
]


async def connected(pv: SharedPV, ctx: Context) -> Any:
    """Subscribe, and take the first value."""
    sub = ctx.monitor("pv")
    await sub.first()
    return sub


@pytest.fixture
async def serve() -> AsyncIterator[Any]:
    servers = []

    async def serving(pv: SharedPV) -> Context:
        server = Server({"pv": pv}, Config.isolated())
        server.start()
        ctx = Context(server.client_config(), use_env=False, timeout=20.0)
        servers.append((server, ctx))
        return ctx

    yield serving
    for server, ctx in servers:
        await ctx.aclose()
        await server.astop()


@pytest.mark.parametrize("watched", [False, True], ids=["alone", "watched"])
@pytest.mark.parametrize(("code", "given"), GOOD, ids=lambda each: str(each))
async def test_what_fits_is_there_and_told(serve: Any, code: TypeCodeEnum, given: Any, watched: bool) -> None:
    pv = SharedPV(NTScalar(code, display=True))
    pv.open({"display.units": "mm"})
    ctx = await serve(pv)
    sub = await connected(pv, ctx) if watched else None
    before = time.time_ns()
    pv.post(given)
    own = pv.current
    np.testing.assert_array_equal(own.value.as_py(), given)
    stamp = own.as_int("timeStamp.secondsPastEpoch") * 10**9 + own.as_int("timeStamp.nanoseconds")
    assert before <= stamp <= time.time_ns()
    assert own.as_string("display.units") == "mm"
    if sub is not None:
        update = await sub.first()
        assert update.changed() == {"value", "timeStamp.secondsPastEpoch", "timeStamp.nanoseconds"}
        np.testing.assert_array_equal(update.value.as_py(), given)
        assert update.as_int("timeStamp.nanoseconds") == own.as_int("timeStamp.nanoseconds")
        assert update.as_string("display.units") == "mm"
    else:
        np.testing.assert_array_equal((await ctx.get("pv")).value.as_py(), given)


@pytest.mark.parametrize("watched", [False, True], ids=["alone", "watched"])
@pytest.mark.parametrize(("code", "given"), BAD, ids=lambda each: str(each))
async def test_what_does_not_fit_changes_nothing(
    serve: Any, code: TypeCodeEnum, given: Any, watched: bool
) -> None:
    pv = SharedPV(NTScalar(code))
    pv.open()
    ctx = await serve(pv)
    sub = await connected(pv, ctx) if watched else None
    before = pv.current
    with pytest.raises((NoConvert, OutOfRange), match='PV "pv".*value'):
        pv.post(given)
    assert pv.current == before
    if sub is not None:
        good: Any = np.ones(1, dtype=np.int16) if code in (T.Int16A, T.Float64A) else 1
        pv.post(good)
        np.testing.assert_array_equal((await sub.first()).value.as_py(), good)


async def test_every_subscriber_has_its_own_update(serve: Any) -> None:
    """One that is squashed in a queue is not that of another."""
    pv = SharedPV(NTScalar(T.Int32), 0)
    ctx = await serve(pv)
    short, long = ctx.monitor("pv", server_queue=2), ctx.monitor("pv", server_queue=500)
    for sub in (short, long):
        await sub.first()
    for number in range(1, 201):
        pv.post(number)
    seen = [0]
    while seen[-1] != 200:
        seen.append((await long.first()).as_int("value"))
    assert seen == list(range(201))
    while (await short.first()).as_int("value") != 200:
        pass


async def test_closed_and_opened_with_another_type(serve: Any) -> None:
    pv = SharedPV(NTScalar(T.Int32), 5)
    ctx = await serve(pv)
    pv.close()
    with pytest.raises(Closed, match="not open"):
        pv.post(6)
    pv.open(NTScalar(T.String).create())
    pv.post("six")
    assert (await ctx.get("pv")).as_string("value") == "six"


async def test_types_without_a_time_or_a_value(serve: Any) -> None:
    bare = SharedPV(TypeDef(T.Struct, [Member(T.Int32, "value")]), {"value": 1})
    await serve(bare)
    bare.post(7)
    assert bare.current.as_int("value") == 7
    odd = SharedPV(TypeDef(T.Struct, [Member(T.Int32, "value"), Member(T.String, "timeStamp")]), {"value": 1})
    odd.post(8)
    assert odd.current.as_int("value") == 8
    other = SharedPV(TypeDef(T.Struct, [Member(T.Int32, "number")]), {"number": 1})
    with pytest.raises(LookupError, match="value"):
        other.post(9)


async def test_enums_take_their_own_way(serve: Any) -> None:
    pv = SharedPV(NTEnum(), {"value.choices": ["off", "on"], "value.index": 0})
    await serve(pv)
    pv.post("on")
    assert pv.current.as_int("value.index") == 1
    with pytest.raises(NoConvert):
        pv.post(2)


async def test_posts_of_many_threads_beside_clients(serve: Any) -> None:
    pv = SharedPV(NTScalar(T.Int64), 0)
    ctx = await serve(pv)
    sub = ctx.monitor("pv")
    await sub.first()
    failures: list[BaseException] = []

    def post(base: int) -> None:
        try:
            for number in range(300):
                pv.post(base + number)
        except BaseException as exc:  # noqa: BLE001 - shown by the test's own thread
            failures.append(exc)

    threads = [threading.Thread(target=post, args=(1000 * each,)) for each in range(1, 5)]
    for thread in threads:
        thread.start()
    for number in range(50):
        await ctx.put("pv", -number)
    while any(thread.is_alive() for thread in threads):
        await ctx.get("pv")
    for thread in threads:
        thread.join()
    pv.post(-1000)
    while (await sub.first()).as_int("value") != -1000:
        pass
    assert not failures
