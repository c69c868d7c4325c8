"""Two hosts and a wire between them, made of network namespaces: for what loopback cannot show."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from .line_process import LineProcess

if TYPE_CHECKING:
    from typing_extensions import Self


class NoNetwork(RuntimeError):
    """This system does not let the tests make network namespaces; the text says why."""


class Host:
    """A network namespace with an address of its own."""

    def __init__(self, namespace: str, address: str) -> None:
        self.namespace = namespace
        self.address = address

    @property
    def prefix(self) -> list[str]:
        """What a command begins with that is to run there."""
        return ["ip", "netns", "exec", self.namespace]

    def link(self, state: str) -> None:
        """Take the host's end of the wire ``down`` or ``up``, which the host itself notices."""
        device = "wire0" if self.address.endswith(".1") else "wire1"
        subprocess.run(["ip", "-n", self.namespace, "link", "set", device, state], check=True)


class Network:
    """``server`` and ``client``, joined by a wire that can be slow, lossy or cut.

    Raises:
        NoNetwork: network namespaces or TUN devices cannot be had here.
    """

    def __init__(self) -> None:
        if os.name != "posix" or os.geteuid() != 0:
            raise NoNetwork("network namespaces are made by root only")
        if shutil.which("ip") is None or not Path("/dev/net/tun").exists():
            raise NoNetwork("network namespaces need the command ip and the device /dev/net/tun")
        self._stack = ExitStack()
        with ExitStack() as stack:
            self.server = self._host(stack, "server", "10.77.0.1")
            self.client = self._host(stack, "client", "10.77.0.2")
            ends = [end for host in (self.server, self.client) for end in (host.namespace, host.address)]
            script = str(Path(__file__).with_name("wire_process.py"))
            self._wire = LineProcess([sys.executable, script, *ends])
            stack.callback(self._wire.close)
            try:
                self._wire.ready()
            except EOFError:
                raise NoNetwork("no TUN device can be put into a network namespace here") from None
            self._stack = stack.pop_all()

    @staticmethod
    def _host(stack: ExitStack, role: str, address: str) -> Host:
        namespace = f"aiopvxs-{os.getpid()}-{role}"
        made = subprocess.run(["ip", "netns", "add", namespace], capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise NoNetwork(f"no network namespace can be made here: {made.stderr.strip()}")
        stack.callback(subprocess.run, ["ip", "netns", "delete", namespace], check=True)
        return Host(namespace, address)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def wire(
        self, *, delay: float | None = None, loss: float | None = None, cut: bool | None = None
    ) -> dict[str, int]:
        """Change the wire.

        Args:
            delay: seconds that each packet is on its way.
            loss: how many of all packets are lost, 0 to 1.
            cut: nothing passes, and nobody is told.

        Returns:
            How many packets were ``carried`` and ``lost`` so far.
        """
        asked = {"delay": delay, "loss": loss, "cut": cut}
        start = len(self._wire.messages())
        self._wire.send(json.dumps({name: value for name, value in asked.items() if value is not None}))
        done = self._wire.wait(lambda message: message["event"] == "done", start=start)
        return {name: int(done[name]) for name in ("carried", "lost")}

    def wait_lost(self, count: int, timeout: float = 60.0) -> None:
        """Wait until so many packets were lost.

        Raises:
            TimeoutError: They were not.
        """
        deadline = time.monotonic() + timeout
        while self.wire()["lost"] < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"The wire has lost {self.wire()['lost']} packets, not {count}.")
            time.sleep(0.02)
