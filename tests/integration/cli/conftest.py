"""A server for the command ``aiopvxs``."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTEnum, NTScalar
from aiopvxs.server import Config, Server, SharedPV
from cli_process import Cli

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def pvs() -> dict[str, SharedPV]:
    """The PVs of ``served``."""
    choices = ["off", "on", "fault"]
    stamp = {"timeStamp.secondsPastEpoch": 1700000000, "timeStamp.nanoseconds": 5}
    double = NTScalar(T.Float64, units="mm")
    return {
        "double": SharedPV(nt=double, initial={"value": 1.5, "display.units": "mm", **stamp}),
        "int": SharedPV(nt=NTScalar(T.Int32), initial={"value": 7, **stamp}),
        "string": SharedPV(nt=NTScalar(T.String), initial={"value": "grün", **stamp}),
        "ints": SharedPV(nt=NTScalar(T.Int32A), initial={"value": list(range(30)), **stamp}),
        "enum": SharedPV(nt=NTEnum(), initial={"value.index": 1, "value.choices": choices, **stamp}),
        "alarm": SharedPV(
            nt=NTScalar(T.Float64),
            initial={"value": float("nan"), "alarm.severity": 2, "alarm.message": "stuck, really", **stamp},
        ),
        "readonly": SharedPV.readonly(nt=NTScalar(T.Float64), initial=2.5),
    }


@pytest.fixture
def served(pvs: dict[str, SharedPV]) -> Iterator[Server]:
    with Server(pvs, Config.isolated()) as server:
        yield server


@pytest.fixture
def cli(served: Server, stack: ExitStack) -> Cli:
    """Commands that find ``served``."""
    return Cli(served.client_config(), stack)
