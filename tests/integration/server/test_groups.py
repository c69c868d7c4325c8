"""The groups of accounts, as this machine has them."""

from __future__ import annotations

import asyncio
import sys

import pytest

from aiopvxs.server import Operation
from peers.accounts import double, serve

pwd = pytest.importorskip("pwd", reason="the accounts of Windows are not known beforehand")
grp = pytest.importorskip("grp", reason="the accounts of Windows are not known beforehand")


def groups(account: str) -> list[str]:
    """Return what the system says."""
    user = pwd.getpwnam(account)
    others = (group.gr_name for group in grp.getgrall() if account in group.gr_mem)
    return sorted({grp.getgrgid(user.pw_gid).gr_name, *others})


@pytest.mark.skipif(
    sys.platform == "darwin", reason="accounts of macOS are in more groups than they are members of"
)
async def test_groups_are_those_of_the_account_whoever_else_is_asked_about() -> None:
    """PVXS asks the system in a way that is not for several threads."""
    accounts = [user.pw_name for user in pwd.getpwall()][:6]
    ops: dict[str, Operation] = {}
    pv = double()

    @pv.on_rpc
    async def _(op: Operation) -> None:
        ops[op.account] = op

    async with serve({"x": pv}, None) as (_server, client):
        for account in accounts:
            async with client(account) as ctx:
                await ctx.rpc("x", {})

    def ask(account: str) -> set[tuple[str, ...]]:
        return {tuple(ops[account]._core.roles()) for _ in range(300)}

    found = await asyncio.gather(*(asyncio.to_thread(ask, account) for account in accounts))
    assert dict(zip(accounts, found, strict=True)) == {each: {tuple(groups(each))} for each in accounts}
