"""Which handlers share a task: operations that come in one turn of the loop, without clients."""

from __future__ import annotations

import asyncio
import contextvars
import sys
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from aiopvxs.server._carriers import Carriers
from waiting import eventually

Handler = Callable[[str], Awaitable[object]]

variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="none")


class Serial:
    """A PV whose puts wait for one another, as far as handlers can tell."""

    @staticmethod
    def _holds(kind: str) -> bool:
        return kind == "put"


class Op:
    """As much of an operation as a carrier knows of."""

    kind = "rpc"
    finished = False
    _pv = Serial()

    def __init__(self, name: str) -> None:
        self.name = name
        self._task: asyncio.Task[object] | None = None
        self._stopped = False


class Outcomes:
    """What became of operations."""

    def __init__(self) -> None:
        self.ended: dict[str, object] = {}
        self.order: list[str] = []

    def _note(self, op: Any, outcome: object) -> None:
        assert op.name not in self.ended
        self.ended[op.name] = outcome
        self.order.append(op.name)
        op._task = None

    def succeeded(self, op: Any, result: object) -> None:
        self._note(op, result)

    def failed(self, op: Any, error: BaseException) -> None:
        self._note(op, error)

    def was_cancelled(self, op: Any) -> None:
        self._note(op, "cancelled")


class Bench:
    """Carriers of the running loop, and what brings them work."""

    left = 0

    def __init__(self) -> None:
        self.outcomes = Outcomes()
        self.tasks: set[asyncio.Task[object]] = set()
        self.carriers = Carriers(asyncio.get_running_loop(), self, self.outcomes, self.tasks)
        self.ops: dict[str, Op] = {}

    def add(self, name: str, handler: Handler) -> Op:
        self.ops[name] = op = Op(name)
        self.carriers.add(op, handler(name))  # type: ignore[arg-type]
        return op

    async def run(self, handler: Handler, *names: str) -> dict[str, object]:
        """Run them in one turn, and wait for all."""
        for name in names:
            self.add(name, handler)
        await eventually(lambda: len(self.outcomes.ended) == len(self.ops))
        return {name: self.outcomes.ended[name] for name in names}

    async def arrive(self, handler: Handler, *names: str) -> dict[str, object]:
        """Run them as they come from clients, in a callback of the loop; return what has ended after it."""
        ended: dict[str, object] = {}

        def callback() -> None:
            for name in names:
                self.left = len(names) - names.index(name) - 1
                self.add(name, handler)
            ended.update((name, self.outcomes.ended[name]) for name in names if name in self.outcomes.ended)

        asyncio.get_running_loop().call_soon(callback)
        await eventually(lambda: set(names) <= self.outcomes.ended.keys())
        return ended


async def which(name: str) -> object:
    """Tell which task this is, and keep nothing of it."""
    return id(asyncio.current_task())


async def test_those_of_a_turn_that_do_not_wait_share_a_task() -> None:
    found = await Bench().run(which, "a", "b", "c")
    assert len(set(found.values())) == 1


async def test_those_after_one_that_waits_have_tasks_of_their_own() -> None:
    gate = asyncio.Event()
    tasks: dict[str, asyncio.Task[Any] | None] = {}

    async def handler(name: str) -> object:
        tasks[name] = asyncio.current_task()
        if name == "c":
            gate.set()
        await gate.wait()
        return name

    assert await Bench().run(handler, "a", "b", "c") == {name: name for name in "abc"}
    assert len(set(tasks.values())) == 3


async def test_a_kept_task_is_of_one_handler() -> None:
    """As where a put replaces the movement that an earlier one began."""
    kept: list[asyncio.Task[Any]] = []

    async def handler(name: str) -> object:
        for task in kept:
            task.cancel()
        task = asyncio.current_task()
        assert task is not None
        kept.append(task)
        await asyncio.sleep(0) if name == "b" else None
        return name

    assert await Bench().run(handler, "a", "b") == {"a": "a", "b": "b"}


async def test_context_variables_end_with_their_handler() -> None:
    async def handler(name: str) -> object:
        before = variable.get()
        variable.set(name)
        return before

    assert set((await Bench().run(handler, "a", "b", "c")).values()) == {"none"}


async def test_what_cancels_itself_cancels_nothing_else() -> None:
    async def handler(name: str) -> object:
        task = asyncio.current_task()
        assert task is not None
        if name == "a":
            task.cancel()
            return name
        del task
        await asyncio.sleep(0)
        return name

    assert await Bench().run(handler, "a", "b", "c") == {name: name for name in "abc"}


async def test_an_operation_that_is_stopped_before_it_begins_does_not() -> None:
    begun: list[str] = []

    async def handler(name: str) -> object:
        begun.append(name)
        return name

    bench = Bench()
    for name in "abc":
        bench.add(name, handler)
    bench.ops["b"]._stopped = True
    assert await bench.run(handler) == {}
    assert bench.outcomes.ended == {"a": "a", "b": "cancelled", "c": "c"}
    assert begun == ["a", "c"]


async def test_tasks_that_are_cancelled_before_they_begin_leave_nothing_open() -> None:
    bench = Bench()
    for name in "abc":
        bench.add(name, which)
    for task in bench.tasks:
        task.cancel()
    assert await bench.run(which) == {}
    assert bench.outcomes.ended == dict.fromkeys("abc", "cancelled")
    assert await bench.run(which, "d") != {"d": "cancelled"}
    await asyncio.sleep(0)
    assert not bench.tasks


