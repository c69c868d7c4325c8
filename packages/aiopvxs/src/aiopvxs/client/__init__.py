"""The PVAccess client."""

from aiopvxs_core.errors import Closed, Disconnected, RemoteError, Timeout

from ._as_coro import as_coro
from ._context import Context
from ._operation import Operation

__all__ = ["Closed", "Context", "Disconnected", "Operation", "RemoteError", "Timeout", "as_coro"]
