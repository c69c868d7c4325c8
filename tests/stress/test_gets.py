"""Many gets at once, many cancelled, and none that leaves anything behind."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiopvxs import Context
from aiopvxs._loop import bridge_of
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.data import Value
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Server, SharedPV
from aiopvxs_core.diagnostics import instance_snapshot

PVS = 1000


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(
        {f"pv:{number}": SharedPV(NTScalar(T.Int32), number) for number in range(PVS)}, Config.isolated()
    ) as running:
        Context(running.client_config(), use_env=False).close()  # the default pvRequest is cached
        yield running


def live_counts() -> dict[str, int]:
    """pvxs's own count of its objects, but for those that a server keeps for itself."""
    gc.collect()
    return {name: count for name, count in instance_snapshot().items() if count and "Listener" not in name}


def freed(before: dict[str, int], after: dict[str, int]) -> bool:
    """Whether nothing is left, but for one value of each type, kept with the names of its fields."""
    kept = after["StructTop"] - before["StructTop"]
    return kept <= PVS and after | {"StructTop": 0} == before | {"StructTop": 0}


async def settled(before: dict[str, int]) -> dict[str, int]:
    """The counts, once all is freed or time is up: pvxs frees on its own threads."""
    for _ in range(200):
        if freed(before, live_counts()):
            break
        await asyncio.sleep(0.05)
    return live_counts()


@pytest.mark.timeout(120)
async def test_ten_thousand_gets_of_a_thousand_pvs(server: Server) -> None:
    before = live_counts()
    async with Context(server.client_config(), use_env=False) as ctx:
        operations = [ctx.get(f"pv:{number % PVS}") for number in range(10 * PVS)]
        values = await asyncio.gather(*operations)
        assert [int(value.value) for value in values] == [number % PVS for number in range(10 * PVS)]
        assert len(bridge_of(asyncio.get_running_loop())) == 0
    del ctx, values, operations
    assert freed(before, await settled(before))


@pytest.mark.timeout(120)
async def test_half_of_them_cancelled(server: Server) -> None:
    before = live_counts()
    chosen = random.Random(2)
    async with Context(server.client_config(), use_env=False) as ctx:
        operations = [ctx.get(f"pv:{number % PVS}") for number in range(10 * PVS)]
        doomed = set(chosen.sample(range(len(operations)), len(operations) // 2))
        for count, number in enumerate(doomed):
            operations[number].cancel()
            if count % 1000 == 999:
                await asyncio.sleep(0)  # some are answered meanwhile
        results = await asyncio.gather(*operations, return_exceptions=True)
        for number, result in enumerate(results):
            if number in doomed:
                assert isinstance(result, (asyncio.CancelledError, Value))
            else:
                assert isinstance(result, Value)
                assert int(result.value) == number % PVS
        assert sum(isinstance(result, asyncio.CancelledError) for result in results) > PVS
        assert len(bridge_of(asyncio.get_running_loop())) == 0
    del ctx, result, results, operations
    assert freed(before, await settled(before))


def resident_kib() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("the resident size is read from /proc, which this system does not have")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1])


@pytest.mark.timeout(300)
async def test_memory_stays_flat_over_200_000_gets(server: Server) -> None:
    async with Context(server.client_config(), use_env=False) as ctx:

        async def read(count: int) -> None:
            for start in range(0, count, PVS):
                await asyncio.gather(*(ctx.get(f"pv:{number}") for number in range(min(PVS, count - start))))

        await read(20_000)  # allocators and caches fill
        gc.collect()
        before = resident_kib()
        await read(200_000)
        gc.collect()
        # a leak of 50 bytes a get would be 10 MB
        assert resident_kib() - before < 8 * 1024
