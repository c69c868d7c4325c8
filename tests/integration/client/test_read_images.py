"""Images that are compressed, read and followed."""

from __future__ import annotations

import asyncio
import threading
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from aiopvxs import Closed, SharedPV
from aiopvxs import nt as nts
from aiopvxs.data import NoConvert
from serving import serving

IMAGE = np.arange(6, dtype=np.uint16).reshape(2, 3)


async def test_compressed_images_are_decoded() -> None:
    data = np.frombuffer(zlib.compress(IMAGE.tobytes()), np.uint8)
    good = nts.NTNDArray().create(IMAGE)
    good.assign({"value": ("ubyteValue", data), "codec.name": "zlib", "compressedSize": data.size})
    bad = good.clone()
    bad["value"] = ("ubyteValue", data[:5])
    new = good.clone()
    new["codec.name"] = "new"
    values = {"good": good, "bad": bad, "new": new}
    async with serving({name: SharedPV(initial=value) for name, value in values.items()}) as ctx:
        reading = await ctx.read("good")
        assert np.array_equal(reading.value, IMAGE)
        with pytest.raises(ValueError, match="PV 'bad': zlib"):
            await ctx.read("bad")
        with pytest.raises(nts.CodecNotAvailable, match="PV 'new': no codec is called 'new'"):
            await ctx.read("new")


class Slow:
    """A codec that waits until it may go on, and tells on which threads it was called."""

    def __init__(self) -> None:
        self.threads: list[int] = []
        self.begun = threading.Event()
        self.go_on = threading.Event()

    def decode(self, data: bytes, expected: int, item_size: int) -> bytes:
        self.threads.append(threading.get_ident())
        self.begun.set()
        assert self.go_on.wait(60)
        return data

    def image(self, number: int) -> Any:
        return nts.NTNDArray(codec="slow").create(np.full((2, 2), number, np.uint8))


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    from aiopvxs_nt import codec

    monkeypatch.setattr(codec, "_CODECS", dict(codec._CODECS))
    made = Slow()
    nts.register_codec("slow", made.decode, lambda array: array.tobytes())
    yield made
    made.go_on.set()


async def begun(slow: Slow) -> None:
    await asyncio.to_thread(slow.begun.wait, 60)
    slow.begun.clear()


async def test_images_are_decompressed_off_the_loop(slow: Slow) -> None:
    pv = SharedPV(initial=slow.image(0))
    async with serving({"image": pv}) as ctx, ctx.monitor("image", read=True, max_queue=100) as sub:
        reading = asyncio.ensure_future(ctx.read("image"))
        first = asyncio.ensure_future(anext(sub))
        await begun(slow)
        # the loop is free meanwhile
        assert (await ctx.get("image")).as_int("dimension[0].size") == 2
        slow.go_on.set()
        assert (await reading).value.tolist() == [[0, 0], [0, 0]]
        assert (await first).value.tolist() == [[0, 0], [0, 0]]
        for number in range(1, 20):
            pv.post(slow.image(number))
        seen = 0
        async for image in sub:
            number = int(image.value[0, 0])
            # in order; what the server made one of several is left out
            assert number > seen
            seen = number
            if number == 19:
                break
        batches = sub.batches()
        pv.post(slow.image(20))
        assert [int(one.value[0, 0]) for one in await anext(batches)] == [20]
        await batches.aclose()  # type: ignore[attr-defined]
        assert (await ctx.read("image", as_=np.ndarray)).tolist() == [[20, 20], [20, 20]]
        # nothing is decompressed again when its value is asked for
        assert threading.get_ident() not in slow.threads


