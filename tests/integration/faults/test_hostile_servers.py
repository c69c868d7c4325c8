"""Servers that send garbage, half messages and lies at each stage of a conversation."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from peers import HostileServers, OwnClient, ScriptedServer


def peak_mib(pid: int) -> int:
    """The most memory that the process ever had resident."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("the resident size is read from /proc, which this system does not have")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


@pytest.mark.timeout(240)
def test_garbage_disturbs_only_who_sends_it(scripted_server: ScriptedServer) -> None:
    scripted_server.add("good", "int32", value=5)
    good = f"127.0.0.1:{scripted_server.config['EPICS_PVA_BROADCAST_PORT']}"
    with HostileServers(seeds=(1, 2)) as hostile:
        config = {
            "EPICS_PVA_ADDR_LIST": f"{good} {hostile.search_address}",
            "EPICS_PVA_AUTO_ADDR_LIST": "NO",
            "EPICS_PVA_CONN_TMO": "3",
        }
        with OwnClient(config) as client:  # which ends with status 0: it has not crashed
            assert client.run("get", "good") == 5
            gets = [client.start("get", name, timeout=30) for name in hostile.names]
            end = time.monotonic() + 90
            count = 0
            while (count := count + 1) <= 300 or hostile.went_wrong() != set(hostile.names):
                assert client.run("get", "good") == 5
                client.run("put", "good", 5)
                assert time.monotonic() < end, set(hostile.names) - hostile.went_wrong()
            assert scripted_server.counts("good")["create"] == 1  # one connection, from first to last

            hostile.behave()
            for get in gets:
                outcome = client.end(get)  # flipped bits may make another value, or a refusal
                assert outcome["event"] == "done" or outcome["error"] in ("Timeout", "RemoteError"), outcome
            for get in [client.start("get", name) for name in hostile.names]:
                assert client.end(get, timeout=90)["value"] == 42
            assert peak_mib(client.pid) < 300
