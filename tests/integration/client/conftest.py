"""A server of ours with a few PVs, and a client of it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTEnum, NTScalar
from aiopvxs.server import Config


@pytest.fixture
def pvs() -> dict[str, SharedPV]:
    return {
        "int8": SharedPV(NTScalar(T.Int8), 1),
        "int": SharedPV(NTScalar(T.Int32, display=True), 5),
        "double": SharedPV(NTScalar(T.Float64), 1.5),
        "string": SharedPV(NTScalar(T.String), "text"),
        "array": SharedPV(NTScalar(T.Float64A), [1.0, 2.0]),
        "enum": SharedPV(NTEnum(), {"value": {"index": 0, "choices": ["off", "on", "12"]}}),
        "spare": SharedPV(NTScalar(T.Int32), 0),
        "readonly": SharedPV.readonly(NTScalar(T.Int32), 7),
    }


@pytest.fixture
def own_server(pvs: dict[str, SharedPV]) -> Iterator[Server]:
    with Server(pvs, Config.isolated()) as running:
        yield running


@pytest.fixture
async def own_ctx(own_server: Server) -> AsyncIterator[Context]:
    async with Context(own_server.client_config(), use_env=False, timeout=20.0) as context:
        yield context


class LogLines(logging.Handler):
    """The lines of a logger, which can be awaited."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._new = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line."""
        self.lines.append(record.getMessage())
        self._new.set()

    async def first(self, count: int) -> list[str]:
        """Wait for so many lines."""

        async def enough() -> None:
            while len(self.lines) < count:
                self._new.clear()
                await self._new.wait()

        await asyncio.wait_for(enough(), 20.0)
        return self.lines[:count]


@pytest.fixture
async def client_log() -> AsyncIterator[LogLines]:
    """What ``aiopvxs.client`` logs."""
    lines = LogLines()
    logger = logging.getLogger("aiopvxs.client")
    logger.addHandler(lines)
    yield lines
    logger.removeHandler(lines)


class NotifierLoop(asyncio.SelectorEventLoop):
    """A loop that watches no descriptors for others, as the proactor loop of Windows: a thread does."""

    def add_reader(self, *args: object) -> None:
        raise NotImplementedError


# What depends on how a loop is woken, and on how it calls back.
LOOPS = {
    "test_context.py": ["asyncio", "notifier", "uvloop"],
    "test_gets_together.py": ["asyncio", "notifier", "uvloop"],
    "test_put.py": ["asyncio", "uvloop"],
    "test_rpc.py": ["asyncio", "uvloop"],
}


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run the tests of some modules on several kinds of event loop."""
    factories: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
        "asyncio": asyncio.new_event_loop,
        "notifier": NotifierLoop,
    }
    with contextlib.suppress(ImportError):  # there is none for Windows
        import uvloop

        factories["uvloop"] = uvloop.new_event_loop
    wanted = LOOPS.get(item.path.name, ["asyncio"])
    return {name: factories[name] for name in wanted if name in factories}
