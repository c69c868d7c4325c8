"""What is made of an honest conversation."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from random import Random

from aiopvxs_core import features

from .recording import HEADER

__all__ = ["MUTATIONS", "mutated"]

Messages = list[bytes]

VALIDATION, CREATE, GET, PUT, MONITOR, RPC = 1, 7, 10, 11, 13, 20
COMMANDS = [*range(22), 22, 63, 127, 255]
ODD_BYTES = [0x00, 0x01, 0x7F, 0x80, 0x81, 0x88, 0xFC, 0xFD, 0xFE, 0xFF]
ODD_NUMBERS = [0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF]
# PVXS adds 8 to the size of a message in 32 bits, and keeps for ever who names one of the last 8:
# docs/explanation/hostile-clients.md
_LENGTHS = [*ODD_NUMBERS[:-2], 0xFFFFFFF7]
_LIMITED = "AIOPVXS_SANITIZED" in os.environ  # PVXS reserves memory for what it is told will come
_COUNTS = ODD_NUMBERS[:6] if _LIMITED else ODD_NUMBERS
# PVXS 1.4 follows them until its stack is full: docs/explanation/hostile-clients.md
_ANYS = [3, 50, 5000, 200_000] if "nesting_limit" in features else [3, 50]
# sizes as the protocol writes them: one byte, or 254 and four, or that and eight
ODD_SIZES = [b"\xfe" + struct.pack("<I", number) for number in _COUNTS] + [
    b"\xfe\xff\xff\xff\x7f" + struct.pack("<q", number) for number in (0, 1, 2**31, 2**62, -1)
]
# one member "a" of a structure, a union, an array of structures, of unions: type descriptors without an end
DEEP = [
    b"\x80\x00\x01\x01a",
    b"\x81\x00\x01\x01a",
    b"\x88\x80\x00\x01\x01a",
    b"\x89\x81\x00\x01\x01a",
]
WIDE = b"\x80\x00" + ODD_SIZES[3] + b"\x01a\x22" * 3
FIRST_CHANNEL, RPC_NUMBER = 0x07050301, 0x7000  # the first number is PVXS's own
EMPTY_REQUEST = b"\x80\x00\x00"


def message(command: int, body: bytes, flags: int = 0) -> bytes:
    """Return a message of a client."""
    order = ">" if flags & 0x80 else "<"
    return struct.pack(f"{order}BBBBI", 0xCA, 2, flags, command, len(body)) + body


def _body(chance: Random, messages: Messages, change: Callable[[bytearray], bytes | bytearray]) -> Messages:
    """Change the body of one message, whose size is right again afterwards."""
    at = _with_body(chance, messages)
    if at is None:
        return messages
    body = bytes(change(bytearray(messages[at][HEADER:])))
    order = ">" if messages[at][2] & 0x80 else "<"
    head = messages[at][:4] + struct.pack(f"{order}I", len(body))
    return [*messages[:at], head + body, *messages[at + 1 :]]


def _with_body(chance: Random, messages: Messages) -> int | None:
    """The place of a message that has a body; more often one of the later ones."""
    places = [at for at, each in enumerate(messages) if len(each) > HEADER]
    return places[-1 - int(len(places) * chance.random() ** 2)] if places else None


def _flip(chance: Random, messages: Messages) -> Messages:
    def change(body: bytearray) -> bytearray:
        for _ in range(chance.randint(1, 8)):
            body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        return body

    return _body(chance, messages, change)


def _odd_bytes(chance: Random, messages: Messages) -> Messages:
    def change(body: bytearray) -> bytearray:
        for _ in range(chance.randint(1, 4)):
            body[chance.randrange(len(body))] = chance.choice(ODD_BYTES)
        return body

    return _body(chance, messages, change)


def _odd_number(chance: Random, messages: Messages) -> Messages:
    def change(body: bytearray) -> bytearray:
        at = chance.randrange(len(body))
        body[at : at + 4] = struct.pack("<I", chance.choice(ODD_NUMBERS))
        return body

    return _body(chance, messages, change)


def _odd_size(chance: Random, messages: Messages) -> Messages:
    """A count or length of any place is a huge one."""

    def change(body: bytearray) -> bytearray:
        at = chance.randrange(len(body))
        body[at : at + chance.randint(0, 1)] = chance.choice(ODD_SIZES)
        return body

    return _body(chance, messages, change)


def _inserted(chance: Random, messages: Messages) -> Messages:
    def change(body: bytearray) -> bytearray:
        at = chance.randint(0, len(body))
        body[at:at] = chance.choice(
            [chance.randbytes(chance.randint(1, 64)), bytes(chance.randint(1, 5000)), b"\xff" * 100]
        )
        return body

    return _body(chance, messages, change)


def _removed(chance: Random, messages: Messages) -> Messages:
    def change(body: bytearray) -> bytearray:
        at = chance.randrange(len(body))
        del body[at : at + chance.randint(1, 8)]
        return body

    return _body(chance, messages, change)


def _nested(chance: Random, messages: Messages) -> Messages:
    """A type that nests deeply, or has more members than follow, where a type may be."""

    def change(body: bytearray) -> bytes:
        at = chance.choice([9, 10, 11, chance.randint(0, len(body))])
        kinds = chance.choice([[chance.choice(DEEP)], DEEP])
        depth = chance.choice([5, 19, 20, 21, 100, 5000, 100_000])
        deep = b"".join(chance.choice(kinds) for _ in range(depth))
        return bytes(body[:at]) + chance.choice([deep, deep + b"\x22" * 10, WIDE])

    return _body(chance, messages, change)


def _nested_any(chance: Random, messages: Messages) -> Messages:
    """A value of Anys in Anys, as an RPC's argument, and where else bytes can be."""

    def change(body: bytearray) -> bytes:
        at = chance.choice([9, 9, 9, chance.randint(0, len(body))])
        return bytes(body[:at]) + b"\x82" * chance.choice(_ANYS) + b"\x22abcd"

    return _body(chance, messages, change)


