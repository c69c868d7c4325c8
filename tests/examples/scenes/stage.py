"""What several scenes need."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiopvxs.client import Context
from aiopvxs.server import Server

Names = dict[str, Any]
SECONDS = 20.0


async def nothing(names: Names) -> AsyncIterator[None]:
    """The scene of a page that needs none."""
    yield


@asynccontextmanager
async def client(names: Names, pvs: Mapping[str, Any] | None = None) -> AsyncIterator[Context]:
    """Give the page a ``ctx``, and serve these PVs."""
    async with Context(timeout=SECONDS) as ctx, Server(pvs):
        names["ctx"] = ctx
        yield ctx
