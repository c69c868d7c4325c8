"""The PVAccess client."""

from aiopvxs_core.errors import Closed, Disconnected, RemoteError, Timeout

from ._context import Context
from ._operation import Operation

__all__ = ["Closed", "Context", "Disconnected", "Operation", "RemoteError", "Timeout"]
