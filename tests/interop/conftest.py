"""Our server, for the clients of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTEnum, NTScalar
from aiopvxs.server import Config, Server, SharedPV

if TYPE_CHECKING:
    from collections.abc import Iterator

CHOICES = ["off", "on", "fault"]


@pytest.fixture
def pvs() -> dict[str, SharedPV]:
    """One PV of every kind, open and writable; ``readonly`` is not, ``closed`` is neither."""
    return {
        "bool": SharedPV(nt=NTScalar(T.Bool), initial=True),
        "int": SharedPV(nt=NTScalar(T.Int32), initial=7),
        "uint64": SharedPV(nt=NTScalar(T.UInt64), initial=2**64 - 1),
        "double": SharedPV(nt=NTScalar(T.Float64), initial=1.5),
        "string": SharedPV(nt=NTScalar(T.String), initial="grün"),
        "ints": SharedPV(nt=NTScalar(T.Int32A), initial=[-1, -2, -3]),
        "doubles": SharedPV(nt=NTScalar(T.Float64A), initial=[0.1, 1e300]),
        "strings": SharedPV(nt=NTScalar(T.StringA), initial=["a", "b"]),
        "enum": SharedPV(nt=NTEnum(), initial={"value.index": 1, "value.choices": CHOICES}),
        "readonly": SharedPV.readonly(nt=NTScalar(T.Float64), initial=2.5),
        "closed": SharedPV(nt=NTScalar(T.Float64)),
    }


@pytest.fixture
def served(pvs: dict[str, SharedPV]) -> Iterator[Server]:
    """These PVs, served on loopback."""
    with Server(pvs, Config.isolated()) as server:
        yield server
