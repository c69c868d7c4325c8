"""Values beside those of p4p: reading, writing, dicts and arrays. No network."""

from __future__ import annotations

from typing import NamedTuple

from bench.harness import Bench, BenchmarkError, Clients, Row, ask, p4p_worker, rates, worker
from bench.table import per_second


class Operation(NamedTuple):
    """One line of the table."""

    name: str
    title: str
    times: int
    """How often in one round: some tens of milliseconds."""
    target: str = ""


OPERATIONS = (
    Operation("create", "an empty NTScalar of a ready type", 50_000, "≥ 1.5"),
    Operation("nt_to_dict", "NTScalar to dict", 10_000, "≥ 2.5"),
    Operation("nt_from_dict", "NTScalar from dict", 10_000, "≥ 1.5"),
    Operation("wide_to_dict", "200 fields to dict", 1_500, "≥ 2"),
    Operation("wide_from_dict", "200 fields from dict", 1_500, "≥ 2"),
    Operation("attribute_read", "`v.value`", 100_000, "≥ 1.5"),
    Operation("item_write", '`v["value"] = 5.0`', 200_000, "≥ 1.5"),
    Operation("nested_write", '`v["alarm.severity"] = 2`', 200_000),
    Operation("item_read", '`v["value"]`, of aiopvxs a live field', 200_000),
    Operation("typed_read", '`v.as_float("value")`, of p4p `v["value"]`', 200_000),
    Operation("clone", "copy of an NTScalar", 10_000),
    Operation("array_in", "100,000 doubles from numpy", 500),
    Operation("array_out", "100,000 doubles to numpy", 50_000),
    Operation("list_in", "100,000 doubles from list", 20),
    Operation("list_out", "100,000 doubles to list", 20),
    Operation("texts_in", "1,000 strings from list", 500),
    Operation("texts_out", "1,000 strings to list", 500),
    Operation("rows_in", "1,000 structures from list of dict", 20),
    Operation("rows_out", "1,000 structures to list of dict", 30),
)


def rows(bench: Bench) -> list[Row]:
    """Rates of the operations; that both come to the same is checked first."""
    commands = {"p4p": p4p_worker("p4p_data"), "aiopvxs": worker("aiopvxs_data")}
    workers = {name: bench.start(command)[0] for name, command in commands.items() if command}
    return [_row(bench, workers, operation) for operation in OPERATIONS]


def _row(bench: Bench, workers: Clients, operation: Operation) -> Row:
    outcomes = {
        name: ask(worker, f"outcome 1 {operation.name}")["outcome"] for name, worker in workers.items()
    }
    if len(set(outcomes.values())) > 1:
        shown = "\n".join(f"{name}: {outcome[:2000]}" for name, outcome in outcomes.items())
        raise BenchmarkError(f"{operation.title}: the outcomes differ:\n{shown}")
    count = bench.scaled(operation.times, max(1, operation.times // 5))
    replies = bench.measure(workers, f"run {count} {operation.name}", bench.scaled(25, 5))
    return Row(operation.title, rates(replies, count), per_second, operation.target)
