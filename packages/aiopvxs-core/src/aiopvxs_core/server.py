"""Servers, sources and PVs, as the compiled module has them."""

from . import _core

__all__ = [
    "AskingSource",
    "Executor",
    "Notice",
    "Opening",
    "Operation",
    "OperationKind",
    "Server",
    "SharedPV",
    "SharedPVStat",
    "Sought",
    "Source",
    "Told",
]

AskingSource = _core.server.AskingSource
Executor = _core.server.Executor
Notice = _core.server.Notice
Opening = _core.server.Opening
Operation = _core.server.Operation
OperationKind = _core.server.OperationKind
Server = _core.server.Server
SharedPV = _core.server.SharedPV
SharedPVStat = _core.server.SharedPVStat
Sought = _core.server.Sought
Source = _core.server.Source
Told = _core.server.Told
