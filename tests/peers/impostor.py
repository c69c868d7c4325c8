"""A relay through which any PVAccess client appears as another account, from another address."""

from __future__ import annotations

import contextlib
import itertools
import socket
import struct
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from .pva_messages import VALIDATION

if TYPE_CHECKING:
    from typing_extensions import Self

_addresses = itertools.count(2)


class Impostor:
    """Passes on what clients and a server say, but for who the client says it is.

    It listens at an address of its own, on the server's port: for so a server's answer to a search over TCP,
    which tells the port alone, leads back to it.

    Args:
        port: the server's, at 127.0.0.1.
        account: the user that the client is made to be; None: nobody, it is anonymous.
        host: the address from which the server sees it come, 127.x.y.z.
    """

    def __init__(self, port: int, account: str | None, host: str = "127.0.0.1") -> None:
        self._port = port
        self._account = account
        self._host = host
        number = next(_addresses)
        self.address = f"127.77.{number // 250}.{number % 250 + 1}"
        self._lock = threading.Lock()
        self._ended = False
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    @property
    def config(self) -> dict[str, str]:
        """What a client needs to find the server through here, and nowhere else."""
        return {
            "EPICS_PVA_ADDR_LIST": "",
            "EPICS_PVA_AUTO_ADDR_LIST": "NO",
            "EPICS_PVA_NAME_SERVERS": f"{self.address}:{self._port}",
        }

    def __enter__(self) -> Self:
        self._listener = socket.create_server((self.address, self._port))
        self._sockets.append(self._listener)
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._ended = True
            for each in self._sockets:
                with contextlib.suppress(OSError):  # not connected
                    each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for each in self._sockets:
            each.close()

    def _start(self, function: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # it was shut down
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._port), source_address=(self._host, 0))
                with self._lock:
                    self._sockets += [client, server]
                    if self._ended:
                        return
                    self._start(self._pass_on, client, server, True)
                    self._start(self._pass_on, server, client, False)

    def _pass_on(self, source: socket.socket, target: socket.socket, change: bool) -> None:
        with contextlib.suppress(OSError), source.makefile("rb") as reader:
            while change and len(header := reader.read(8)) == 8:
                order = ">" if header[2] & 0x80 else "<"
                (size,) = struct.unpack(f"{order}I", header[4:])
                body = b"" if header[2] & 0x01 else reader.read(size)
                if not header[2] & 0x01 and header[3] == VALIDATION:
                    body = self._other(body)
                    header = header[:4] + struct.pack(f"{order}I", len(body))
                    change = False
                target.sendall(header + body)
            while data := reader.read1(65536):
                target.sendall(data)
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _other(self, body: bytes) -> bytes:
        """Change the answer to the server's question who the client is."""
        if self._account is None:
            return body[:8] + bytes([len(b"anonymous")]) + b"anonymous" + b"\xff"
        # sizes, "ca", a type: struct {string user, string host}, and the two texts
        start = body.index(b"\x04host\x60") + 6
        rest = body[start + 1 + body[start] :]
        account = self._account.encode()
        return body[:start] + bytes([len(account)]) + account + rest
