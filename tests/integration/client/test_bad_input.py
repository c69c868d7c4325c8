"""Each way of being wrong: the error's type and text, and that nothing else is disturbed."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from aiopvxs import Context, Disconnected, Error, RemoteError, SharedPV, Timeout
from aiopvxs._loop import bridge_of
from aiopvxs.data import FieldLookupError, NoConvert, OutOfRange
from aiopvxs.sync import Context as SyncContext
from peers import ScriptedServer

PVs = dict[str, SharedPV]

# what starts, or awaits, each verb
VERBS: dict[str, Callable[..., Any]] = {
    "get": lambda ctx, name, **options: ctx.get(name, **options),
    "gets": lambda ctx, name, **options: ctx.get(["spare", name], **options),
    "put": lambda ctx, name, **options: ctx.put(name, 9, **options),
    "puts": lambda ctx, name, **options: ctx.put({"spare": 9, name: 9}, **options),
    "rpc": lambda ctx, name, **options: ctx.rpc(name, **options),
    "info": lambda ctx, name, **options: ctx.info(name, **options),
    "connect": lambda ctx, name, **options: ctx.connect(name, **options),
    "until": lambda ctx, name, **options: ctx.until(name, 5, **options),
    "read": lambda ctx, name, **options: ctx.read(name, **options),
    "write": lambda ctx, name, **options: ctx.write(name, 9, **options),
    "wait_connected": lambda ctx, name, **options: ctx.channel(name).wait_connected(**options),
    "first": lambda ctx, name, **options: ctx.monitor(name).first(**options),
}


@pytest.fixture(params=VERBS)
def verb(request: pytest.FixtureRequest) -> Callable[..., Any]:
    return VERBS[request.param]


def targets() -> int:
    """How many operations and subscriptions the loop holds."""
    return len(bridge_of(asyncio.get_running_loop()))


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize(
    ("name", "given", "error", "text"),
    [
        ("int", {"valeu": 1}, FieldLookupError, "valeu"),
        ("int", {"value": 1, "alarm.sevrity": 1}, FieldLookupError, "sevrity"),
        ("int", "five", NoConvert, "'value' .int32_t.*'five'"),
        ("int", 2**31, OutOfRange, "2147483648.*-2147483648 to 2147483647"),
        ("int", 1.5, NoConvert, "'value' .int32_t.*1.5"),
        ("int", [1], NoConvert, "'value' .int32_t.*list"),
        ("int", None, NoConvert, "'value' .int32_t.*None"),
        ("int8", 200, OutOfRange, "200.*-128 to 127"),
        ("int8", -129, OutOfRange, "-129.*-128 to 127"),
        ("double", "fast", NoConvert, "'value' .double.*'fast'"),
        ("double", 10**400, OutOfRange, "'value' .double"),
        ("string", 5j, NoConvert, "'value' .string.*complex"),
        ("array", [1.0, "x"], NoConvert, "'value' .double"),
        ("array", [[1.0], [2.0]], NoConvert, "'value' .double"),
        ("enum", 1.5, NoConvert, "PV .enum. is an enum, which takes an index or a choice, not a float"),
        ("enum", 2**40, OutOfRange, "value.index"),
    ],
)
async def test_put_that_cannot_be_converted_never_reaches_the_server(
    own_ctx: Context, pvs: PVs, name: str, given: object, error: type[Exception], text: str, warm: bool
) -> None:
    if warm:
        await own_ctx.put(name, {"alarm.message": "warm"})
    before = pvs[name].current
    sound, wrong, other = own_ctx.get(name), own_ctx.put(name, given), own_ctx.put("spare", 3)
    with pytest.raises(error, match=text):
        await wrong
    await other
    assert await sound == before
    assert pvs[name].current == before
    assert int(pvs["spare"].current.value) == 3
    await own_ctx.put(name, {"alarm.message": "and on it goes"})


async def test_nul_in_a_string_is_kept_whole_or_refused(own_ctx: Context, pvs: PVs) -> None:
    await own_ctx.put("string", "before\0after")
    assert pvs["string"].current.as_string("value") == "before\0after"
    assert str((await own_ctx.get("string")).value) == "before\0after"


async def test_raising_builder_raises_from_its_put_alone(own_ctx: Context, pvs: PVs) -> None:
    def build(present: object) -> object:
        raise ZeroDivisionError("in the builder")

    wrong, sound = own_ctx.put("int", build), own_ctx.put("int", 6)
    with pytest.raises(ZeroDivisionError, match="in the builder"):
        await wrong
    await sound
    with pytest.raises(TypeError, match="put 'int': the builder returned None"):
        await own_ctx.put("int", lambda present: None)
    left: Iterator[int] = iter([])
    with pytest.raises(RuntimeError, match="put 'int': the builder raised StopIteration"):
        await own_ctx.put("int", lambda present: next(left))
    cancelled = asyncio.get_running_loop().create_future()
    cancelled.cancel()
    with pytest.raises(Error, match="put 'int': what the builder waited for was cancelled"):
        await own_ctx.put("int", lambda present: cancelled.result())
    with pytest.raises(Error, match="put 'int': what the builder waited for was cancelled"):
        await own_ctx.put({"int": lambda present: cancelled.result()})
    assert int(pvs["int"].current.value) == 6


async def test_pv_that_does_not_exist(own_ctx: Context) -> None:
    sound = own_ctx.get("int")
    for operation in (own_ctx.get("nowhere", timeout=0.1), own_ctx.put("nowhere", 1, timeout=0.1)):
        with pytest.raises(
            Timeout, match="'nowhere': no answer within 0.1 s: the PV was not found"
        ) as caught:
            await operation
        assert isinstance(caught.value, asyncio.TimeoutError)
        assert isinstance(caught.value, TimeoutError)
        assert (caught.value.pv, caught.value.phase, caught.value.peer) == ("nowhere", "connect", None)
    assert int((await sound).value) == 5


async def test_put_to_a_read_only_pv(own_ctx: Context) -> None:
    with pytest.raises(RemoteError, match='Read-only PV "readonly"') as caught:
        await own_ctx.put("readonly", 1)
    assert caught.value.pv == "readonly"
    assert int((await own_ctx.get("readonly")).value) == 7
    with pytest.raises(RemoteError, match="Read-only"):
        await own_ctx.put("readonly", 1)


async def test_server_that_stops_during_a_put(scripted_server: ScriptedServer) -> None:
    scripted_server.add("x", "int32")
    async with Context(scripted_server.config, use_env=False, timeout=20.0) as ctx:
        await ctx.put("x", 1)
        scripted_server.on("x", "exec", "put", "stop", times=1)
        with pytest.raises(Disconnected, match="put 'x': the connection to 127.0.0.1:.* was lost") as caught:
            await ctx.put("x", 2)
        assert isinstance(caught.value, ConnectionError)
        assert caught.value.pv == "x"
        waiting = ctx.put("x", 3)
        scripted_server.start()
        await waiting  # the Context finds the server again
        assert scripted_server.value("x")["value"] == 3


async def test_request_for_unknown_fields_only(own_ctx: Context) -> None:
    with pytest.raises(RemoteError) as caught:
        await own_ctx.get("int", fields="nothing")
    assert caught.value.pv == "int"
    assert int((await own_ctx.get("int", fields="value")).value) == 5


@pytest.mark.parametrize("name", ["", None, 5])
async def test_name_must_be_text(own_ctx: Context, name: object) -> None:
    with pytest.raises(ValueError, match="A PV is named by a str"):
        own_ctx.get(name)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="A PV is named by a str"):
        own_ctx.put(name, 1)  # type: ignore[arg-type]


async def test_contradicting_request_raises_at_the_call(own_ctx: Context) -> None:
    with pytest.raises(ValueError, match="cannot be given with it"):
        own_ctx.put("int", 1, wait=True, request="field()")
    with pytest.raises(ValueError, match="malformed"):
        own_ctx.get("int", request="field(")


@pytest.mark.parametrize("timeout", ["5", math.nan])
async def test_timeout_that_is_no_number_starts_nothing(
    own_ctx: Context, pvs: PVs, verb: Callable[..., Any], timeout: object
) -> None:
    await own_ctx.put("int", 5)
    before = targets()
    with pytest.raises(ValueError, match=f"timeout is {timeout!r}: it has to be a number of seconds"):
        await verb(own_ctx, "int", timeout=timeout)
    assert targets() == before
    await own_ctx.get("int")  # what was sent before it has arrived
    assert (int(pvs["int"].current.value), int(pvs["spare"].current.value)) == (5, 0)


async def test_timeout_of_a_context_and_of_searches_for_servers(own_ctx: Context) -> None:
    for made in (Context, SyncContext):
        with pytest.raises(ValueError, match="timeout is 'soon'"):
            made(timeout="soon")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="timeout is 'soon'"):
        own_ctx.discover(timeout="soon")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="timeout is 'soon'"):
        await own_ctx.list(timeout="soon")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="timeout=None looks for servers for ever"):
        await own_ctx.list(timeout=None)


async def test_name_that_cannot_be_encoded_starts_nothing(own_ctx: Context, verb: Callable[..., Any]) -> None:
    before = targets()
    with pytest.raises(ValueError, match=r"'\\udcff' names no PV: it cannot be encoded as UTF-8"):
        await verb(own_ctx, "\udcff")
    assert targets() == before


@pytest.mark.parametrize(
    ("options", "text"),
    [({"fetch": "yes"}, "fetch is 'yes': it may be True, False or None"), ({"wait": 1}, "wait is 1")],
)
async def test_options_of_a_wrong_kind_start_no_put(
    own_ctx: Context, pvs: PVs, options: dict[str, Any], text: str
) -> None:
    before = targets()
    with pytest.raises(ValueError, match=text):
        own_ctx.put("spare", 9, **options)
    with pytest.raises(ValueError, match=text):
        own_ctx.put({"spare": 9, "int": 9}, **options)
    for only in (5, [5], []):
        with pytest.raises(ValueError, match="only is .*: give names of fields"):
            own_ctx.put("spare", pvs["spare"].current, only=only)  # type: ignore[arg-type]
    assert targets() == before


async def test_coroutine_functions_are_refused(own_ctx: Context, pvs: PVs) -> None:
    async def function(value: object) -> int:
        return 9

    before = targets()
    with pytest.raises(TypeError, match="put 'int': the builder is a coroutine function"):
        await own_ctx.put("int", function)
    with pytest.raises(TypeError, match="until 'int': the predicate is a coroutine function"):
        await own_ctx.until("int", function)
    assert targets() == before
    assert int(pvs["int"].current.value) == 5
