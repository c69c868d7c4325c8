"""Our client against a p4p server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aiopvxs import Context, RemoteError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from peers import P4pServer


@pytest.fixture
async def ctx(p4p_server: P4pServer) -> AsyncIterator[Context]:
    async with Context(p4p_server.config, use_env=False, timeout=20.0) as context:
        yield context


@pytest.mark.parametrize(
    ("name", "initial", "new"),
    [
        ("double", 1.5, 2.25),
        ("int", 7, -8),
        ("string", "grün", "blå"),
        ("array", [0.0, 1.0, 2.0, 3.0, 4.0], [0.5]),
    ],
)
async def test_get_put_get(ctx: Context, name: str, initial: object, new: object) -> None:
    assert (await ctx.get(name)).as_dict()["value"] == initial
    await ctx.put(name, new)
    assert (await ctx.get(name)).as_dict()["value"] == new


async def test_enum(ctx: Context) -> None:
    assert (await ctx.get("enum")).as_dict()["value"] == {"index": 1, "choices": ["off", "on", "fault"]}
    await ctx.put("enum", "fault")
    assert (await ctx.get("enum")).as_dict()["value"]["index"] == 2
    await ctx.put("enum", 0)
    assert (await ctx.get("enum")).as_dict()["value"]["index"] == 0


async def test_handler_changes_or_refuses_a_put(ctx: Context) -> None:
    await ctx.put("clipped", 8)
    assert float((await ctx.get("clipped")).value) == 4.0
    with pytest.raises(RemoteError, match="above 10") as caught:
        await ctx.put("clipped", 11)
    assert caught.value.pv == "clipped"


async def test_pv_that_takes_no_puts(ctx: Context) -> None:
    assert float((await ctx.get("readonly")).value) == 2.5
    with pytest.raises(RemoteError) as caught:
        await ctx.put("readonly", 3)
    assert caught.value.pv == "readonly"
    assert float((await ctx.get("readonly")).value) == 2.5