async def test_those_alone_too() -> None:
    gate = asyncio.Event()

    async def handler(name: str) -> object:
        await gate.wait()
        return name

    bench = Bench()
    for name in "abc":
        bench.add(name, handler)
    await asyncio.sleep(0)
    assert len(bench.tasks) == 3
    for task in bench.tasks:
        task.cancel()  # one waits, two have not begun
    assert await bench.run(handler) == {}
    assert bench.outcomes.ended == dict.fromkeys("abc", "cancelled")


async def test_one_that_takes_long_lets_the_loop_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiopvxs.server._carriers._SECONDS", -1.0)
    turns: list[int] = []
    turn = 0

    async def handler(name: str) -> object:
        turns.append(turn)
        return name

    bench = Bench()
    for name in "abc":
        bench.add(name, handler)
    while len(turns) < 3:
        turn += 1
        await asyncio.sleep(0)
    assert len(set(turns)) == 3


async def test_a_result_is_not_kept_while_the_next_waits() -> None:
    class Large:
        pass

    class Forgetful(Outcomes):
        def succeeded(self, op: Any, result: object) -> None:
            self._note(op, None)

    gate = asyncio.Event()
    results: list[weakref.ref[Large]] = []

    async def handler(name: str) -> object:
        if name == "b":
            await gate.wait()
            return None
        result = Large()
        results.append(weakref.ref(result))
        return result

    bench = Bench()
    bench.outcomes = bench.carriers._ends = Forgetful()
    for name in "ab":
        bench.add(name, handler)
    await eventually(lambda: bench.ops["b"]._task)
    assert [each() for each in results] == [None]
    gate.set()
    await bench.run(handler)


async def test_what_a_handler_starts_runs_in_the_same_turn() -> None:
    bench = Bench()

    async def handler(name: str) -> object:
        if name == "a":
            bench.add("c", which)
        return await which(name)

    await bench.run(handler, "a", "b")
    assert bench.outcomes.order == ["a", "b", "c"]
    assert len(set(bench.outcomes.ended.values())) == 1


async def test_the_task_of_one_turn_begins_that_of_the_next_at_once() -> None:
    bench = Bench()
    assert await bench.arrive(which, "a") == {}  # a task is made
    for name in "bcd":
        assert name in await bench.arrive(which, name)
    assert len(set(bench.outcomes.ended.values())) == 1
    assert not bench.tasks


async def test_it_begins_when_all_that_come_together_have_come() -> None:
    bench = Bench()
    await bench.arrive(which, "a")
    assert await bench.arrive(which, "b", "c", "d") == {}
    assert bench.outcomes.order == list("abcd")
    assert len(set(bench.outcomes.ended.values())) == 1


async def test_what_comes_while_a_task_runs_begins_in_a_later_turn() -> None:
    bench = Bench()
    await bench.arrive(which, "a")
    bench.add("b", which)
    assert "b" not in bench.outcomes.ended
    await bench.run(which)
    assert len(set(bench.outcomes.ended.values())) == 1


@pytest.mark.parametrize("leaves", ["a variable", "a cancellation", "a reference", "nothing, but waits"])
async def test_no_turn_gets_a_task_in_which_something_was_left(leaves: str) -> None:
    kept: list[object] = []

    async def handler(name: str) -> object:
        task = asyncio.current_task()
        assert task is not None
        if leaves == "a variable":
            variable.set(name)
        elif leaves == "a cancellation":
            task.cancel()
        elif leaves == "a reference":
            kept.append(task)
        else:
            await asyncio.sleep(0)
        return weakref.ref(task)

    bench = Bench()
    await bench.arrive(handler, "a")
    await bench.arrive(handler, "b")
    first, second = bench.outcomes.ended.values()
    assert first is not second
    await eventually(lambda: not bench.tasks)


async def test_one_that_takes_long_begins_the_rest_in_a_later_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    await bench.arrive(which, "a")
    monkeypatch.setattr("aiopvxs.server._carriers._SECONDS", -1.0)
    await bench.arrive(which, "b", "c", "d")
    assert len(set(bench.outcomes.ended.values())) == 1


async def test_a_task_without_work_is_none_of_the_programs() -> None:
    bench = Bench()
    await bench.arrive(which, "a")
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert not bench.tasks


async def test_a_task_without_work_ends_with_the_server() -> None:
    bench = Bench()
    await bench.arrive(which, "a")
    task = weakref.ref(bench.carriers._bell.task)  # type: ignore[arg-type]
    asyncio.get_running_loop().call_soon(bench.carriers.close)
    await eventually(lambda: task() is None)
    assert await bench.arrive(which, "b") == {}  # what still comes is run
    assert bench.carriers._bell.task is None


async def test_a_task_without_work_that_is_found_and_cancelled_costs_no_other() -> None:
    bench = Bench()
    await bench.arrive(which, "a")
    task = bench.carriers._bell.task
    assert task is not None
    task.cancel()
    await bench.arrive(which, "b")
    await bench.arrive(which, "c")
    assert list(bench.outcomes.ended) == ["a", "b", "c"]
    assert "cancelled" not in bench.outcomes.ended.values()


@pytest.mark.skipif(sys.version_info < (3, 12), reason="asyncio has eager tasks since Python 3.12")
async def test_tasks_that_begin_at_once() -> None:
    loop = asyncio.get_running_loop()
    factory = loop.get_task_factory()
    loop.set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined, unused-ignore]
    try:
        await test_those_after_one_that_waits_have_tasks_of_their_own()
        await test_a_kept_task_is_of_one_handler()
        await test_context_variables_end_with_their_handler()
        await test_what_cancels_itself_cancels_nothing_else()
    finally:
        loop.set_task_factory(factory)
