"""Normative types beside those of p4p and beside what other libraries do with ready arrays. No network."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bench.environments import bitshuffle_python
from bench.harness import Bench, BenchmarkError, Clients, Row, ask, installed, medians, p4p_worker, worker
from bench.table import brief

if TYPE_CHECKING:
    from collections.abc import Mapping


class Operation(NamedTuple):
    """One line of the table."""

    name: str
    title: str
    reference: str
    """With what it is compared: a worker."""
    times: int
    """How often in one round: some tens of milliseconds."""
    target: str = ""


OPERATIONS = (
    Operation("unwrap", "NTScalar to a reading; p4p's `NTScalar.unwrap`", "p4p", 50_000, "≤ 0.33"),
    Operation("unwrap_parts", "the same, and its value, severity and time stamp", "p4p", 10_000),
    Operation(
        "image",
        "NTNDArray of 2048 x 2048 uint16 to ndarray; p4p's `NTNDArray.unwrap`",
        "p4p",
        2_000,
        "< 20 µs",
    ),
    Operation(
        "pandas",
        "NTTable of 10 columns, 100,000 rows, to pandas; `DataFrame(arrays, copy=False)`",
        "frames",
        100,
    ),
    Operation("arrow", "the same to arrow; `pyarrow.table(arrays)`", "frames", 200),
    Operation(
        "bslz4",
        "bslz4 of 2048 x 2048 uint16 to ndarray; `bitshuffle.decompress_lz4`, with one thread each",
        "bitshuffle",
        5,
        "≤ 1.1",
    ),
)


def rows(bench: Bench) -> list[Row]:
    """Times of the operations; that both come to the same is checked first."""
    python = bitshuffle_python()
    commands = {
        "p4p": p4p_worker("p4p_nt"),
        "frames": worker("frames_nt") if installed("pandas", "pyarrow") else [],
        "bitshuffle": [str(python), "-m", "bench.workers.bitshuffle_nt"] if python else [],
    }
    ours = worker("aiopvxs_nt")
    return [
        _row(bench, {"library": commands[each.reference], "aiopvxs": ours}, each)
        for each in OPERATIONS
        if commands[each.reference]
    ]


def _row(bench: Bench, commands: Mapping[str, list[str]], operation: Operation) -> Row:
    # of processes that did something else before, the memory is in pieces, and new images cost more
    workers: Clients = {name: bench.start(command)[0] for name, command in commands.items()}
    outcomes = {
        name: ask(worker, f"outcome 1 {operation.name}")["outcome"] for name, worker in workers.items()
    }
    if len(set(outcomes.values())) > 1:
        raise BenchmarkError(f"{operation.title}: the outcomes differ: {outcomes}")
    count = bench.scaled(operation.times, max(1, operation.times // 5))
    replies = bench.measure(workers, f"run {count} {operation.name}", bench.scaled(25, 5))
    return Row(operation.title, medians(replies, per=count), brief, operation.target)