def _cache(chance: Random, messages: Messages) -> Messages:
    """Types that are defined under a number, and used by another, or by their own."""

    def change(body: bytearray) -> bytes:
        number = struct.pack("<H", chance.choice([0, 1, 2, 0x7FFF, 0xFFFF]))
        kinds = [b"\xfe" + number, b"\xfd" + number + b"\x80\x00\x01\x01a\xfe" + number, b"\xfd" + number]
        return bytes(body[: chance.choice([9, 9, len(body)])]) + chance.choice(kinds) + bytes(body[9:])

    return _body(chance, messages, change)


def swelling(levels: int, width: int) -> Messages:
    """RPC arguments: each one's type has many members of the type before, which costs a few bytes each."""
    made = []
    for level in range(levels):
        before = b"\xfe" + struct.pack("<H", 100 + level) if level else b"\x80\x00\x00"
        members = (b"\x02" + b"%02x" % number + before for number in range(width))
        kind = b"\xfd" + struct.pack("<H", 101 + level) + b"\x80\x00" + bytes([width]) + b"".join(members)
        made.append(message(RPC, struct.pack("<IIB", FIRST_CHANNEL, RPC_NUMBER, 0) + kind))
    return made


def _swelling(chance: Random, messages: Messages) -> Messages:
    begin = message(RPC, struct.pack("<IIB", FIRST_CHANNEL, RPC_NUMBER, 8) + EMPTY_REQUEST)
    return [*messages, begin, *swelling(chance.randint(1, 2 if _LIMITED else 5), chance.choice([2, 10, 100]))]


def _lying(chance: Random, messages: Messages) -> Messages:
    """A header that says another size, command, version or order of bytes, or claims to be a segment."""
    at = chance.randrange(len(messages))
    head = bytearray(messages[at][:HEADER])
    what = chance.randrange(5)
    if what == 0:
        lengths = [*_LENGTHS, len(messages[at]) - HEADER + chance.randint(-9, 9)]
        head[4:8] = struct.pack("<I", max(0, chance.choice(lengths)))
    elif what == 1:
        head[3] = chance.choice(COMMANDS)
    elif what == 2:
        head[2] ^= chance.choice([0x80, 0x40, 0x01, 0x10, 0x20, 0x30, 0x08])
    elif what == 3:
        head[1] = chance.choice([0, 1, 3, 255])
    else:
        head[0] = chance.choice([0, 0xCB, 0xFF])
    return [*messages[:at], bytes(head) + messages[at][HEADER:], *messages[at + 1 :]]


