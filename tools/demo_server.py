"""The server of ``dev.py demo``: the README's array, served on the loopback interface.

Prints on its first line, as JSON, what a client needs to find it; serves until SIGTERM, then prints the
value.
"""

from __future__ import annotations

import asyncio
import json

from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Server, SharedPV

# create Value
val = NTScalar(T.Int32A).create()
val["value"] = [-1, -2, -3, -4, -5]
val.alarm.message = "ints are negative"
# create SharedPV with Value
pv_int32 = SharedPV()
pv_int32.open(val)


async def main() -> None:
    server = Server({"test:pv:int32": pv_int32}, config=Config.isolated())
    server.start()
    print(json.dumps(dict(server.client_config())), flush=True)
    await server.serve_forever(signals=True)
    served = pv_int32.current
    print(f"the server stops; it served {served['value'].as_list()}, {served.as_string('alarm.message')!r}")


asyncio.run(main())
