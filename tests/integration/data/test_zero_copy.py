"""Arrays on their way through client and server: how often they are copied, and that all are given back."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.data import Value
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config

COUNT = 8_000_000
ARRAY = 8 * COUNT
NOTHING = ARRAY // 4  # what allocators and lazily loaded code may take; far from one array


def address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def immutable(array: np.ndarray) -> np.ndarray:
    return np.frombuffer(array.tobytes(), array.dtype)


def make_an_array() -> None:
    """Whoever makes one releases what pvxs has given back."""
    NTScalar(T.Int32A).create()["value"] = [1]


@pytest.fixture(scope="module")
def sizes() -> dict[str, int]:
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("the peak of the resident memory is read from /proc, which this system does not have")
    program = Path(__file__).with_name("programs") / "array_memory.py"
    with Server({"array": SharedPV(NTScalar(T.Float64A), np.full(COUNT, 1.5))}, Config.isolated()) as server:
        env = {**os.environ, "SERVER": json.dumps(server.client_config())}
        done = subprocess.run(
            [sys.executable, program], env=env, stdout=subprocess.PIPE, check=True, timeout=100
        )
    result: dict[str, int] = json.loads(done.stdout)
    return result


def test_reading_a_received_array_copies_nothing(sizes: dict[str, int]) -> None:
    assert sizes["places"] == 1
    assert sizes["read"] < NOTHING
    assert sizes["read, in Python"] < NOTHING


def test_the_measurement_sees_a_copy(sizes: dict[str, int]) -> None:
    assert sizes["read and copied"] > ARRAY - NOTHING


def test_assigning_copies_once_or_not_at_all(sizes: dict[str, int]) -> None:
    assert ARRAY - NOTHING < sizes["assign what is writeable"] < ARRAY + NOTHING
    assert sizes["assign what is immutable"] < NOTHING
    assert sizes["assign what is frozen"] < NOTHING
    assert sizes["assign what was received"] < NOTHING


@pytest.fixture
def pv() -> SharedPV:
    return SharedPV(NTScalar(T.Float64A), np.zeros(3))


async def returned(reference: weakref.ref[np.ndarray]) -> bool:
    """Whether what was lent has come back: pvxs lets go of it on its own threads, and tells nobody."""
    for _ in range(2000):
        make_an_array()
        if reference() is None:
            return True
        gc.collect()
        await asyncio.sleep(0.005)
    return False


async def test_what_a_put_was_lent_comes_back(pv: SharedPV) -> None:
    with Server({"array": pv}, Config.isolated()) as server:
        async with Context(server.client_config(), use_env=False, timeout=20.0) as context:
            given = immutable(np.arange(100_000.0))
            lent = weakref.ref(given)
            await context.put("array", given)
            got = await context.get("array")
            np.testing.assert_array_equal(got.as_array("value"), given)
            del given
            await context.put("array", np.zeros(1))
            assert await returned(lent)


async def test_what_a_post_was_lent_comes_back(pv: SharedPV) -> None:
    with Server({"array": pv}, Config.isolated()) as server:
        async with Context(server.client_config(), use_env=False, timeout=20.0) as context:
            given = [immutable(np.full(10_000, float(number))) for number in range(50)]
            lent = [weakref.ref(array) for array in given]
            gets = []
            for array in given:
                pv.post(array)
                gets.append(context.get("array"))
            del given, array
            for got in await asyncio.gather(*gets):
                assert len(set(got.as_array("value").tolist())) == 1
            pv.post(np.zeros(1))
            for reference in lent:
                assert await returned(reference)


async def test_a_posted_array_is_served_from_the_memory_it_was_given_in(pv: SharedPV) -> None:
    given = immutable(np.arange(10.0))
    pv.post(given)
    stored: Value = pv.current
    assert address(stored.as_array("value")) == address(given)
