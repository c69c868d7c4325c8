"""A process ends at once and with status 0, whatever is pending."""

from __future__ import annotations

import subprocess
import sys

import pytest

from complaints import complaints

SCRIPT = """
import asyncio, sys
from aiopvxs import Context, Server, SharedPV
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config

server = Server({"x": SharedPV(NTScalar(T.Int32), 1), "closed": SharedPV()}, Config.isolated())
server.start()
ctx = Context(server.client_config(), use_env=False)
pending = []

async def main():
    await ctx.get("x")
    await ctx.put("x", 2)
    for number in range(20):
        pending.append(ctx.get("x"))
        pending.append(ctx.put("x", number))
        pending.append(ctx.get("closed"))
        pending.append(ctx.put("closed", number))
        pending.append(ctx.get(f"nowhere:{number}"))
        pending.append(ctx.monitor("x"))
        ctx.monitor("x", pending.append)
        ctx.monitor(f"nowhere:{number}", pending.append)
    await pending[-1].first()

if sys.argv[1] == "uvloop":
    import uvloop
    loop = uvloop.new_event_loop()
else:
    loop = asyncio.new_event_loop()
loop.slow_callback_duration = 60  # a busy machine is no error
loop.run_until_complete(main())
if sys.argv[2] == "closed":
    loop.close()
print("end")
"""


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("state", ["open", "closed"])
@pytest.mark.timeout(240)
def test_process_with_pending_operations_exits_with_status_0(loop: str, state: str) -> None:
    for _ in range(25):  # with both states: 50 for each loop
        finished = subprocess.run(
            [sys.executable, "-W", "ignore::ResourceWarning", "-c", SCRIPT, loop, state],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=20,
            check=False,
        )
        assert (finished.returncode, finished.stdout, complaints(finished.stderr)) == (0, "end\n", "")
