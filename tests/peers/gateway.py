"""p4p's PVAccess gateway between a server and its clients."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from .line_process import LineProcess
from .ports import free_port

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Self

STATUS = "gw:"


class Gateway:
    """A gateway to the server that ``behind`` describes, in a process of its own, on loopback only.

    Its own PVs have names that begin with ``gw:``.
    """

    def __init__(self, behind: Mapping[str, str], *, read_only: bool = False) -> None:
        udp, tcp = free_port(), free_port()
        settings = {
            "version": 2,
            "readOnly": read_only,
            "clients": [
                {
                    "name": "client",
                    "provider": "pva",
                    "addrlist": behind["EPICS_PVA_ADDR_LIST"],
                    "autoaddrlist": False,
                    "serverport": int(behind["EPICS_PVA_SERVER_PORT"]),
                    "bcastport": int(behind["EPICS_PVA_BROADCAST_PORT"]),
                }
            ],
            "servers": [
                {
                    "name": "server",
                    "clients": ["client"],
                    "interface": ["127.0.0.1"],
                    "addrlist": "127.0.0.1",
                    "autoaddrlist": False,
                    "serverport": tcp,
                    "bcastport": udp,
                    "statusprefix": STATUS,
                }
            ],
        }
        self.config: dict[str, str] = {
            "EPICS_PVA_ADDR_LIST": "127.0.0.1",
            "EPICS_PVA_AUTO_ADDR_LIST": "NO",
            "EPICS_PVA_BROADCAST_PORT": str(udp),
            "EPICS_PVA_SERVER_PORT": str(tcp),
        }
        """What a client needs to reach the gateway, and nothing else: EPICS_PVA_* keys."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("EPICS_PVA")}
        with TemporaryDirectory() as folder:  # read once, at the start
            path = Path(folder) / "gateway.json"
            path.write_text(json.dumps(settings))
            script = str(Path(__file__).with_name("gateway_process.py"))
            self._process = LineProcess([sys.executable, script, str(path)], env=inherited)
            self._process.ready()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process.

        Raises:
            RuntimeError: It ended with an error status.
        """
        if status := self._process.close():
            raise RuntimeError(f"The gateway ended with status {status}.")
