"""Operations on PVs that nobody serves cost nothing once they have ended."""

from __future__ import annotations

import asyncio
import gc

import pytest

from aiopvxs import Context, Timeout
from aiopvxs._loop import bridge_of
from aiopvxs_core.diagnostics import instance_snapshot

NOWHERE = {"EPICS_PVA_ADDR_LIST": "127.0.0.1:9", "EPICS_PVA_AUTO_ADDR_LIST": "NO"}
# pvxs's objects of one operation; its channels go later, when unused for 20 s
OPERATIONS = ("GPROp", "InfoOp", "SubscriptionImpl")


async def settled(count: int) -> dict[str, int]:
    """The counts of operations, once no more than ``count`` are left or time is up."""
    for _ in range(200):
        gc.collect()
        now = instance_snapshot()
        if sum(now.get(name, 0) for name in OPERATIONS) <= count:
            break
        await asyncio.sleep(0.05)
    return {name: now.get(name, 0) for name in OPERATIONS}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("end", ["timeout", "cancel"])
async def test_nothing_is_kept_of_unknown_pvs(end: str) -> None:
    async with Context(NOWHERE, use_env=False) as ctx:
        before = sum((await settled(0)).values())
        limit = 0.05 if end == "timeout" else None
        names = [f"nobody:{number}" for number in range(500)]
        operations = [
            *(ctx.get(name, timeout=limit) for name in names),
            *(ctx.put(name, 1, timeout=limit) for name in names),
            *(ctx.rpc(name, {}, timeout=limit) for name in names),
            *(ctx.info(name, timeout=limit) for name in names),
            ctx.get(names, timeout=limit),
            ctx.put(dict.fromkeys(names, 1), timeout=limit),
        ]
        assert ctx._core.channel_count == len(names)
        if end == "cancel":
            for operation in operations:
                operation.cancel()
        ended = await asyncio.gather(*operations, return_exceptions=True)
        kind = Timeout if end == "timeout" else asyncio.CancelledError
        assert {type(outcome) for outcome in ended} == {kind}
        assert ctx._core.channel_count == 0
        assert len(bridge_of(asyncio.get_running_loop())) == 0
        del ended, operations
        assert sum((await settled(before)).values()) <= before
