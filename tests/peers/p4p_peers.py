"""p4p peers, each in a process of its own: p4p brings its own pvxs users and threads."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .line_process import LineProcess, Message

if TYPE_CHECKING:
    from collections.abc import Mapping


class P4pError(RuntimeError):
    """p4p reports a failure; ``kind`` is the name of its exception."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _start(script: str, config: Mapping[str, str]) -> LineProcess:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("EPICS_PVA")}
    path = str(Path(__file__).with_name(script))
    return LineProcess([sys.executable, path], env={**inherited, **config})


class P4pServer:
    """A p4p server with the PVs that ``p4p_server.py`` lists."""

    def __init__(self) -> None:
        self._process = _start("p4p_server.py", {})
        self._killed = False
        ready = self._process.ready()
        self.config: dict[str, str] = {key: str(value) for key, value in ready["config"].items()}
        """What a client needs to reach this server: EPICS_PVA_* keys."""

    def post(self, name: str, value: object) -> None:
        """Post to a PV."""
        self._command("post", name, value)

    def open_pv(self, name: str, value: object) -> None:
        """Open a PV that is not, or no longer."""
        self._command("open", name, value)

    def close_pv(self, name: str) -> None:
        """Close a PV: its channels end, and clients wait for it."""
        self._command("close", name)

    def release(self, name: str, error: str | None = None) -> int:
        """Answer the puts that are held; return how many there were."""
        return int(self._command("release", name, error))

    def _command(self, *words: object) -> Any:
        start = len(self._process.messages())
        self._process.send(json.dumps(words))
        return self._process.wait(lambda _: True, start=start)["value"]

    def kill(self) -> None:
        """End the process as a crash does."""
        self._killed = True
        self._process.kill()

    def close(self) -> None:
        """End the process.

        Raises:
            RuntimeError: It ended with an error status.
        """
        if (status := self._process.close()) and not self._killed:
            raise RuntimeError(f"The p4p server ended with status {status}.")


class P4pClient:
    """A p4p client of the server that ``config`` describes."""

    def __init__(self, config: Mapping[str, str]) -> None:
        self._process = _start("p4p_client.py", config)
        self._process.ready()

    def run(self, verb: str, name: str, *words: object) -> Any:
        """Run ``get``, ``put``, ``rpc`` or ``monitor``; return what came as plain Python.

        Raises:
            P4pError: p4p reports an error.
        """
        start = len(self._process.messages())
        self._process.send(json.dumps([verb, name, *words]))
        outcome: Message = self._process.wait(lambda _: True, start=start)
        if outcome["event"] == "failed":
            raise P4pError(outcome["error"], outcome["message"])
        return outcome["value"]

    async def __call__(self, verb: str, name: str, *words: object) -> Any:
        """As :meth:`run`, while the event loop goes on."""
        return await asyncio.to_thread(self.run, verb, name, *words)

    def close(self) -> None:
        """End the process.

        Raises:
            RuntimeError: It ended with an error status.
        """
        if status := self._process.close():
            raise RuntimeError(f"The p4p client ended with status {status}.")
