"""Servers that speak PVAccess well up to a point, and nonsense from there on."""

from __future__ import annotations

import contextlib
import itertools
import random
import socket
import struct
import threading
from typing import TYPE_CHECKING

from . import pva_messages as pva
from .mischief import KINDS, cut, flipped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Self

STAGES = ("greeting", "validated", "created", "init", "exec")
ANSWER = 42


class _Ended(Exception):
    """The connection is over."""


class _Connection:
    """One connection of a client to one of the servers."""

    def __init__(self, server: _Server, stream: socket.socket) -> None:
        self._server = server
        self._stream = stream
        self._order = "<"

    def serve(self) -> None:
        with self._stream, contextlib.suppress(_Ended, OSError):
            self._stream.sendall(pva.set_byte_order())
            self._say("greeting", pva.validation())
            while True:
                self._answer(*self._receive())

    def _receive(self) -> tuple[int, bytes]:
        head = self._exactly(8)
        self._order = ">" if head[2] & 0x80 else "<"
        length = 0 if head[2] & 1 else struct.unpack(f"{self._order}I", head[4:])[0]
        return head[3] | (head[2] & 1) << 8, self._exactly(length)

    def _exactly(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            part = self._stream.recv(length - len(data))
            if not part:
                raise _Ended
            data += part
        return data

    def _number(self, body: bytes, at: int) -> int:
        return int(struct.unpack_from(f"{self._order}I", body, at)[0])

    def _answer(self, command: int, body: bytes) -> None:
        if command == pva.VALIDATION:
            self._say("validated", pva.message(pva.VALIDATED, pva.OK))
        elif command == pva.ECHO:
            self._stream.sendall(pva.message(pva.ECHO, body))
        elif command == pva.CREATE:
            channel = self._number(body, 2)
            # a number of each channel's own: PVXS does not survive a server that gives one to two of them
            own = next(self._server.numbers)
            self._say("created", pva.message(pva.CREATE, struct.pack("<II", channel, own) + pva.OK))
        elif command == pva.GET:
            request, step = self._number(body, 4), body[8]
            head = struct.pack("<IB", request, step) + pva.OK
            if step & 0x08:
                self._say("init", pva.message(pva.GET, head + pva.TYPE))
            else:
                value = b"\x01\x02" + struct.pack("<i", ANSWER)  # the marks, and what they mark
                self._say("exec", pva.message(pva.GET, head + value))

    def _say(self, stage: str, honest: bytes) -> None:
        server = self._server
        server.reached.add(stage)
        if stage != server.stage or server.behaving.is_set():
            self._stream.sendall(honest)
            return
        data, then = KINDS[server.kind](server.chance, honest)
        self._stream.sendall(data)
        if then == "is silent":
            while self._stream.recv(4096):  # until the client has enough of it
                pass
        raise _Ended


class _Server:
    """A TCP port with one PV, and where it goes wrong."""

    def __init__(self, name: str, stage: str, kind: str, behaving: threading.Event) -> None:
        self.stage, self.kind, self.behaving = stage, kind, behaving
        self.chance = random.Random(name)
        self.guid = self.chance.randbytes(12)
        self.reached: set[str] = set()
        self.numbers = itertools.count(1)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                stream, _ = self.listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=_Connection(self, stream).serve, daemon=True).start()

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(10.0)
        self.listener.close()


class HostileServers:
    """Many servers on loopback, each with one PV and one kind of mischief at one stage.

    Their PVs are called ``bad:STAGE:KIND:SEED``. After :meth:`behave` each answers a get with 42.
    """

    def __init__(self, seeds: Iterable[int] = (1,)) -> None:
        self._behaving = threading.Event()
        self._servers: dict[str, _Server] = {}
        for seed, stage, kind in itertools.product(seeds, STAGES, KINDS):
            name = f"bad:{stage}:{kind}:{seed}"
            self._servers[name] = _Server(name, stage, kind, self._behaving)
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self.search_address = f"127.0.0.1:{self._udp.getsockname()[1]}"
        """Where to search for their PVs: an entry of EPICS_PVA_ADDR_LIST."""
        self._thread = threading.Thread(target=self._answer_searches, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._udp.getsockname())
        self._thread.join(10.0)
        self._udp.close()
        for server in self._servers.values():
            server.close()

    @property
    def names(self) -> list[str]:
        """All their PVs."""
        return list(self._servers)

    def behave(self) -> None:
        """From now on all of them are honest."""
        self._behaving.set()

    def went_wrong(self) -> set[str]:
        """The PVs whose servers were asked for what they answer with mischief."""
        return {name for name, server in self._servers.items() if server.stage in server.reached}

    def _answer_searches(self) -> None:
        while True:
            data, sender = self._udp.recvfrom(65536)
            if not data:
                return
            for found in pva.searched(data):
                server = self._servers.get(found.name)
                if server is None:
                    continue
                reply = pva.search_reply(server.guid, found.sequence, server.port, found.number)
                self._udp.sendto(reply, sender)
                if not self._behaving.is_set():
                    for wrong in (cut(server.chance, reply), flipped(server.chance, reply)):
                        self._udp.sendto(wrong, sender)
