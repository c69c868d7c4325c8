"""An IOC with QSRV 2, the server of the records that the tests read and write."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .line_process import LineProcess
from .ports import free_port

if TYPE_CHECKING:
    from typing_extensions import Self

HERE = Path(__file__).parent


class Ioc:
    """The IOC that pvxslibs brings, in a process of its own, on loopback only.

    Its records are those of ``records.db``, each name with :attr:`prefix` before it; ``readonly`` belongs to
    a group of ``records.acf`` that nobody may write to.
    """

    prefix = "IOC:"

    def __init__(self) -> None:
        self._udp, self._tcp, self._ca, self._repeater = (free_port() for _ in range(4))
        self._killed = False
        self._start()
        self.config: dict[str, str] = {
            "EPICS_PVA_ADDR_LIST": "127.0.0.1",
            "EPICS_PVA_AUTO_ADDR_LIST": "NO",
            "EPICS_PVA_BROADCAST_PORT": str(self._udp),
            "EPICS_PVA_SERVER_PORT": str(self._tcp),
        }
        """What a client needs to reach this IOC, and nothing else: EPICS_PVA_* keys."""
        self.address = f"127.0.0.1:{self._tcp}"
        """Its TCP address, for ``server=`` arguments; the same after a restart."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> None:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("EPICS_")}
        loopback = {
            "EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1",
            "EPICS_PVAS_BEACON_ADDR_LIST": "127.0.0.1",
            "EPICS_PVAS_AUTO_BEACON_ADDR_LIST": "NO",
            "EPICS_PVAS_BROADCAST_PORT": str(self._udp),
            "EPICS_PVAS_SERVER_PORT": str(self._tcp),
            "EPICS_CAS_INTF_ADDR_LIST": "127.0.0.1",
            "EPICS_CAS_BEACON_ADDR_LIST": "127.0.0.1",
            "EPICS_CAS_AUTO_BEACON_ADDR_LIST": "NO",
            "EPICS_CA_ADDR_LIST": "127.0.0.1",
            "EPICS_CA_AUTO_ADDR_LIST": "NO",
            "EPICS_CA_SERVER_PORT": str(self._ca),
            "EPICS_CA_REPEATER_PORT": str(self._repeater),
        }
        self._process = LineProcess(
            [
                sys.executable,
                "-W",
                "ignore",  # setuptools, which epicscorelibs imports, on pkg_resources
                str(HERE / "ioc_process.py"),
                str(HERE / "records.db"),
                f"P={self.prefix}",
                str(HERE / "records.acf"),
            ],
            env={**inherited, **loopback},
        )
        port = int(self._process.ready()["port"])
        if port != self._tcp:  # pvxs takes another one where this is taken
            self._process.close()
            raise RuntimeError(f"The IOC should be at port {self._tcp} and is at {port}.")

    def command(self, command: str) -> str:
        """Run an iocsh command, as ``dbpf("IOC:ao", "3")``, and return what it printed."""
        start = len(self._process.messages())
        self._process.send(command)
        return str(self._process.wait(lambda message: "printed" in message, start=start)["printed"])

    def put(self, record: str, value: object) -> None:
        """Write to a record from within, as its hardware would; ``record`` without the prefix."""
        self.command(f'dbpf("{self.prefix}{record}", "{value}")')

    def process(self, record: str) -> None:
        """Process a record."""
        self.command(f'dbtr("{self.prefix}{record}")')

    def kill(self) -> None:
        """End the process as a crash does."""
        self._killed = True
        self._process.kill()
        self._process.close()

    def stop(self) -> None:
        """End the process in the regular way."""
        self._killed = True
        self._end()

    def start(self) -> None:
        """Start again after :meth:`kill` or :meth:`stop`, on the same ports, with the records as at first."""
        self._start()
        self._killed = False

    def close(self) -> None:
        """End the process.

        Raises:
            RuntimeError: It ended with an error status.
        """
        if not self._killed:
            self._end()

    def _end(self) -> None:
        if status := self._process.close():
            raise RuntimeError(f"The IOC ended with status {status}.")
