"""PVAccess for Python: asyncio client and server over PVXS."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from aiopvxs_core import get_version_abi_int, get_version_int, get_version_str

from . import _compat as _compat

if TYPE_CHECKING:
    from aiopvxs_core import features
    from aiopvxs_core.errors import (
        Closed,
        Disconnected,
        Error,
        Forked,
        NotSupported,
        Overflow,
        RemoteError,
        Timeout,
    )

    from . import client, data, nt, server, sync
    from ._logging import set_log_level
    from .client import Context, as_coro
    from .server import Server, SharedPV

# Submodules, and names that live in one: both load at the first touch.
_SUBMODULES = ("client", "data", "nt", "server", "sync")
_NAMES = {
    "Closed": "aiopvxs_core.errors",
    "Context": "aiopvxs.client",
    "Disconnected": "aiopvxs_core.errors",
    "Error": "aiopvxs_core.errors",
    "Forked": "aiopvxs_core.errors",
    "NotSupported": "aiopvxs_core.errors",
    "Overflow": "aiopvxs_core.errors",
    "RemoteError": "aiopvxs_core.errors",
    "Server": "aiopvxs.server",
    "SharedPV": "aiopvxs.server",
    "Timeout": "aiopvxs_core.errors",
    "as_coro": "aiopvxs.client",
    "features": "aiopvxs_core",
    "set_log_level": "aiopvxs._logging",
}

__all__ = [
    "Closed",
    "Context",
    "Disconnected",
    "Error",
    "Forked",
    "NotSupported",
    "Overflow",
    "RemoteError",
    "Server",
    "SharedPV",
    "Timeout",
    "as_coro",
    "client",
    "data",
    "features",
    "get_version_abi_int",
    "get_version_int",
    "get_version_str",
    "nt",
    "server",
    "set_log_level",
    "sync",
]


def __getattr__(name: str) -> object:
    if name in _SUBMODULES:
        return importlib.import_module(f"aiopvxs.{name}")
    if name in _NAMES:
        value = getattr(importlib.import_module(_NAMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'aiopvxs' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