@pytest.mark.parametrize("way", ["anext", "first", "batches"])
async def test_an_image_is_not_lost_when_waiting_is_cancelled(slow: Slow, way: str) -> None:
    pv = SharedPV(initial=slow.image(1))
    async with serving({"image": pv}) as ctx, ctx.monitor("image", read=True) as sub:
        take: Any = {
            "anext": lambda: anext(sub), "first": sub.first, "batches": lambda: anext(sub.batches()),
        }[way]  # fmt: skip
        waiting = asyncio.ensure_future(take())
        await begun(slow)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        stats = sub.stats()
        assert (stats.received, stats.queued, stats.dropped) == (0, 1, 0)
        slow.go_on.set()
        found = await take()
        [reading] = found if way == "batches" else [found]
        assert reading.value.tolist() == [[1, 1], [1, 1]]
        pv.post(slow.image(2))
        found = await take()
        [reading] = found if way == "batches" else [found]
        assert reading.value.tolist() == [[2, 2], [2, 2]]
        stats = sub.stats()
        assert (stats.received, stats.queued, stats.dropped) == (2, 0, 0)


@pytest.mark.parametrize("way", ["anext", "first", "batches"])
async def test_closed_while_an_image_is_decompressed(slow: Slow, way: str) -> None:
    async with serving({"image": SharedPV(initial=slow.image(1))}) as ctx:
        sub = ctx.monitor("image", read=True)
        take: Any = {
            "anext": lambda: anext(sub), "first": sub.first, "batches": lambda: anext(sub.batches()),
        }[way]  # fmt: skip
        waiting = asyncio.ensure_future(take())
        await begun(slow)
        sub.close()
        slow.go_on.set()
        with pytest.raises(Closed if way == "first" else StopAsyncIteration):
            await waiting
        stats = sub.stats()
        assert (stats.received, stats.queued, stats.dropped) == (0, 0, 1)


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_callback_gets_images_decompressed_and_in_order(slow: Slow, is_async: bool) -> None:
    pv = SharedPV(initial=slow.image(0))
    seen: asyncio.Queue[Any] = asyncio.Queue()

    async def later(reading: Any) -> None:
        await asyncio.sleep(0)
        seen.put_nowait(reading)

    async with serving({"image": pv}) as ctx:
        sub = ctx.monitor("image", later if is_async else seen.put_nowait, read=True, max_queue=100)
        await begun(slow)
        pv.post(slow.image(1))
        assert seen.empty()
        slow.go_on.set()
        for number in (0, 1):
            image = await asyncio.wait_for(seen.get(), 20)
            assert image.value.tolist() == [[number] * 2] * 2
        assert threading.get_ident() not in slow.threads
        slow.go_on.clear()
        slow.begun.clear()
        pv.post(slow.image(2))
        await begun(slow)
        sub.close()
        slow.go_on.set()
        # no callback begins after close()
        await asyncio.to_thread(lambda: None)
        await ctx.get("image")
        assert seen.empty()


async def test_a_damaged_image_does_not_end_a_monitor() -> None:
    good = nts.NTNDArray(codec="zlib").create(IMAGE)
    bad = good.clone()
    bad["value"] = ("ubyteValue", good.as_array("value")[:5])
    pv = SharedPV(initial=bad)
    async with serving({"image": pv}) as ctx, ctx.monitor("image", read=True) as sub:
        image: Any = await anext(sub)
        for _ in range(2):
            with pytest.raises(nts.CodecError, match="zlib: the data ends"):
                _ = image.value
        assert image.shape == (2, 3)
        pv.post(good)
        assert np.array_equal((await anext(sub)).value, IMAGE)


async def test_a_pv_compresses_what_is_posted() -> None:
    pv = SharedPV(nts.NTNDArray(codec="bslz4"), IMAGE)
    async with serving({"image": pv}) as ctx:
        reading: Any = await ctx.read("image", as_=nts.ImageReading)
        assert (reading.codec, reading.value.tolist()) == ("bslz4", IMAGE.tolist())
        pv.post(IMAGE + 1)
        reading = await ctx.read("image")
        assert (reading.codec, reading.value.tolist()) == ("bslz4", (IMAGE + 1).tolist())
        await ctx.write("image", nts.NTNDArray(codec="lz4").create(IMAGE))
        reading = await ctx.read("image")
        assert (reading.codec, reading.value.tolist()) == ("lz4", IMAGE.tolist())
        with pytest.raises(NoConvert, match="integers or floats"):
            pv.post(IMAGE > 1)
