"""A wire between two network namespaces: ``wire_process.py NAMESPACE ADDRESS NAMESPACE ADDRESS``.

Puts a TUN device into each namespace and carries packets between them, late or not at all, as told by JSON
lines on its standard input: ``{"delay": SECONDS, "loss": 0…1, "cut": BOOL}``; each is answered by a line with
the number of packets carried and lost so far. It ends with its standard input, and the devices with it.

A wire of our own, since not every kernel has netem, and since a link that is down is noticed at once by those
it is taken from: a cut wire is silent.
"""

from __future__ import annotations

import fcntl
import heapq
import itertools
import json
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000


def plug(name: str, namespace: str, address: str) -> int:
    """Make a device in a namespace; return the descriptor its packets come through."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    for command in (
        ["ip", "link", "set", name, "netns", namespace],
        ["ip", "-n", namespace, "address", "add", f"{address}/24", "dev", name],
        ["ip", "-n", namespace, "link", "set", name, "up"],
        ["ip", "-n", namespace, "link", "set", "lo", "up"],
    ):
        subprocess.run(command, check=True)
    return device


class Wire:
    """Two devices and what happens between them."""

    def __init__(self, devices: tuple[int, int]) -> None:
        self._other = {devices[0]: devices[1], devices[1]: devices[0]}
        self._chance = random.Random(1)
        self._late: list[tuple[float, int, int, bytes]] = []
        self._numbers = itertools.count()
        self.delay, self.loss, self.cut = 0.0, 0.0, False
        self.carried = self.lost = 0

    def run(self) -> None:
        """Carry packets until the standard input ends."""
        while True:
            wait = max(0.0, self._late[0][0] - time.monotonic()) if self._late else None
            ready, _, _ = select.select([0, *self._other], [], [], wait)
            for device in ready:
                if device != 0:
                    self._take(device)
                elif not self._obey():
                    return
            while self._late and self._late[0][0] <= time.monotonic():
                _, _, device, packet = heapq.heappop(self._late)
                self._give(device, packet)

    def _take(self, device: int) -> None:
        packet = os.read(device, 65536)
        if self.cut or self._chance.random() < self.loss:
            self.lost += 1
            return
        due = time.monotonic() + self.delay
        heapq.heappush(self._late, (due, next(self._numbers), self._other[device], packet))

    def _give(self, device: int, packet: bytes) -> None:
        if self.cut:  # it was on its way
            self.lost += 1
            return
        try:
            os.write(device, packet)
            self.carried += 1
        except (BlockingIOError, OSError):  # the queue is full, or the device is down: lost, as on any wire
            self.lost += 1

    def _obey(self) -> bool:
        line = sys.stdin.readline()
        if not line:
            return False
        for name, setting in json.loads(line).items():
            setattr(self, name, setting)
        say(event="done", carried=self.carried, lost=self.lost)
        return True


def say(**message: object) -> None:
    """Print one message."""
    print(json.dumps(message), flush=True)


def main() -> None:
    """Carry until end of input."""
    ends = zip(sys.argv[1::2], sys.argv[2::2], strict=True)
    first, second = (plug(f"wire{number}", *end) for number, end in enumerate(ends))
    say(event="ready")
    Wire((first, second)).run()


if __name__ == "__main__":
    main()
