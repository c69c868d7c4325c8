"""A Value is for one thread at a time; distinct ones are independent, and many threads may read one."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from aiopvxs_core.data import Member, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T

TYPE = TypeDef(
    T.Struct,
    [
        Member(T.Float64A, "array"),
        Member(T.StringA, "texts"),
        Member(T.Struct, "inner", [Member(T.Int32, "number"), Member(T.String, "text")]),
        Member(T.Any, "any"),
    ],
)
THREADS = 8
LARGE = 1_000_000


@pytest.fixture
def no_switching() -> Iterator[None]:
    """A thread keeps the GIL until it gives it up itself."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1000.0)
    yield
    sys.setswitchinterval(usual)


@pytest.fixture
def frequent_switching() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def together(work: Callable[[int], None]) -> None:
    """Run ``work`` in THREADS threads that begin at the same time."""
    barrier = threading.Barrier(THREADS)

    def begin(number: int) -> None:
        barrier.wait(20)
        work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(begin, number) for number in range(THREADS)]:
            done.result(60)


def filled(number: int) -> Value:
    value = TYPE.create()
    value.assign(
        {
            "array": np.full(20_000, float(number)),
            "texts": [f"{number}"] * 10,
            "inner": {"number": number, "text": f"text {number}"},
            "any": number,
        }
    )
    return value


def test_many_threads_read_one_value(frequent_switching: None) -> None:
    value = filled(3)
    expected = value.as_dict()

    def read(_: int) -> None:
        for _ in range(30):
            assert value.as_dict() == expected
            assert value.as_array("array").sum() == 60_000.0
            assert value["inner.text"] == value.inner["text"] == "text 3"
            assert value.clone() == value
            assert str(value).startswith("struct {")
            assert value.any == 3

    together(read)
    assert value.as_dict() == expected


def test_distinct_values_are_independent(frequent_switching: None) -> None:
    shared = filled(0)

    def use(number: int) -> None:
        own = shared.clone()
        given = np.full((LARGE, 2), number, "i4")[:, 0]
        for turn in range(5):
            own["array"] = given  # copied with the GIL released
            own["inner"] = {"number": number + turn, "text": f"{number}"}
            own["any"] = f"{number}"
            assert own.as_array("array").sum() == LARGE * number
            assert own.as_dict("inner") == {"number": number + turn, "text": f"{number}"}
            assert own.any == f"{number}"
            other = filled(number)
            other.assign(own)
            assert other == own

    together(use)
    assert shared == filled(0)


def test_types_are_met_by_many_threads(frequent_switching: None) -> None:
    def use(number: int) -> None:
        for turn in range(200):
            value = TypeDef(T.Struct, [Member(T.Int32, f"f{number}"), Member(T.Int32, f"g{turn}")]).create()
            for _ in range(3):
                value[f"g{turn}"] = number
            assert value.as_dict() == {f"f{number}": 0, f"g{turn}": number}

    together(use)


def test_large_copies_release_the_gil(no_switching: None) -> None:
    value = TYPE.create()
    large = np.zeros((LARGE, 2), "i4")[:, 0]
    small = large[:10]
    started, gate, went_on = threading.Event(), threading.Lock(), []
    gate.acquire()

    def wait() -> None:
        started.set()
        gate.acquire()
        went_on.append(True)

    thread = threading.Thread(target=wait)
    thread.start()
    started.wait()
    gate.release()  # from here on it waits for nothing but the GIL
    for _ in range(1000):
        value["array"] = small
        value["inner.number"] = 5
        value.as_dict()
    assert not went_on
    for _ in range(2000):  # it has to wake up, on a busy machine, within one of the copies
        value["array"] = large
        if went_on:
            break
    assert went_on
    thread.join()
