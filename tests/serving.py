"""PVs that a server of ours has, and a client that finds them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiopvxs import Context, Server, SharedPV
from aiopvxs.server import Config


@asynccontextmanager
async def serving(pvs: dict[str, SharedPV]) -> AsyncIterator[Context]:
    with Server(pvs, Config.isolated()) as server:
        async with Context(server.client_config(), use_env=False, timeout=20.0) as context:
            yield context
