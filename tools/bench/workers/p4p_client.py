"""p4p's asyncio client, for comparison; values as p4p unwraps them by default."""

from __future__ import annotations

import asyncio
from collections import deque

from p4p.client.asyncio import Context, Subscription

from .protocol import BATCH, IN_FLIGHT, Counter, Worker, obey, scalar, updating


class Client(Worker):
    """Each method does ``count`` operations."""

    def __init__(self) -> None:
        self.context = Context("pva")

    async def end(self) -> None:
        """Close the Context."""
        self.context.close()

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
        under_way: deque[asyncio.Future[object]] = deque()
        for number in range(count):
            if len(under_way) == IN_FLIGHT:
                await under_way.popleft()
            name = names[number % len(names)]
            under_way.append(asyncio.ensure_future(self.context.get(name)))
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

        def watch(name: str) -> Subscription:
            begun, seen = False, 0

            async def receive(_: object) -> None:
                nonlocal begun, seen
                if not begun:
                    begun = True
                    counter.first(name)
                    return
                seen += 1
                if seen == BATCH:
                    counter.updates(seen)
                    seen = 0

            return self.context.monitor(name, receive)

        subscriptions = [watch(name) for name in names]
        result = await counter.complete
        for each in subscriptions:
            each.close()
        return result

    async def get_cold(self, count: int, _: str) -> None:
        """Read many PVs through a new Context; its end is part of it."""
        with Context("pva") as fresh:
            await asyncio.gather(*(fresh.get(scalar(number)) for number in range(count)))


if __name__ == "__main__":
    obey(asyncio.new_event_loop(), Client)
