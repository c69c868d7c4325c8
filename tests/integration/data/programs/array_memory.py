"""Prints, as JSON, how many bytes each step of handling 8,000,000 doubles takes."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np

from aiopvxs.client import Context
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.data import Value
from aiopvxs.nt import NTScalar

COUNT = 8_000_000


def status(key: str) -> int:
    """A line of /proc/self/status, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith(key)))


def growth(step: Callable[[], object]) -> int:
    """By how much the step raises the peak of the resident memory."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = status("VmRSS")
    kept = step()
    peak = status("VmHWM")
    del kept
    return peak - before


async def received(config: dict[str, str]) -> Value:
    async with Context(config, use_env=False, timeout=60.0) as context:
        return await context.get("array")


def addresses(value: Value) -> list[int]:
    """Where each way to read the array finds it."""
    arrays = [
        value.as_array("value"),
        value.as_py("value", arrays="numpy"),
        value.as_dict(arrays="numpy")["value"],
        np.asarray(value["value"]),
        np.asarray(value.value),
        value.clone().as_array("value"),
        value["value"][:],
    ]
    assert all(array.shape == (COUNT,) and array[-1] == 1.5 for array in arrays)
    return [array.__array_interface__["data"][0] for array in arrays]


def main() -> None:
    value = asyncio.run(received(json.loads(os.environ["SERVER"])))
    addresses(value)  # numpy is loaded
    sizes: dict[str, int] = {}
    tracemalloc.start()
    sizes["read"] = growth(lambda: sizes.update(places=len(set(addresses(value)))))
    sizes["read, in Python"] = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    sizes["read and copied"] = growth(lambda: value.as_array("value").copy())

    target = NTScalar(T.Float64A).create()

    def assign(array: np.ndarray) -> None:
        target["value"] = array

    writeable = np.full(COUNT, 2.5)
    immutable = np.frombuffer(writeable.tobytes())
    frozen = writeable.copy()
    frozen.flags.writeable = False
    sizes["assign what is writeable"] = growth(lambda: assign(writeable))
    target = NTScalar(T.Float64A).create()
    sizes["assign what is immutable"] = growth(lambda: assign(immutable))
    sizes["assign what is frozen"] = growth(lambda: assign(frozen))
    sizes["assign what was received"] = growth(lambda: assign(value.as_array("value")))
    assert target.as_array("value")[0] == 1.5
    json.dump(sizes, sys.stdout)


if __name__ == "__main__":
    main()
