"""The bridge between pvxs threads and event loops.

Completions are made here without any server: closing a Context ends its pending operations with Closed, and
those travel from C++ through the queue like any other.
"""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Callable, Coroutine, Iterator

import pytest
import uvloop

from aiopvxs import Closed, Context
from aiopvxs._loop import Bridge, bridge_of
from aiopvxs.client._request import make_request
from aiopvxs_core.queue import CompletionQueue

NOWHERE = {"EPICS_PVA_ADDR_LIST": "127.0.0.1:9", "EPICS_PVA_AUTO_ADDR_LIST": "NO"}


class ProactorLike(asyncio.SelectorEventLoop):
    """A loop that watches no descriptors for others, as the proactor loop of Windows."""

    def add_reader(self, *args: object) -> None:
        raise NotImplementedError


NewLoop = Callable[[], asyncio.AbstractEventLoop]
LOOPS: dict[str, NewLoop] = {
    "asyncio": asyncio.SelectorEventLoop,
    "notifier-thread": ProactorLike,
    "uvloop": uvloop.new_event_loop,
}


@pytest.fixture(params=LOOPS)
def new_loop(request: pytest.FixtureRequest) -> NewLoop:
    return LOOPS[request.param]


@pytest.fixture
def context() -> Iterator[Context]:
    made = Context(NOWHERE, use_env=False)
    yield made
    made.close()


def run(loop: asyncio.AbstractEventLoop, main: Coroutine[object, object, object]) -> None:
    try:
        loop.run_until_complete(main)
    finally:
        loop.close()


async def pend_and_close(context: Context, count: int) -> None:
    """Leave so many operations pending, close, and see each of them end."""
    pending = [context.get(f"nowhere:{number}") for number in range(count)]
    await asyncio.to_thread(context.close)
    results = await asyncio.wait_for(asyncio.gather(*pending, return_exceptions=True), 20)
    assert [type(result) for result in results] == [Closed] * count
    assert len(bridge_of(asyncio.get_running_loop())) == 0


def test_completions_wake_the_loop(new_loop: NewLoop, context: Context) -> None:
    run(new_loop(), pend_and_close(context, 3))


def test_more_completions_than_one_drain_takes(new_loop: NewLoop, context: Context) -> None:
    run(new_loop(), pend_and_close(context, 3000))


def test_several_loops_in_one_process_share_a_context(context: Context) -> None:
    started = threading.Barrier(4)
    failures: list[BaseException] = []

    async def main() -> None:
        pending = context.get("nowhere")
        await asyncio.to_thread(started.wait, 20)
        with pytest.raises(Closed):
            await asyncio.wait_for(pending, 20)

    def thread(new: NewLoop) -> None:
        try:
            run(new(), main())
        except BaseException as exc:  # noqa: BLE001 - shown by the test's own thread
            failures.append(exc)

    threads = [threading.Thread(target=thread, args=(new,)) for new in LOOPS.values()]
    for each in threads:
        each.start()
    started.wait(20)
    context.close()
    for each in threads:
        each.join(20)
    assert not failures


def test_loop_closed_while_operations_are_pending(new_loop: NewLoop, context: Context) -> None:
    loop = new_loop()

    async def leave_pending() -> list[asyncio.Future[object]]:
        return [context.get("nowhere") for _ in range(10)]  # type: ignore[misc]

    pending = loop.run_until_complete(leave_pending())
    loop.close()
    context.close()  # completions for a loop that is gone
    assert not any(operation.done() for operation in pending)

    # and another loop is not disturbed
    other = Context(NOWHERE, use_env=False)
    run(new_loop(), pend_and_close(other, 2))


def test_loop_can_be_collected_with_its_bridge(new_loop: NewLoop) -> None:
    loop = new_loop()
    context = Context(NOWHERE, use_env=False)
    run(loop, pend_and_close(context, 1))
    gone = weakref.ref(loop)
    del loop
    run(new_loop(), pend_and_close(Context(NOWHERE, use_env=False), 1))  # sweeps closed loops
    gc.collect()
    assert gone() is None


async def test_error_in_one_target_is_reported_and_the_batch_goes_on(context: Context) -> None:
    loop = asyncio.get_running_loop()
    reported: list[dict[str, object]] = []
    loop.set_exception_handler(lambda _, what: reported.append(what))
    bridge = bridge_of(loop)

    def broken(item: object) -> None:
        raise LookupError("broken target")

    token = bridge.register(broken)
    waiter = context._core.get("nowhere", make_request(), bridge.queue, token)
    assert waiter is not None
    sound = context.get("nowhere")
    await asyncio.to_thread(context.close)
    with pytest.raises(Closed):
        await asyncio.wait_for(sound, 20)
    bridge.forget(token)
    assert [str(what["exception"]) for what in reported] == ["broken target"]


async def test_completion_of_a_forgotten_token_is_dropped(context: Context) -> None:
    bridge = bridge_of(asyncio.get_running_loop())
    token = bridge.register(lambda item: pytest.fail("was forgotten"))
    waiter = context._core.get("nowhere", make_request(), bridge.queue, token)
    assert waiter is not None
    bridge.forget(token)
    other = context.get("nowhere")
    context.close()
    with pytest.raises(Closed):
        await asyncio.wait_for(other, 20)


async def test_one_bridge_per_loop() -> None:
    loop = asyncio.get_running_loop()
    assert bridge_of(loop) is bridge_of(loop)
    assert isinstance(bridge_of(loop), Bridge)


def test_closed_queue_ends_a_waiting_thread() -> None:
    queue = CompletionQueue()
    ended = threading.Event()

    def wait() -> None:
        assert queue.wait() is False
        ended.set()

    thread = threading.Thread(target=wait)
    thread.start()
    queue.close()
    assert ended.wait(20)
    thread.join()
    assert queue.closed
    assert len(queue) == 0


def test_operation_needs_a_running_loop(context: Context) -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        context.get("x")
