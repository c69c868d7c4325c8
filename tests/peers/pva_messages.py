"""As much of the PVAccess protocol as a server needs that has one int32 PV and answers gets.

Sizes and strings here are shorter than 254 bytes, and servers speak little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

VALIDATION, ECHO, SEARCH, SEARCH_REPLY, CREATE, VALIDATED, GET = 1, 2, 3, 4, 7, 9, 10
OK = b"\xff"
# struct with one field: int32 value
TYPE = b"\x80\x00\x01\x05value\x22"


def message(command: int, body: bytes, flags: int = 0x40) -> bytes:
    """A message of a server."""
    return struct.pack("<BBBBI", 0xCA, 2, flags, command, len(body)) + body


def set_byte_order() -> bytes:
    """The control message that begins a connection: little-endian."""
    return struct.pack("<BBBBI", 0xCA, 2, 0x41, 2, 0)


def validation() -> bytes:
    """Ask the client who it is."""
    return message(VALIDATION, struct.pack("<IH", 0x10000, 0x7FFF) + b"\x01\x09anonymous")


def search_reply(guid: bytes, sequence: int, port: int, number: int) -> bytes:
    """A PV was found: at that TCP port of the sender's address."""
    head = guid + struct.pack("<I", sequence) + bytes(16) + struct.pack("<H", port)
    return message(SEARCH_REPLY, head + b"\x03tcp\x01" + struct.pack("<HI", 1, number))


@dataclass(frozen=True)
class Searched:
    """A name that a client searches for."""

    sequence: int
    number: int
    name: str


def searched(data: bytes) -> Iterator[Searched]:
    """The names in a search message."""
    if len(data) < 36 or data[3] != SEARCH:
        return
    order = ">" if data[2] & 0x80 else "<"
    (sequence,) = struct.unpack_from(f"{order}I", data, 8)
    at = 34  # behind flags, address and port
    protocols, at = data[at], at + 1
    for _ in range(protocols):
        at += 1 + data[at]
    (count,) = struct.unpack_from(f"{order}H", data, at)
    at += 2
    for _ in range(count):
        (number,) = struct.unpack_from(f"{order}I", data, at)
        length = data[at + 4]
        yield Searched(sequence, number, data[at + 5 : at + 5 + length].decode())
        at += 5 + length
