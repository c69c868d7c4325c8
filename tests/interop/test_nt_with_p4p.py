"""Normative types exchanged with p4p, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs import nt as nts
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.server import Config

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from peers import P4pServer
    from peers.fixtures import StartP4pClient


@pytest.fixture
async def ctx(p4p_server: P4pServer) -> AsyncIterator[Context]:
    async with Context(p4p_server.config, use_env=False, timeout=20.0) as context:
        yield context


async def test_their_readings(ctx: Context) -> None:
    reading = await ctx.read("double")
    assert reading == 1.5
    assert reading.timestamp is not None
    # they stamp nothing by themselves
    assert not reading.timestamp.is_set
    # their display has no precision, and limits that nobody set
    assert reading.display is not None
    assert reading.display.limits is None
    enum: Any = await ctx.read("enum")
    assert (enum.index, enum.choice) == (1, "on")
    assert (await ctx.read("strings")).value == ["a", "grün"]
    assert (await ctx.read("array")).value.tolist() == [0, 1, 2, 3, 4]
    nested: Any = await ctx.read("nested")
    assert nested.raw.id() == "aiopvxs:test/nested:1.0"


async def test_their_table(ctx: Context) -> None:
    table: Any = await ctx.read("table")
    assert table.rows() == [{"pos": 0.5, "name": "a"}, {"pos": 1.5, "name": "b"}]
    assert table.to_pandas()["pos"].tolist() == [0.5, 1.5]
    nts.NTTable.validate(table.raw)
    await ctx.write("table", [{"pos": 2.5, "name": "grün"}])
    again: Any = await ctx.read("table")
    assert (again.rows(), again.labels) == ([{"pos": 2.5, "name": "grün"}], ["pos", "name"])


async def test_their_image(ctx: Context) -> None:
    image: Any = await ctx.read("image")
    assert image.value.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert image.value.dtype == np.uint16
    assert image.color_mode is nts.ColorMode.MONO


async def test_written_to_them(ctx: Context) -> None:
    await ctx.write("enum", "fault")
    assert (await ctx.read("enum", as_=str)) == "fault"
    await ctx.write("array", np.array([1.5]))
    assert (await ctx.read("array")).value.tolist() == [1.5]


def test_ours_read_by_them(p4p_client: StartP4pClient) -> None:
    stamp = nts.Timestamp(1_700_000_000_123_456_789)
    image = nts.NTNDArray().create(np.arange(24, dtype=np.uint8).reshape(4, 2, 3))
    table = nts.NTTable({"x": float, "s": str}, labels=["X", "S"]).create([{"x": 1.5, "s": "grün"}])
    scalar = nts.NTScalar(T.Float64, units="mm", limits=(0, 9)).create({"value": 3.5, "timeStamp": stamp})
    pvs = {
        "image": SharedPV(initial=image),
        "table": SharedPV(initial=table),
        "scalar": SharedPV(initial=scalar),
        "enum": SharedPV(initial=nts.NTEnum(["a", "b"]).create("b")),
    }
    with Server(pvs, Config.isolated()) as server:
        client = p4p_client(server.client_config())
        found = client.run("get", "image")
        assert found["value"] == list(range(24))
        assert [one["size"] for one in found["dimension"]] == [3, 2, 4]
        assert [(one["name"], one["value"]) for one in found["attribute"]] == [("ColorMode", 2)]
        found = client.run("get", "table")
        assert found["labels"] == ["X", "S"]
        assert found["value"] == {"x": [1.5], "s": ["grün"]}
        found = client.run("get", "scalar")
        assert found["display"]["units"] == "mm"
        assert found["timeStamp"]["secondsPastEpoch"] == 1_700_000_000
        assert found["timeStamp"]["nanoseconds"] == 123_456_789
        client.run("put", "enum", {"value": 0})
        assert client.run("get", "enum")["value"] == {"index": 0, "choices": ["a", "b"]}


def test_our_image_unwrapped_by_them(p4p: None) -> None:
    """Their own code makes of our dimensions and attributes what it makes of theirs."""
    from p4p.nt import NTNDArray as Theirs

    for shape in ((4, 5), (4, 5, 3), (3, 4, 5)):
        array = np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)
        ours = nts.unwrap(nts.NTNDArray().create(array))
        wrapped = Theirs().wrap(array)
        theirs = [(one.size, one.offset, one.fullSize, one.binning) for one in wrapped.dimension]
        assert [(d.size, d.offset, d.full_size, d.binning) for d in reversed(ours.dimensions)] == theirs  # type: ignore[attr-defined]
        mode = {one.name: one.value for one in wrapped.attribute}.get("ColorMode")
        assert ours.attributes["ColorMode"] == mode  # type: ignore[attr-defined]
