"""The PVAccess client."""

from aiopvxs_core.errors import Closed, Disconnected, Overflow, RemoteError, Timeout

from ._as_coro import as_coro
from ._context import Context
from ._events import ConnectionState, Finished
from ._operation import Operation
from ._subscription import Subscription, SubscriptionStats

__all__ = [
    "Closed",
    "ConnectionState",
    "Context",
    "Disconnected",
    "Finished",
    "Operation",
    "Overflow",
    "RemoteError",
    "Subscription",
    "SubscriptionStats",
    "Timeout",
    "as_coro",
]
