"""The PVAccess client."""

from aiopvxs_core.errors import Closed, Disconnected, Overflow, RemoteError, Timeout

from ._as_coro import as_coro
from ._channel import Channel
from ._context import Context
from ._discover import Discovered
from ._events import ConnectionState, Finished
from ._operation import Operation
from ._report import ChannelReport, ConnectionReport, Report
from ._subscription import Subscription
from ._subscription_types import SubscriptionStats

__all__ = [
    "Channel",
    "ChannelReport",
    "Closed",
    "ConnectionReport",
    "ConnectionState",
    "Context",
    "Disconnected",
    "Discovered",
    "Finished",
    "Operation",
    "Overflow",
    "RemoteError",
    "Report",
    "Subscription",
    "SubscriptionStats",
    "Timeout",
    "as_coro",
]
