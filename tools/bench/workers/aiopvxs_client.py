"""The client that is measured: aiopvxs as a user writes it. ``--uvloop`` runs it on uvloop."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from typing import TYPE_CHECKING

import aiopvxs.client

from .protocol import BATCH, IN_FLIGHT, Counter, Worker, obey, scalar, updating

if TYPE_CHECKING:
    from aiopvxs.data import Value


class Client(Worker):
    """Each method does ``count`` operations."""

    def __init__(self) -> None:
        self.context = aiopvxs.client.Context()

    async def end(self) -> None:
        """Close the Context."""
        await self.context.aclose()

    async def get_one_by_one(self, count: int, name: str) -> None:
        """Read one PV again and again."""
        for _ in range(count):
            await self.context.get(name)

    async def put_one_by_one(self, count: int, name: str) -> None:
        """Write one PV again and again."""
        for number in range(count):
            await self.context.put(name, float(number))

    async def get_at_once(self, count: int, width: str) -> None:
        """Read that many PVs, all together."""
        names = [scalar(number) for number in range(int(width))]
        await asyncio.gather(*(self.context.get(names[number % len(names)]) for number in range(count)))

    async def get_in_flight(self, count: int, width: str) -> None:
        """Keep IN_FLIGHT reads under way: the oldest is awaited, then another begins."""
        names = [scalar(number) for number in range(int(width))]
        under_way: deque[asyncio.Future[Value]] = deque()
        for number in range(count):
            if len(under_way) == IN_FLIGHT:
                await under_way.popleft()
            name = names[number % len(names)]
            under_way.append(self.context.get(name))
        for get in under_way:
            await get

    async def put_at_once(self, count: int, width: str) -> None:
        """Write that many PVs, all together."""
        names = [scalar(number) for number in range(int(width))]
        await asyncio.gather(
            *(self.context.put(names[number % len(names)], float(number)) for number in range(count))
        )

    async def monitor(self, count: int, which: str) -> dict[str, object]:
        """Receive that many updates of PVs that the server posts."""
        names = updating(which)
        counter = Counter(len(names), count)

        async def watch(name: str) -> None:
            async with self.context.monitor(name) as updates:
                await updates.first()
                counter.first(name)
                seen = 0
                async for _ in updates:
                    seen += 1
                    if seen == BATCH:
                        counter.updates(seen)
                        seen = 0

        tasks = [asyncio.ensure_future(watch(name)) for name in names]
        result = await counter.complete
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return result

    async def get_cold(self, count: int, _: str) -> None:
        """Read many PVs through a new Context; its end is part of it."""
        async with aiopvxs.client.Context() as fresh:
            await asyncio.gather(*(fresh.get(scalar(number)) for number in range(count)))


def main() -> None:
    """Obey until end of input."""
    loop: asyncio.AbstractEventLoop
    if "--uvloop" in sys.argv:
        import uvloop

        loop = uvloop.new_event_loop()
    else:
        loop = asyncio.new_event_loop()
    obey(loop, Client)


if __name__ == "__main__":
    main()
