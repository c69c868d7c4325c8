"""The values of a mailbox server in a file, over its restarts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

from aiopvxs_core.errors import Error

from ..server import SharedPV
from ._file import write_whole
from ._run import say

__all__ = ["Keeper"]


class Keeper:
    """Reads and writes the file.

    Raises:
        ValueError: the file is there, but not one of these.
        OSError: it cannot be read.
    """

    def __init__(self, path: Path, pvs: Mapping[str, SharedPV]) -> None:
        self._path = path
        self._pvs = pvs
        self._kept: dict[str, object] = {}
        self._written = ""
        if path.exists():
            self._restore()

    def _restore(self) -> None:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
        except ValueError as exc:
            raise ValueError(f"{self._path} is no JSON: {exc}") from None
        if not isinstance(kept, dict):
            raise ValueError(f"{self._path} holds no values of PVs: it has to be a JSON object")
        self._kept = kept  # of PVs that are not served now as well: they stay in the file
        for name, pv in self._pvs.items():
            if name not in kept:
                continue
            value = pv.current
            try:
                value.from_json(json.dumps(kept[name]))
            except (Error, ValueError) as exc:
                raise ValueError(f"{self._path}: the value of PV {name!r} does not fit: {exc}") from None
            pv.post(value)

    def write(self) -> None:
        """Write what has changed since the last time.

        Raises:
            OSError: it cannot be written; the file is as it was.
        """
        now = {name: json.loads(pv.current.to_json()) for name, pv in self._pvs.items()}
        text = json.dumps(self._kept | now, indent=1) + "\n"
        if text == self._written:
            return
        write_whole(self._path, text.encode())
        self._written = text

    async def keep(self, period: float) -> None:
        """Write again and again; the last time is for the caller, after the server has stopped.

        A disk that is full does not end the server: what is wrong is told, once, and it is tried again.
        """
        told = ""
        while True:
            await asyncio.sleep(period)
            try:
                await asyncio.to_thread(self.write)
                told = ""
            except OSError as exc:
                if told != (told := str(exc)):
                    say(f"The values could not be saved, and it will be tried again: {exc}")
