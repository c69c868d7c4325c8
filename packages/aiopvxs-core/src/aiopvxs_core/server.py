"""Servers, sources and PVs, as the compiled module has them."""

from . import _core

__all__ = ["Server", "SharedPV", "SharedPVStat", "Source"]

Server = _core.server.Server
SharedPV = _core.server.SharedPV
SharedPVStat = _core.server.SharedPVStat
Source = _core.server.Source
