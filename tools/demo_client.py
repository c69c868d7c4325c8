"""The client of ``dev.py demo``: get, put, get, print, as in the README. Argument: the server's JSON."""

from __future__ import annotations

import asyncio
import json
import sys

import aiopvxs
from aiopvxs.client import Context

# instantiate new client Context
client_ctx = Context(json.loads(sys.argv[1]), use_env=False, timeout=10)


async def main() -> None:
    print(f"aiopvxs on {aiopvxs.get_version_str()}")
    before = await client_ctx.get("test:pv:int32")
    print(f"before the put: {before['value'].as_list()}, {before.as_string('alarm.message')!r}")

    # put new value
    new_value = {
        "value": [1, 2, 3, 4, 5],
        "alarm.message": "ints are positive",
    }
    await client_ctx.put("test:pv:int32", new_value)

    # get new value
    pv_int32 = await client_ctx.get("test:pv:int32")
    print(f"after the put:  {pv_int32['value'].as_list()}, {pv_int32.as_string('alarm.message')!r}")

    # print it
    print("----------- full pvxs.Value structure -----------")
    print(pv_int32)
    print("------ outer-most fields within pvxs.Value ------")
    # or iterate over outer-most members of received value
    for field, contents in pv_int32.as_dict().items():
        print(f"{field} is {contents}")
    if pv_int32["value"].as_list() == before["value"].as_list():
        sys.exit("The put did not change the served value.")


asyncio.run(main())
