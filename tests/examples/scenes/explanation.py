"""Scenes of docs/explanation."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from aiopvxs import Context, RemoteError, SharedPV, nt
from aiopvxs.nt import NTScalar

from .stage import SECONDS, Names, client

ACF = """
UAG(operators) {nobody}
ASG(DEFAULT) {RULE(1, READ)}
ASG(OPERATORS) {RULE(1, READ) RULE(1, WRITE) {UAG(operators)}}
"""


def write_rules() -> None:
    Path("site.acf").write_text(ACF, encoding="utf-8")


async def security(names: Names) -> AsyncGenerator[None, Any]:
    write_rules()

    async def operators_of(name: str) -> list[str]:
        return []

    names["database"] = SimpleNamespace(operators_of=operators_of)
    names["pvs"] = {"free": SharedPV(NTScalar(float), 1.5)}
    async with Context(timeout=SECONDS) as ctx:
        yield
        assert (await names["policy"]("", "anna", [], "ca", "free", "write")) is False
        assert (await ctx.read("motor:setpoint")) == 0.0
        assert (await ctx.read("free")) == 1.5
        for name in ("motor:setpoint", "free"):
            with pytest.raises(RemoteError):
                await ctx.put(name, 5.0)


async def memory(names: Names) -> AsyncGenerator[None, Any]:
    image = SharedPV(nt.NTNDArray(), np.zeros((2, 2)))
    pvs = {
        "wave": SharedPV(nt.NTScalar(list[float]), [float(number) for number in range(100)]),
        "image": image,
    }
    async with client(names, pvs):
        yield
        assert not names["wave"].flags.writeable
        assert names["wave"].base is not None
        assert names["few"].base is None
        assert nt.unwrap(image.current).value.shape == (1000, 1000)
        with pytest.raises(ValueError, match="WRITEABLE"):
            names["frame"].flags.writeable = True


async def overload(names: Names) -> AsyncGenerator[None, Any]:
    counter = names["counter"] = SharedPV(nt.NTScalar(int), -1)
    async with client(names, {"counter": counter}):
        yield
        stats = names["stats"]
        assert stats.received + stats.queued + stats.squashed + stats.dropped == stats.arrived


SCENES = {
    "docs/explanation/memory.md": memory,
    "docs/explanation/overload.md": overload,
    "docs/explanation/security.md": security,
}
