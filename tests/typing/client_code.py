"""What a type checker says of code that uses aiopvxs; checked by mypy, never run.

A ``type: ignore`` is an assertion too: mypy reports those that hide no error.
"""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import assert_type

import aiopvxs
from aiopvxs.client import Context, RemoteError
from aiopvxs.data import Member, NoConvert, TypeCode, TypeDef, Value
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTEnum, NTScalar
from aiopvxs.server import Config, Server, SharedPV


def versions() -> None:
    assert_type(aiopvxs.get_version_str(), str)
    assert_type(aiopvxs.get_version_int(), int)
    assert_type(aiopvxs.features, frozenset[str])


def values() -> None:
    definition = TypeDef(T.Struct, [Member(T.Bool, "flag"), Member(T.Struct, "sub", {Member(T.Int16, "x")})])
    assert_type(definition, TypeDef)
    value = definition.create()
    assert_type(value, Value)
    assert_type(value["sub.x"], Value)
    assert_type(value.sub.x, Value)
    assert_type(value.type(), TypeCode)
    assert_type(value.as_int("sub.x"), int)
    assert_type(value.as_int("sub.y", default=None), int | None)
    assert_type(value.as_string("name", ""), str)
    assert_type(value.as_array("sub.x"), NDArray[Any])
    assert_type(value.get("sub"), Value | None)
    assert_type(int(value["sub.x"]), int)
    value["flag"] = True
    value.sub.x = np.int16(3)
    value.as_int(1)  # type: ignore[call-overload]


def normative_types() -> None:
    assert_type(NTScalar(T.Int32A).build(), TypeDef)
    assert_type(NTScalar(T.Float64, display=True).create(), Value)
    assert_type(NTEnum().create(), Value)


async def client(ctx: Context) -> None:
    reading = ctx.get("pv", fields=["value", "alarm"], timeout=1.0)
    future: asyncio.Future[Value] = reading
    assert_type(await future, Value)
    assert_type(await ctx.put("pv", {"value": [1, 2, 3]}, wait=True), Value)
    assert_type(await asyncio.wait_for(ctx.get("pv"), 1.0), Value)
    first, second = await asyncio.gather(ctx.get("a"), ctx.get("b"))
    assert_type(first, Value)
    assert_type(second, Value)
    try:
        await ctx.put("pv", lambda current: {"value": int(current.value) + 1})
    except RemoteError as error:
        assert_type(error.pv, str | None)
    except NoConvert as error:
        assert_type(error.args, tuple[Any, ...])
    await ctx.get(3)  # type: ignore[call-overload]
    await ctx.get("pv", "value")  # type: ignore[call-overload]


async def client_of_many(ctx: Context) -> None:
    future: asyncio.Future[list[Value]] = ctx.get(["a", "b"], server="ioc:5075")
    assert_type(await future, list[Value])
    assert_type(await ctx.get(("a", "b")), list[Value])
    assert_type(await ctx.get(["a"], return_exceptions=True), list[Value | Exception])
    assert_type(await ctx.put({"a": 1, "b": [2.0]}, wait=True), dict[str, Value])
    assert_type(await ctx.put({"a": 1}, return_exceptions=True), dict[str, Value | Exception])
    assert_type(await ctx.rpc("f", {"timeout": 1}, a=2, timeout=3.0), Value)
    assert_type((await ctx.info("a")).typedef(), TypeDef)
    task = asyncio.create_task(aiopvxs.as_coro(ctx.get(["a", "b"])))
    assert_type(await task, list[Value])
    await ctx.get("a", return_exceptions=True)  # type: ignore[call-overload]
    await ctx.put("a")  # type: ignore[call-overload]
    await ctx.put({"a": 1}, 2)  # type: ignore[call-overload]


async def server() -> None:
    pv = SharedPV(nt=NTScalar(T.Float64), initial=1.0)
    pv.post(2.5)
    assert_type(pv.current, Value)
    assert_type(pv.is_open, bool)
    with Server({"pv": pv}, Config.isolated()) as running:
        assert_type(running, Server)
        async with Context(running.client_config(), use_env=False) as ctx:
            await client(ctx)
    async with Server({"pv": SharedPV.readonly(initial=NTScalar(T.Bool).create())}) as running:
        await running.serve_forever(signals=True)
