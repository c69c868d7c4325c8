"""Servers, sources and PVs, as the compiled module has them."""

from . import _core

__all__ = [
    "Executor",
    "Notice",
    "Operation",
    "OperationKind",
    "Server",
    "SharedPV",
    "SharedPVStat",
    "Source",
    "Told",
]

Executor = _core.server.Executor
Notice = _core.server.Notice
Operation = _core.server.Operation
OperationKind = _core.server.OperationKind
Server = _core.server.Server
SharedPV = _core.server.SharedPV
SharedPVStat = _core.server.SharedPVStat
Source = _core.server.Source
Told = _core.server.Told
