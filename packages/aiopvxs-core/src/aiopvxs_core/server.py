"""Servers, sources and PVs, as the compiled module has them."""

from . import _core

__all__ = [
    "Access",
    "AccessRules",
    "AskingSource",
    "Executor",
    "Guarded",
    "Notice",
    "Opening",
    "Operation",
    "Question",
    "Server",
    "SharedPV",
    "SharedPVStat",
    "Sought",
    "Source",
    "Told",
    "restrict",
]

Access = _core.server.Access
AccessRules = _core.server.AccessRules
AskingSource = _core.server.AskingSource
Executor = _core.server.Executor
Guarded = _core.server.Guarded
Notice = _core.server.Notice
Opening = _core.server.Opening
Operation = _core.server.Operation
Question = _core.server.Question
Server = _core.server.Server
SharedPV = _core.server.SharedPV
SharedPVStat = _core.server.SharedPVStat
Sought = _core.server.Sought
Source = _core.server.Source
Told = _core.server.Told
restrict = _core.server.restrict
