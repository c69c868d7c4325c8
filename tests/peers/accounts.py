"""A server with access security, and clients that it takes for those of other accounts and hosts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from aiopvxs import Context, Server, SharedPV
from aiopvxs.client import RemoteError
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config

from .impostor import Impostor

__all__ = ["CONSOLE", "OTHER", "RULES", "allowed", "double", "monitored", "names", "serve", "until_end"]

RULES = """
UAG(operators) {anna}
UAG(experts) {"role/carl"}
HAG(console) {127.5.5.5}
ASG(DEFAULT) {
    RULE(1, READ)
    RULE(0, WRITE) {UAG(operators) HAG(console)}
    RULE(1, WRITE) {UAG(experts)}
}
ASG(SECRET) {
    RULE(1, READ) {UAG(operators)}
    RULE(1, WRITE, TRAPWRITE) {UAG(experts)}
}
ASG(CLOSED) {
    RULE(1, NONE)
}
"""

CONSOLE, OTHER = "127.5.5.5", "127.5.5.6"

As = Callable[..., AbstractAsyncContextManager[Context]]


def double(value: float = 1.0, **options: Any) -> SharedPV:
    return SharedPV(NTScalar(T.Float64), value, **options)


@asynccontextmanager
async def serve(pvs: Any, access: Any, **options: Any) -> AsyncIterator[tuple[Server, As]]:
    """Give a server, and a function that makes a Context which the server takes for another's."""
    async with Server(pvs, Config.isolated(), access=access, **options) as server:

        @asynccontextmanager
        async def client(account: str | None, host: str = CONSOLE) -> AsyncIterator[Context]:
            with Impostor(server.config.tcp_port, account, host) as impostor:
                async with Context(impostor.config, use_env=False, timeout=20.0) as ctx:
                    ctx.impostor = impostor  # type: ignore[attr-defined]
                    yield ctx

        yield server, client


async def names(ctx: Any) -> list[str]:
    impostor = ctx.impostor
    return list(await ctx.list(f"{impostor.address}:{impostor._port}", timeout=20.0))


async def allowed(operation: Any) -> bool:
    """Whether it was; if not, the error says so."""
    (result,) = await asyncio.gather(operation, return_exceptions=True)
    if isinstance(result, RemoteError):
        assert str(result).startswith("Access denied: "), result
        return False
    assert not isinstance(result, BaseException), result
    return True


async def monitored(ctx: Context, name: str) -> bool:
    async with ctx.monitor(name) as sub:
        return await allowed(sub.first(timeout=20.0))


async def until_end(sub: Any) -> None:
    async for _ in sub:
        pass
