"""A peer of pvaPy, which speaks PVAccess by pvAccessCPP: nothing of PVXS is in it."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .line_process import LineProcess
from .ports import free_port

if TYPE_CHECKING:
    from collections.abc import Mapping

HAVE_PVAPY = importlib.util.find_spec("pvaccess") is not None
NO_PVAPY = "pvapy is not installed: it has wheels for CPython 3.10 to 3.13 on Linux and macOS"


class PvapyError(RuntimeError):
    """pvaPy reports a failure."""


class Pvapy:
    """A server of pvaPy with the PVs of ``pvapy_process.py``, and a client of the server of ``config``.

    A process of its own: pvaPy brings its own libCom.
    """

    def __init__(self, config: Mapping[str, str]) -> None:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("EPICS_PVA")}
        port = free_port()
        own = {
            "EPICS_PVAS_SERVER_PORT": str(port),
            "EPICS_PVAS_BROADCAST_PORT": str(free_port()),
            "EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1",
            "EPICS_PVAS_BEACON_ADDR_LIST": "127.0.0.1",
            "EPICS_PVAS_AUTO_BEACON_ADDR_LIST": "NO",
        }
        self.address = f"127.0.0.1:{port}"
        """Where its server is."""
        path = str(Path(__file__).with_name("pvapy_process.py"))
        self._process = LineProcess([sys.executable, path], env={**inherited, **config, **own})
        self._process.ready()

    def run(self, verb: str, name: str, *words: object) -> Any:
        """Run ``get``, ``put``, ``monitor`` or ``rpc`` as a client; return what came as plain Python.

        Raises:
            PvapyError: pvaPy reports an error.
        """
        start = len(self._process.messages())
        self._process.send(json.dumps([verb, name, *words]))
        outcome = self._process.wait(lambda _: True, start=start, timeout=40.0)
        if outcome["event"] == "failed":
            raise PvapyError(f"{outcome['error']}: {outcome['message']}")
        return outcome["value"]

    def close(self) -> None:
        """End the process.

        Raises:
            RuntimeError: It ended with an error status.
        """
        if status := self._process.close():
            raise RuntimeError(f"The process of pvaPy ended with status {status}.")
