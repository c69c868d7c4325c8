"""Tables, images and scalars exchanged with pvaPy, both ways: an implementation without PVXS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs import nt as nts
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.server import Config
from peers.pvapy_peer import HAVE_PVAPY, NO_PVAPY, Pvapy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

pytestmark = pytest.mark.skipif(not HAVE_PVAPY, reason=NO_PVAPY)

IMAGE = np.arange(24, dtype=np.uint8).reshape(4, 2, 3)


@pytest.fixture
def ours() -> Iterator[Server]:
    """Our server."""
    scalar = nts.NTScalar(T.Float64, units="mm", limits=(0, 9))
    pvs = {
        "ours:scalar": SharedPV(initial=scalar.create({"value": 3.5, "timeStamp": nts.Timestamp((5, 6))})),
        "ours:image": SharedPV(initial=nts.NTNDArray().create(IMAGE)),
        "ours:table": SharedPV(initial=nts.NTTable({"x": float, "s": str}).create([[1.5, "grün"]])),
        "ours:enum": SharedPV(initial=nts.NTEnum(["a", "b"]).create("b")),
    }
    with Server(pvs, Config.isolated()) as server:
        yield server


@pytest.fixture
def pvapy(ours: Server) -> Iterator[Pvapy]:
    """Their server, and a client of ours."""
    peer = Pvapy(ours.client_config())
    yield peer
    peer.close()


@pytest.fixture
async def ctx(ours: Server) -> AsyncIterator[Context]:
    async with Context(ours.client_config(), use_env=False, timeout=20.0) as context:
        yield context


async def test_theirs_read_and_written_by_us(ctx: Context, pvapy: Pvapy) -> None:
    at = pvapy.address
    table: Any = await ctx.read("table", server=at)
    nts.NTTable.validate(table.raw)
    assert table.labels == ["Position", "Name"]
    assert table.rows() == [{"column0": 0.5, "column1": "a"}, {"column0": 1.5, "column1": "grün"}]
    await ctx.write("table", [{"column0": 2.5, "column1": "b"}], server=at)
    table = await ctx.read("table", server=at)
    assert (table.rows(), table.labels) == ([{"column0": 2.5, "column1": "b"}], ["Position", "Name"])

    image: Any = await ctx.read("image", server=at)
    nts.NTNDArray.validate(image.raw)
    assert image.value.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert (image.value.dtype, image.color_mode) == (np.uint16, nts.ColorMode.MONO)
    await ctx.write("image", IMAGE, server=at)
    image = await ctx.read("image", server=at)
    assert np.array_equal(image.value, IMAGE)
    assert image.color_mode is nts.ColorMode.RGB1

    scalar = await ctx.read("scalar", server=at)
    assert scalar.timestamp is not None
    assert (scalar.value, scalar.timestamp.ns) == (1.5, 1_700_000_000_123_456_789)
    assert scalar.timestamp.user_tag == 7


def test_ours_read_by_them(pvapy: Pvapy) -> None:
    image = pvapy.run("get", "ours:image")
    assert image["value"][0] == {"ubyteValue": list(range(24))}
    assert [one["size"] for one in image["dimension"]] == [3, 2, 4]
    # int32, which is type 3 of pvData: other readers refuse another
    assert image["codec"]["parameters"][0] == {"value": 5}
    assert image["attribute"][0]["name"] == "ColorMode"
    table = pvapy.run("get", "ours:table")
    assert (table["labels"], table["value"]) == (["x", "s"], {"x": [1.5], "s": ["grün"]})
    assert pvapy.run("get", "ours:enum")["value"] == {"index": 1, "choices": ["a", "b"]}
    scalar = pvapy.run("get", "ours:scalar")
    assert (scalar["value"], scalar["display"]["units"]) == (3.5, "mm")
    assert (scalar["timeStamp"]["secondsPastEpoch"], scalar["timeStamp"]["nanoseconds"]) == (5, 6)


async def test_ours_written_by_them(ctx: Context, pvapy: Pvapy) -> None:
    import asyncio

    await asyncio.to_thread(pvapy.run, "put", "ours:table", {"value": {"x": [3.5], "s": ["p"]}})
    table: Any = await ctx.read("ours:table")
    assert (table.rows(), table.labels) == ([{"x": 3.5, "s": "p"}], ["x", "s"])
    await asyncio.to_thread(pvapy.run, "put", "ours:enum", {"value": {"index": 0}})
    assert await ctx.read("ours:enum", as_=str) == "a"
