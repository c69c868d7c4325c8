"""A server of ours with a few PVs, and a client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTEnum, NTScalar
from aiopvxs.server import Config


@pytest.fixture
def pvs() -> dict[str, SharedPV]:
    return {
        "int8": SharedPV(NTScalar(T.Int8), 1),
        "int": SharedPV(NTScalar(T.Int32, display=True), 5),
        "double": SharedPV(NTScalar(T.Float64), 1.5),
        "string": SharedPV(NTScalar(T.String), "text"),
        "array": SharedPV(NTScalar(T.Float64A), [1.0, 2.0]),
        "enum": SharedPV(NTEnum(), {"value": {"index": 0, "choices": ["off", "on", "12"]}}),
        "spare": SharedPV(NTScalar(T.Int32), 0),
        "readonly": SharedPV.readonly(NTScalar(T.Int32), 7),
    }


@pytest.fixture
def own_server(pvs: dict[str, SharedPV]) -> Iterator[Server]:
    with Server(pvs, Config.isolated()) as running:
        yield running


@pytest.fixture
async def own_ctx(own_server: Server) -> AsyncIterator[Context]:
    async with Context(own_server.client_config(), use_env=False, timeout=20.0) as context:
        yield context
