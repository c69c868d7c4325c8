"""One hostile client, and the honest one that comes after it."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
from random import Random

from .mutation import message, mutated
from .recording import HEADER

__all__ = ["Corpus", "Reader", "attack", "connected", "honest_get"]

Corpus = dict[str, list[bytes]]
PATIENCE = 30.0


def connected(port: int) -> socket.socket:
    """Return a new connection to it."""
    stream = socket.create_connection(("127.0.0.1", port), PATIENCE)
    stream.settimeout(PATIENCE)
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return stream


def attack(seed: int, port: int, corpus: Corpus) -> str:
    """Be the client of that seed; return what it does."""
    chance = Random(seed)
    kind = chance.random()
    if kind < 0.03:
        return _dropped(chance, port)
    if kind < 0.05:
        return _noise(chance, port)
    name = chance.choice(sorted(corpus))
    what, messages = mutated(chance, list(corpus[name]))
    with contextlib.suppress(OSError):  # it has shut us out, as it may
        _speak(chance, port, messages)
    return f"{name} with {', '.join(what) or 'nothing else'}"


def _dropped(chance: Random, port: int) -> str:
    count = chance.choice([10, 100, 300])
    with contextlib.suppress(OSError):
        streams = [connected(port) for _ in range(count)]
        for stream in streams:
            if chance.random() < 0.3:  # without a farewell
                stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            stream.close()
    return f"{count} connections opened and dropped"


def _noise(chance: Random, port: int) -> str:
    data = chance.randbytes(chance.choice([1, 7, 8, 9, 1000, 200_000]))
    with contextlib.suppress(OSError), connected(port) as stream:
        stream.sendall(data)
        _drain(stream, 0.01)
    return f"{len(data)} bytes of noise"


def _speak(chance: Random, port: int, messages: list[bytes]) -> None:
    """Send messages, listening in between or not, and go: after all of them, or within one."""
    patient = chance.random() < 0.7
    with connected(port) as stream:
        if patient:
            _drain(stream, 0.05)
        last = chance.randrange(len(messages)) if messages and chance.random() < 0.15 else None
        for number, each in enumerate(messages):
            if number == last:
                stream.sendall(each[: chance.randint(0, len(each))])
                break
            stream.sendall(each)
            # answers come before the next message is sent, as an honest client has it
            if patient and number < 12:
                _drain(stream, 0.003)
        _drain(stream, chance.choice([0.0, 0.005, 0.02]))
        if chance.random() < 0.3:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _drain(stream: socket.socket, seconds: float) -> None:
    """Read what comes until nothing has come for so long; what is sent without end is not read to it."""
    for _ in range(20):
        if not select.select([stream], [], [], seconds)[0] or not stream.recv(65536):
            return


def honest_get(port: int) -> int:
    """Read ``fuzz:fixed`` as an honest client does.

    Raises:
        OSError: there is no answer.
    """
    with connected(port) as stream:
        reader = Reader(stream)
        stream.sendall(message(1, struct.pack("<IHH", 0x10000, 0x7FFF, 0) + b"\x09anonymous\xff"))
        reader.until(9)
        stream.sendall(message(7, struct.pack("<HI", 1, 1) + b"\x0afuzz:fixed"))
        created = reader.until(7)
        (channel,) = struct.unpack_from("<I", created, 4)
        # the fields of a request: field.value alone
        request = b"\x80\x00\x01\x05field\x80\x00\x01\x05value\x80\x00\x00"
        stream.sendall(message(10, struct.pack("<IIB", channel, 1, 0x08) + request))
        reader.until(10)
        stream.sendall(message(10, struct.pack("<IIB", channel, 1, 0x00)))
        answer = reader.until(10)
        return int(struct.unpack_from("<i", answer, len(answer) - 4)[0])


class Reader:
    """Messages of a server."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream

    def until(self, command: int) -> bytes:
        """Return the body of the next message with that command."""
        while True:
            head = self._exactly(HEADER)
            length = 0 if head[2] & 1 else struct.unpack_from("<I", head, 4)[0]
            body = self._exactly(length)
            if head[3] == command and not head[2] & 1:
                return body

    def _exactly(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            part = self._stream.recv(length - len(data))
            if not part:
                raise ConnectionError("the server has closed an honest connection")
            data += part
        return data
