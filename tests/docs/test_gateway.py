"""The configuration of p4p's gateway in docs/how-to/networks.md is one, with addresses of loopback."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

import peers
from aiopvxs import Context, Server, SharedPV
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config
from examples.fragments import DOCS
from examples.tasks import environment
from follow import blocks_of
from peers.line_process import LineProcess
from peers.ports import free_port


def configuration() -> Any:
    (block,) = (block for block in blocks_of(DOCS / "how-to" / "networks.md") if block.mark == "gateway")
    return json.loads(block.code)


@pytest.mark.usefixtures("p4p")
async def test_it_lets_a_client_through(tmp_path: Path) -> None:
    written = configuration()
    udp, tcp = free_port(), free_port()
    async with Server({"level": SharedPV(NTScalar(float), 1.5)}, Config.isolated()) as server:
        behind = server.client_config()
        written["clients"][0] |= {
            "addrlist": behind["EPICS_PVA_ADDR_LIST"],
            "bcastport": int(behind["EPICS_PVA_BROADCAST_PORT"]),
        }
        written["servers"][0] |= {
            "interface": ["127.0.0.1"],
            "addrlist": "127.0.0.1",
            "serverport": tcp,
            "bcastport": udp,
        }
        file = tmp_path / "gateway.json"
        file.write_text(json.dumps(written), encoding="utf-8")
        script = Path(peers.__file__).with_name("gateway_process.py")
        process = LineProcess([sys.executable, str(script), str(file)], env=environment({}))
        try:
            process.ready()
            settings = {"EPICS_PVA_NAME_SERVERS": f"127.0.0.1:{tcp}", "EPICS_PVA_AUTO_ADDR_LIST": "NO"}
            async with Context(settings, use_env=False, timeout=20.0) as ctx:
                assert (await ctx.get("level")).as_py("value") == 1.5
                assert (await ctx.connect("level")).peer == f"127.0.0.1:{tcp}"
        finally:
            process.close()
