"""The forms that the project began with stay valid, word for word."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from aiopvxs import Context
from complaints import complaints
from peers.ports import free_port

FORMS = """
import asyncio
import aiopvxs
assert aiopvxs.get_version_str().startswith("PVXS 1."), aiopvxs.get_version_str()
assert aiopvxs.get_version_int() > 0 and aiopvxs.get_version_abi_int() > 0

from aiopvxs.data import TypeCodeEnum as T, Member as M, TypeDef, Value, NoConvert
from aiopvxs.nt import NTScalar, NTEnum
from aiopvxs.server import Server, SharedPV
from aiopvxs.client import Context, RemoteError

val = NTScalar(T.Int32A).create()
assert isinstance(NTScalar(T.Int32A).build(), TypeDef)
val['value'] = [-1, -2, -3]
val.alarm.message = "ints are negative"
pv = SharedPV(); pv.open(val)

ctx = Context()

async def main():
    put_op = ctx.put("test:pv:int32", {'value': [1, 2, 3], 'alarm.message': "positive"})
    assert isinstance(put_op, asyncio.Future)
    await put_op
    cancelled = ctx.put("test:pv:int32", {'value': [9]})
    cancelled.cancel()
    got = await ctx.get("test:pv:int32")
    print(got); got.as_dict()
    assert [type(f) for f in got] == [Value] * 3
    assert got.as_dict()["value"] in ([1, 2, 3], [9])
    assert got.as_string("alarm.message") == "positive"

with Server({"test:pv:int32": pv}) as srv:
    asyncio.run(main())
    asyncio.run(main())

y1 = M(T.Bool, "flag"); y2 = M(T.Int16, "number32"); y3 = M(T.Int64A, "array64")
y0 = M(T.String, "desc"); y4 = M(T.Struct, "sub", {y1, y2, y3})
v = TypeDef(T.Struct, [y0, y1, y4]).create()
v.desc = "s"; v['flag'] = True; v['sub.flag'] = False; v.sub.number32 = -888; v.sub["array64"] = [1, 2, 3]
assert v.as_dict() == {"desc": "s", "flag": True,
                       "sub": {"array64": [1, 2, 3], "flag": False, "number32": -888}}
assert (int(v.sub.number32), float(v.sub.number32), bool(v.flag), str(v.desc)) == (-888, -888.0, True, "s")
for name in '''as_array as_bool as_dict as_float as_float_list as_int as_int_list as_list as_string
               as_string_list as_py assign cloneEmpty get id type storageType equalInst equalType'''.split():
    assert callable(getattr(Value, name)), name
try:
    v.sub.number32 = "many"
except NoConvert:
    pass
else:
    raise AssertionError("stored")

for error in ("Error", "RemoteError", "Disconnected", "Timeout", "Overflow", "NotSupported", "Closed"):
    assert issubclass(getattr(aiopvxs, error), aiopvxs.Error)
assert aiopvxs.RemoteError is RemoteError is aiopvxs.client.RemoteError
"""

LAZY = """
import sys
import aiopvxs
assert "numpy" not in sys.modules and "aiopvxs.server" not in sys.modules
aiopvxs.client.Context, aiopvxs.server.Server, aiopvxs.data.Value, aiopvxs.nt.NTScalar
from aiopvxs import Context, Server, SharedPV
assert "numpy" not in sys.modules
value = aiopvxs.nt.NTScalar(aiopvxs.data.TypeCodeEnum.Float64A).create()
value.value.as_array()
assert "numpy" in sys.modules
assert not {"pvxslibs.path", "epicscorelibs.path", "setuptools", "setuptools_dso"} & set(sys.modules)
"""

RUN = """
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Server, SharedPV

pv = SharedPV(); pv.open(NTScalar(T.Int32A).create())
print("ready", flush=True)
Server({"test:pv:int32": pv}).run()
print("clean stop")
"""


@pytest.fixture
def environment() -> dict[str, str]:
    return os.environ | {
        "EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1",
        "EPICS_PVAS_SERVER_PORT": "0",
        "EPICS_PVA_ADDR_LIST": "127.0.0.1",
        "EPICS_PVA_AUTO_ADDR_LIST": "NO",
        "EPICS_PVA_BROADCAST_PORT": str(free_port()),
    }


@pytest.mark.parametrize("script", [FORMS, LAZY], ids=["forms", "lazy imports"])
def test_script(script: str, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (done.returncode, complaints(done.stderr)) == (0, "")


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
async def test_run_serves_until_a_signal(environment: dict[str, str], end: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RUN, env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    # it serves, so its signal handlers are in place

    async with Context(
        {key: value for key, value in environment.items() if key.startswith("EPICS_PVA_")}
    ) as ctx:
        await ctx.get("test:pv:int32", timeout=30)
    process.send_signal(end)
    output = await asyncio.wait_for(process.stdout.read(), 20)
    assert (output, await process.wait()) == (b"clean stop\n", 0)