def _segments(chance: Random, messages: Messages) -> Messages:
    """A message in parts: as it should be, without an end, in disorder, or with another between."""
    at = chance.randrange(len(messages))
    body, command = messages[at][HEADER:], messages[at][3]
    cuts = sorted(chance.randint(0, len(body)) for _ in range(chance.randint(1, 6)))
    parts = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    flags = [0x10, *[0x30] * (len(parts) - 2), 0x20]
    made = [message(command, part, flag) for part, flag in zip(parts, flags, strict=True)]
    what = chance.randrange(5)
    if what == 1:
        made.pop()
    elif what == 2:
        chance.shuffle(made)
    elif what == 3:
        made.insert(1, chance.choice(messages))
    elif what == 4:
        made[1:1] = [message(command, b"x" * 50_000, 0x30)] * 100
    return [*messages[:at], *made, *messages[at + 1 :]]


def _order(chance: Random, messages: Messages) -> Messages:
    """Messages come twice, not at all, many times, or in another order."""
    at = chance.randrange(len(messages))
    what = chance.randrange(4)
    if what == 0:
        return [*messages[:at], *messages[at + 1 :]]
    if what == 1:
        return [*messages[: at + 1], *messages[at:]]
    if what == 2:
        return [*messages[:at], *[messages[at]] * 500, *messages[at:]]
    tail = messages[at:]
    chance.shuffle(tail)
    return [*messages[:at], *tail]


def _other(chance: Random, messages: Messages) -> Messages:
    """Messages that no honest client sends."""
    made = []
    for _ in range(chance.randint(1, 20)):
        ids = struct.pack("<II", *(chance.choice([0, 1, FIRST_CHANNEL, 0x12345678, 2**32 - 1]) for _ in "ab"))
        body = ids + bytes([chance.choice([0, 4, 8, 0x10, 0x40, 0x44, 0x80, 0x88, 0xFF])])
        body += chance.choice([b"", EMPTY_REQUEST, chance.randbytes(chance.randint(0, 50)), b"\xff" * 20])
        made.append(message(chance.choice(COMMANDS), body, chance.choice([0, 0, 0, 0x80, 0x01])))
    at = chance.randint(0, len(messages))
    return [*messages[:at], *made, *messages[at:]]


def _names(chance: Random, messages: Messages) -> Messages:
    """Channels of names that are long, empty, no text, or many."""
    names = [b"", b"\xff\xfe", b"x" * 253, b"fuzz:made:\xc3\x28", b"fuzz:made:" + b"y" * 200, b"a\x00b"]
    made = []
    for number in range(chance.choice([1, 10, 1000])):
        name = chance.choice([*names, b"fuzz:made:%d" % number, b"fuzz:int", b"server"])
        count = chance.choice([1, 1, 1, 0, 2, 0xFFFF])
        made.append(message(CREATE, struct.pack("<HI", count, number) + bytes([len(name)]) + name))
    return [*messages[:2], *made, *messages[2:]]


def _requests(chance: Random, messages: Messages) -> Messages:
    """Many operations of one channel at once, that are executed, cancelled and destroyed in any order."""
    made = []
    for _ in range(chance.choice([10, 300])):
        ids = struct.pack("<II", FIRST_CHANNEL, chance.randrange(20))
        command = chance.choice([GET, PUT, MONITOR, RPC])
        step = chance.choice([0x08, 0x88, 0x00, 0x40, 0x44, 0x04, 0x10, 0x80])
        tail = EMPTY_REQUEST if step & 0x08 else chance.choice([b"", b"\x00", b"\x01\x02\x05\x00\x00\x00"])
        if step & 0x80:
            tail += struct.pack("<I", chance.choice(ODD_NUMBERS))
        made.append(message(command, ids + bytes([step]) + tail))
        if chance.random() < 0.2:
            made.append(message(chance.choice([15, 21]), ids))
    return [*messages, *made]


MUTATIONS: dict[str, Callable[[Random, Messages], Messages]] = {
    "flipped bits": _flip,
    "odd bytes": _odd_bytes,
    "odd numbers": _odd_number,
    "odd sizes": _odd_size,
    "more bytes": _inserted,
    "fewer bytes": _removed,
    "deep types": _nested,
    "Anys in Anys": _nested_any,
    "types by number": _cache,
    "types that swell": _swelling,
    "lying headers": _lying,
    "segments": _segments,
    "another order": _order,
    "other messages": _other,
    "names": _names,
    "requests": _requests,
}


def mutated(chance: Random, messages: Messages) -> tuple[list[str], Messages]:
    """Return what was done, and the messages."""
    names = chance.choices(list(MUTATIONS), k=chance.choice([0, 1, 1, 1, 2, 3]))
    for name in names:
        if messages:
            messages = MUTATIONS[name](chance, messages)
    return names, messages
