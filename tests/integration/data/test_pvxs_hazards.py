"""What pvxs itself does with unions in a put, a post or a copy cannot be reached from Python."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from aiopvxs.client import Context
from aiopvxs.data import Member, TypeDef, Value
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.server import Config, Server, SharedPV

# in the order of NTNDArray, where every array converts to the first
ARRAYS = {
    "booleanValue": (T.BoolA, "?"),
    "byteValue": (T.Int8A, "i1"),
    "shortValue": (T.Int16A, "i2"),
    "intValue": (T.Int32A, "i4"),
    "longValue": (T.Int64A, "i8"),
    "ubyteValue": (T.UInt8A, "u1"),
    "ushortValue": (T.UInt16A, "u2"),
    "uintValue": (T.UInt32A, "u4"),
    "ulongValue": (T.UInt64A, "u8"),
    "floatValue": (T.Float32A, "f4"),
    "doubleValue": (T.Float64A, "f8"),
}
IMAGE = TypeDef(
    T.Struct,
    [
        Member(T.Union, "value", [Member(code, name) for name, (code, _) in ARRAYS.items()]),
        Member(T.Int32, "uniqueId"),
        Member(T.Any, "any"),
    ],
    "epics:nt/NTNDArray:1.0",
)


@pytest.fixture
async def pv() -> SharedPV:
    return SharedPV(IMAGE, {"value": ("intValue", [1, 2]), "any": "text"})


@pytest.fixture
async def context(pv: SharedPV) -> AsyncIterator[Context]:
    server = Server({"x": pv}, Config.isolated())
    async with server, Context(server.client_config(), use_env=False, timeout=20.0) as context:
        yield context


def null_image() -> Value:
    value = IMAGE.create()
    value.assign({"value": None, "any": None, "uniqueId": 3})
    assert value.changed() == {"value", "any", "uniqueId"}
    return value


class TestAMarkedUnionWithoutSelection:
    """pvxs throws where it clones or assigns one, keeps the old member, or drops the connection."""

    def test_copies(self) -> None:
        value = null_image()
        for copy in (value.clone(), value.cloneEmpty()):
            copy.assign(value)
            assert copy == value
            assert copy.changed() == value.changed()
        full = IMAGE.create()
        full["value"] = ("intValue", [1])
        full.assign(value)
        assert full.as_dict() == {"value": None, "uniqueId": 3, "any": None}

    async def test_opened(self, context: Context, pv: SharedPV) -> None:
        pv.close()
        pv.open(null_image())
        got = await context.get("x")
        assert got.as_dict() == {"value": None, "uniqueId": 3, "any": None}

    async def test_posted_over_a_selected_one(self, context: Context, pv: SharedPV) -> None:
        assert (await context.get("x")).as_py("value") == [1, 2]
        pv.post({"value": None, "any": None})
        assert pv.current.as_py("value") is None
        got = await context.get("x")
        assert got["value"].selected is None
        assert got.as_dict() == {"value": None, "uniqueId": 0, "any": None}
        pv.post({"value": None})  # null upon null
        assert (await context.get("x")).as_py("value") is None
        pv.post({"value": np.array([7], "u2")})
        assert (await context.get("x"))["value"].selected == "ushortValue"

    @pytest.mark.parametrize("form", [null_image, null_image().as_dict], ids=["value", "dict"])
    async def test_put(self, context: Context, pv: SharedPV, form: object) -> None:
        assert callable(form)
        for _ in range(2):
            await context.put("x", form())
            assert pv.current.as_dict() == {"value": None, "uniqueId": 3, "any": None}
            assert (await context.get("x")).as_dict() == pv.current.as_dict()
        await context.put("x", {"value": ("byteValue", [-1])})
        assert pv.current["value"].selected == "byteValue"


class TestAnArrayForAUnion:
    """pvxs takes the first member that converts, which is booleanValue for every array."""

    @pytest.mark.parametrize("selected", [None, "booleanValue", "doubleValue"])
    @pytest.mark.parametrize("name", ARRAYS)
    async def test_the_dtype_is_the_member(
        self, context: Context, pv: SharedPV, name: str, selected: str | None
    ) -> None:
        code, dtype = ARRAYS[name]
        given = np.array([0, 1, 100], dtype)
        before: dict[str, object] = {"value": None if selected is None else (selected, [])}
        pv.post(before)
        await context.put("x", {"value": given})
        assert pv.current["value"].selected == name
        pv.post(before)
        pv.post({"value": given})
        got = await context.get("x")
        assert got["value"].selected == name
        assert got[f"value->{name}"].type() == code
        assert got.as_array("value").dtype == dtype
        np.testing.assert_array_equal(got.as_array("value"), given)

    async def test_a_list_is_no_bool_array(self, context: Context, pv: SharedPV) -> None:
        for given, name in (
            ([1, 2], "longValue"),
            ([0.5], "doubleValue"),
            ([True, False], "booleanValue"),
            ([2**63], "ulongValue"),
        ):
            pv.post({"value": None})
            await context.put("x", {"value": given})
            assert pv.current["value"].selected == name
            assert pv.current.as_py("value") == given


async def test_a_null_union_reaches_every_waiting_client(context: Context, pv: SharedPV) -> None:
    pv.post({"value": None})
    everyone = await asyncio.gather(*(context.get("x") for _ in range(20)))
    assert all(got.as_py("value") is None for got in everyone)
    everyone[0]["value"] = ("intValue", [1])
    assert everyone[1].as_py("value") is None
