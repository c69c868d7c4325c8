"""What a peer may send in the place of an honest message."""

from __future__ import annotations

import struct
from collections.abc import Callable
from random import Random
from typing import Literal, NamedTuple

from .pva_messages import GET, message


class Sent(NamedTuple):
    """Bytes, and what comes after them."""

    data: bytes
    then: Literal["closes", "is silent"]


def cut(chance: Random, honest: bytes) -> bytes:
    """The beginning of it."""
    return honest[: chance.randrange(len(honest))]


def flipped(chance: Random, honest: bytes) -> bytes:
    """A few bits of its body are others."""
    data = bytearray(honest)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(8, len(data)) if len(data) > 8 else chance.randrange(len(data))
        data[at] ^= 1 << chance.randrange(8)
    return bytes(data)


def _lying(honest: bytes, length: int) -> bytes:
    return honest[:4] + struct.pack("<I", length) + honest[8:]


def _nested(honest: bytes) -> bytes:
    """What begins an INIT, with a type that nests without end."""
    return message(GET, honest[8:14] + b"\x80\x00\x01\x01a" * 5000)


KINDS: dict[str, Callable[[Random, bytes], Sent]] = {
    "closes": lambda chance, honest: Sent(b"", "closes"),
    "is silent": lambda chance, honest: Sent(b"", "is silent"),
    "noise": lambda chance, honest: Sent(chance.randbytes(chance.randint(1, 4096)), "is silent"),
    "part and closes": lambda chance, honest: Sent(cut(chance, honest), "closes"),
    "part and is silent": lambda chance, honest: Sent(cut(chance, honest), "is silent"),
    "too long": lambda chance, honest: Sent(_lying(honest, 0xFFFFFFFF), "is silent"),
    "too short": lambda chance, honest: Sent(_lying(honest, max(0, len(honest) - 11)), "is silent"),
    "body of noise": lambda chance, honest: Sent(
        honest[:8] + chance.randbytes(max(0, len(honest) - 8)), "is silent"
    ),
    "flipped bits": lambda chance, honest: Sent(flipped(chance, honest), "is silent"),
    "nesting": lambda chance, honest: Sent(_nested(honest), "is silent"),
    "unknown command": lambda chance, honest: Sent(message(0xEE, b"?" * 50), "is silent"),
    "segments": lambda chance, honest: Sent(
        message(GET, b"x" * 60_000, flags=0x50) + message(GET, b"x" * 60_000, flags=0x70) * 20, "closes"
    ),
}
