"""Our client in a process of its own: on another host, or where it might be brought down."""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .line_process import LineProcess, Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from typing_extensions import Self


class OwnClient:
    """A Context of aiopvxs in a process of its own.

    Args:
        config: its EPICS_PVA_* settings, over the defaults of pvxs.
        prefix: what its command begins with, as :attr:`Host.prefix`.
    """

    def __init__(self, config: Mapping[str, str], prefix: Sequence[str] = ()) -> None:
        script = str(Path(__file__).with_name("own_client_process.py"))
        self._process = LineProcess([*prefix, sys.executable, script, json.dumps(dict(config))])
        self._process.ready()
        self._ids = itertools.count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def start(self, verb: str, name: str, *arguments: object, **options: object) -> int:
        """Start ``get``, ``put`` or ``monitor``; return the operation's number."""
        number = next(self._ids)
        self._process.send(json.dumps([number, verb, name, *arguments, options]))
        return number

    def cancel(self, number: int) -> None:
        """Cancel an operation."""
        self._process.send(json.dumps([number, "cancel"]))

    def begun(self, number: int, timeout: float = 20.0) -> None:
        """Wait until an operation was started."""
        self._process.wait(lambda message: message.get("id") == number, timeout=timeout)

    def end(self, number: int, timeout: float = 60.0) -> Message:
        """Wait for the end of an operation: the message ``done``, ``failed`` or ``cancelled``."""
        return self._process.wait(
            lambda message: message.get("id") == number and message["event"] != "begun", timeout=timeout
        )

    def shown(self, number: int, *, count: int = 1, timeout: float = 60.0, **wanted: object) -> Message:
        """Wait for the ``count``-th message of a monitor with these members."""
        return self._process.wait(
            lambda message: all(message.get(key) == value for key, value in {"id": number, **wanted}.items()),
            count=count,
            timeout=timeout,
        )

    def run(self, verb: str, name: str, *arguments: object, timeout: float = 60.0, **options: object) -> Any:
        """Start an operation and return its value.

        Raises:
            AssertionError: It failed.
        """
        end = self.end(self.start(verb, name, *arguments, **options), timeout)
        assert end["event"] == "done", end
        return end["value"]

    def ended(self, number: int) -> bool:
        """Whether an operation has ended."""
        return any(
            message.get("id") == number and message["event"] != "begun"
            for message in self._process.messages()
        )

    def close(self) -> None:
        """End the process.

        Raises:
            RuntimeError: It ended with an error status: it crashed.
        """
        if status := self._process.close():
            raise RuntimeError(f"The client ended with status {status}.")
