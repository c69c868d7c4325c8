"""Scenes of docs/how-to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from aiopvxs import Context, RemoteError, Server, SharedPV, nt

from .stage import SECONDS, Names, client


async def handlers(names: Names) -> AsyncGenerator[None, Any]:
    moves: list[float] = []

    async def move(target: float) -> None:
        moves.append(target)

    async def readings() -> AsyncIterator[SimpleNamespace]:
        yield SimpleNamespace(value=2.5, severity=1)

    async def look_up(name: str) -> float | None:
        return 7.0 if name == "archive:seven" else None

    names["motor"] = SimpleNamespace(move=move)
    names["device"] = SimpleNamespace(readings=readings)
    names["database"] = SimpleNamespace(look_up=look_up)
    async with Context(timeout=SECONDS) as ctx:
        yield
        await ctx.put("motor:position", 12.5)
        assert moves == [12.5]
        with pytest.raises(RemoteError, match="100.0 is outside of 0 to 90"):
            await ctx.put("motor:position", 100)
        assert (await ctx.rpc("motor:position", a=1, b=2)).as_py("sum") == 3
        assert (await ctx.get("archive:seven")).as_py("value") == 7.0
        with pytest.raises(RemoteError):
            await ctx.get("archive:eight")
        assert (await ctx.rpc("calc:add", a=1)).as_py("value") == 2.0
        await ctx.rpc("machine:move", to=3.0)


async def images(names: Names) -> AsyncGenerator[None, Any]:
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 4)
    names |= {
        "pixels": pixels,
        "more": pixels + 1,
        "taken": 1_700_000_000_000_000_000,
        "data_array": xr.DataArray(pixels, dims=("y", "x"), attrs={"exposure": 0.5}),
    }
    async with client(names, {"cam:image": SharedPV(nt.NTNDArray(), pixels)}):
        yield
        assert names["image"].attributes is not None
        assert names["pv"].current.as_string("codec.name") == "bslz4"
        np.testing.assert_array_equal(nt.unwrap(names["pv"].current).value, pixels)


async def tables(names: Names) -> AsyncGenerator[None, Any]:
    frame = pd.DataFrame({"x": [1.0, 2.0], "name": ["a", "b"]})
    table = SharedPV(nt.NTTable({"x": float, "name": str}), frame)
    names["frame"] = frame
    async with client(names, {"scan:points": table}):
        yield
        assert [point.x for point in names["points"]] == [1.0]


async def jupyter(names: Names) -> AsyncGenerator[None, Any]:
    pvs = {
        "sim:temperature": SharedPV(nt.NTScalar(float, units="°C"), 21.0),
        "sim:setpoint": SharedPV(nt.NTScalar(float), 20.0),
        "sim:wave": SharedPV(nt.NTScalar(list[float]), [1.0, 2.0]),
    }
    async with client(names, pvs):
        yield
        assert names["reading"] == 21.0
        assert pvs["sim:setpoint"].current.as_float("value") == 21.5
        names["pv"].close()
        await names["ctx"].aclose()


def motor() -> tuple[SharedPV, SharedPV]:
    """A setpoint, and what follows it."""
    number = nt.NTScalar(float, units="mm", precision=3)
    setpoint, readback = SharedPV(number, 1.0), SharedPV.readonly(number, 1.0)

    @setpoint.on_put
    def _(pv: SharedPV, op: Any) -> None:
        pv.post(op.value)
        readback.post(op.value.as_float("value"))

    return setpoint, readback


async def ophyd_async(names: Names) -> AsyncGenerator[None, Any]:
    setpoint, readback = motor()
    async with Server({"motor:setpoint": setpoint, "motor:readback": readback}):
        yield
        backend = names["backend"]
        key = await backend.get_datakey("pva://motor:readback")
        assert (key["units"], key["precision"]) == ("mm", 3)
        assert (await backend.get_reading())["value"] == 12.5
        seen: asyncio.Queue[Any] = asyncio.Queue()
        backend.set_callback(seen.put_nowait)
        assert (await asyncio.wait_for(seen.get(), SECONDS))["alarm_severity"] == 0
        await backend.put(None)
        assert (await asyncio.wait_for(seen.get(), SECONDS))["value"] == 1.0
        assert await backend.get_setpoint() == await backend.get_value() == 1.0
        backend.set_callback(None)
        with pytest.raises(TypeError, match="is no str"):
            await names["PvaBackend"](str, "motor:readback", "motor:setpoint").connect(SECONDS)
        with pytest.raises(ConnectionError, match="nowhere"):
            await names["PvaBackend"](float, "nowhere", "motor:setpoint").connect(0.2)
        await names["ctx"].aclose()


async def fastcs(names: Names) -> AsyncGenerator[None, Any]:
    setpoint, readback = motor()
    tree = {
        "speed": {"r": "DEV:Speed_RBV", "w": "DEV:Speed"},
        "wave": {"r": "DEV:Wave"},
        "home": {"x": "DEV:Home"},
    }
    pvs = {
        "DEV:Speed": setpoint,
        "DEV:Speed_RBV": readback,
        "DEV:Wave": SharedPV(nt.NTNDArray(), np.zeros(5)),
        "DEV:Home": SharedPV(nt.NTScalar(bool), False),
        **{name: SharedPV(initial=value) for name, value in nt.publish_pvi("DEV:PVI", tree).items()},
    }
    async with Server(pvs):
        yield
        assert readback.current.as_float("value") == 5.5
        assert names["wave"].shape == (5,)
        ctx = names["ctx"]
        started = ctx.put("OURS:Home", True, wait=True)
        await ctx.until("OURS:Home", True)
        with pytest.raises(RemoteError, match="busy"):
            await ctx.put("OURS:Home", True)
        await started
        with pytest.raises(RemoteError, match="only take the value True"):
            await ctx.put("OURS:Home", False)
        await ctx.put("OURS:Home", True)
        await ctx.until("OURS:Home", False)
        await ctx.aclose()


async def no_udp(names: Names, address: str, name: str) -> AsyncGenerator[None, Any]:
    """Clients are told of no address to search at."""
    async with Server({name: SharedPV(nt.NTScalar(float), 1.5)}) as server:
        names["__addresses__"] = {address: f"127.0.0.1:{server.config['EPICS_PVAS_SERVER_PORT']}"}
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("EPICS_PVA_ADDR_LIST", "")
            yield
        assert names["ctx"].config["EPICS_PVA_ADDR_LIST"] == ""
        assert (await names["ctx"].get(name)).as_py("value") == 1.5
        await names["ctx"].aclose()


async def networks(names: Names) -> AsyncGenerator[None, Any]:
    async for _ in no_udp(names, "10.0.0.5:5075", "level"):
        yield
    assert names["value"].as_py("value") == 1.5


async def containers(names: Names) -> AsyncGenerator[None, Any]:
    async for _ in no_udp(names, "stage.example.org:5075", "stage:position"):
        yield


SCENES = {
    "docs/how-to/containers.md": containers,
    "docs/how-to/fastcs.md": fastcs,
    "docs/how-to/handlers.md": handlers,
    "docs/how-to/images.md": images,
    "docs/how-to/jupyter.md": jupyter,
    "docs/how-to/networks.md": networks,
    "docs/how-to/ophyd-async.md": ophyd_async,
    "docs/how-to/tables.md": tables,
}
